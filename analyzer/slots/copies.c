/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What a variable may be a copy of: of what the system or a caller wrote, of an object
 * that has just been made, of what a number is looked for with.  Without regard to order.
 */
#include "index.h"

#include <string.h>

static uint32_t find(uint32_t *class, uint32_t var)
{
	while (class[var] != var)
		var = class[var] = class[class[var]];
	return var;
}

static void join(uint32_t *class, uint32_t a, uint32_t b)
{
	uint32_t x = find(class, a), y = find(class, b);

	class[MAX(x, y)] = MIN(x, y);
}

/* Copies, without regard to order; a field of a local is that local. */
static void find_classes(struct l62_body *body)
{
	const struct l62_function *f = body->f;

	body->class = g_new(uint32_t, f->nvars + 1);
	for (uint32_t i = 0; i < f->nvars; i++)
		body->class[i] = i;
	for (uint32_t i = 0; i < f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->type == L62_OP_SET && l62_value_names_var(&op->value))
			join(body->class, op->dest, op->value.n);
		if (op->type == L62_OP_LOAD && op->place.type == L62_PLACE_LOCAL)
			join(body->class, op->dest, op->place.var);
		if (op->type == L62_OP_STORE && op->place.type == L62_PLACE_LOCAL &&
		    l62_value_names_var(&op->value))
			join(body->class, op->value.n, op->place.var);
		/* What decides follows what it is computed from. */
		if (op->type == L62_OP_COMPUTE) {
			if (l62_value_names_var(&op->value))
				join(body->class, op->dest, op->value.n);
			if (l62_value_names_var(&op->other))
				join(body->class, op->dest, op->other.n);
		}
	}
	for (uint32_t i = 0; i < f->nvars; i++)
		body->class[i] = find(body->class, i);
}

static void add_id(GArray *ids, uint32_t id)
{
	for (guint i = 0; i < ids->len; i++)
		if (g_array_index(ids, uint32_t, i) == id)
			return;
	g_array_append_val(ids, id);
}

/* The slot that a value was loaded from in this function, if there is one. */
static uint32_t loaded_from(const struct l62_body *body, const struct l62_value *value)
{
	for (uint32_t i = 0; value->type == L62_VALUE_VAR && i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->type == L62_OP_LOAD && op->slot != L62_NONE && op->dest == value->n)
			return op->slot;
	}
	return L62_NONE;
}

static void find_looked(const struct l62_index *index, struct l62_body *body, uint32_t slot)
{
	if (slot != L62_NONE && g_hash_table_contains(index->rows, GUINT_TO_POINTER(slot)))
		add_id(body->looked, slot);
}

/* "table[i].Major == stack->MajorFunction" */
static void find_majors(const struct l62_index *index, struct l62_body *body)
{
	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);
		uint32_t a, b;

		if (op->type != L62_OP_COMPUTE || strcmp(op->operator, "==") != 0)
			continue;
		a = loaded_from(body, &op->value);
		b = loaded_from(body, &op->other);
		if (a == index->major && b != L62_NONE)
			add_id(body->majors, b);
		if (b == index->major && a != L62_NONE)
			add_id(body->majors, a);
		find_looked(index, body, a);
		find_looked(index, body, b);
	}
}

/* What an op or a function that acquires something has just returned. */
static void find_made(const struct l62_index *index, struct l62_body *body)
{
	const struct l62_function *f = body->f;

	body->made = g_new0(bool, f->nvars + 1);
	for (uint32_t i = 0; i < f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);
		const struct l62_body *callee =
		        op->type == L62_OP_CALL ? l62_index_callee(index, op, 0, NULL) : NULL;

		if (op->type == L62_OP_ACQUIRE && op->place.type == L62_PLACE_VAR)
			body->made[body->class[op->place.var]] = true;
		if (callee && callee->acquires && op->dest != L62_NONE &&
		    f->classes[op->dest] == 'p')
			body->made[body->class[op->dest]] = true;
	}
}

static bool pass_made(const struct l62_index *index, const struct l62_body *body)
{
	bool changed = false;

	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);
		struct l62_body *callee;

		for (uint32_t c = 0; (callee = l62_index_callee(index, op, c, NULL)); c++) {
			for (uint32_t a = 0; a < op->nargs && a < callee->f->nparams; a++) {
				const struct l62_value *arg = l62_body_arg(body, op, a);
				bool *made = &callee->made[callee->class[a]];

				if (arg->type == L62_VALUE_VAR &&
				    body->made[body->class[arg->n]] && !*made)
					*made = changed = true;
			}
		}
	}
	return changed;
}

/* Buffers of requests, what kernel routines return, and what callers pass of these. */
static void seed_foreign(const struct l62_index *index, const struct l62_body *body,
                         bool *foreign)
{
	const struct l62_function *f = body->f;

	for (uint32_t i = 0; i < f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->dest != L62_NONE &&
		    ((op->type == L62_OP_LOAD && op->slot != L62_NONE &&
		      l62_index_outside(index, op->slot)) ||
		     (op->type == L62_OP_KERNEL && f->classes[op->dest] == 'p')))
			foreign[body->class[op->dest]] = true;
	}
	for (uint32_t p = 0; p < f->nparams; p++)
		foreign[body->class[p]] |= body->passed[p];
}

/* Whether op gives a class a value that may be the driver's own; *to: which class.  *behind:
 * it comes from behind something foreign. */
static bool gives(const struct l62_index *index, const struct l62_body *body,
                  const struct l62_op *op, const bool *foreign, uint32_t *to, bool *behind)
{
	*to = op->dest == L62_NONE ? op->place.var : op->dest;
	if (*to == L62_NONE ||
	    (op->type == L62_OP_LOAD && op->slot != L62_NONE &&
	     l62_index_outside(index, op->slot)) ||
	    (op->type != L62_OP_LOAD && op->type != L62_OP_ACQUIRE &&
	     !(op->type == L62_OP_SET && op->inside)))
		return false;
	*to = body->class[*to];
	*behind = op->type == L62_OP_LOAD && op->place.type == L62_PLACE_BEHIND &&
	          foreign[body->class[op->place.var]] &&
	          !g_hash_table_contains(index->inside, GUINT_TO_POINTER(op->slot));
	return true;
}

/*
 * What lies behind such a thing is one too; not what also comes from the driver's own
 * memory.  First all that may be foreign, then what is not is taken out until nothing
 * changes: with more passed, no less is foreign, and so the rounds of all bodies end.
 */
static bool spread_foreign(const struct l62_index *index, struct l62_body *body)
{
	const struct l62_function *f = body->f;
	g_autofree bool *foreign = g_new0(bool, f->nvars + 1);
	bool changed = true, differs, behind;
	uint32_t to;

	seed_foreign(index, body, foreign);
	while (changed) {
		changed = false;
		for (uint32_t i = 0; i < f->ops->len; i++)
			if (gives(index, body, l62_body_op(body, i), foreign, &to, &behind) &&
			    behind && !foreign[to])
				foreign[to] = changed = true;
	}
	for (changed = true; changed;) {
		changed = false;
		for (uint32_t i = 0; i < f->ops->len; i++) {
			const struct l62_op *op = l62_body_op(body, i);

			if (gives(index, body, op, foreign, &to, &behind) && !behind &&
			    op->place.type != L62_PLACE_LOCAL && foreign[to]) {
				foreign[to] = false;
				changed = true;
			}
		}
	}
	differs = memcmp(body->foreign, foreign, f->nvars * sizeof(*foreign)) != 0;
	memcpy(body->foreign, foreign, f->nvars * sizeof(*foreign));
	return differs;
}

static void allocate_foreign(struct l62_body *body)
{
	body->foreign = g_new0(bool, body->f->nvars + 1);
	body->passed = g_new0(bool, body->f->nparams + 1);
}

static bool pass_foreign_args(const struct l62_body *body, const struct l62_op *op,
                              const struct l62_body *callee)
{
	bool changed = false;

	for (uint32_t a = 0; a < op->nargs && a < callee->f->nparams; a++) {
		const struct l62_value *arg = l62_body_arg(body, op, a);

		if (l62_value_names_var(arg) && body->foreign[body->class[arg->n]] &&
		    !callee->passed[a])
			callee->passed[a] = changed = true;
	}
	return changed;
}

/* A parameter that some caller gives such a thing. */
static bool pass_foreign(const struct l62_index *index, const struct l62_body *body)
{
	bool changed = false;

	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);
		struct l62_body *callee;

		for (uint32_t c = 0; (callee = l62_index_callee(index, op, c, NULL)); c++)
			changed |= pass_foreign_args(body, op, callee);
	}
	return changed;
}

void l62_body_find_copies(const struct l62_index *index, struct l62_body *body)
{
	find_classes(body);
	allocate_foreign(body);
	find_majors(index, body);
	find_made(index, body);
}

bool l62_index_pass_copies(const struct l62_index *index)
{
	bool changed = false;

	for (guint i = 0; i < index->bodies->len; i++)
		changed |= spread_foreign(index, index->bodies->pdata[i]);
	for (guint i = 0; i < index->bodies->len; i++)
		changed |= pass_foreign(index, index->bodies->pdata[i]);
	for (guint i = 0; i < index->bodies->len; i++)
		changed |= pass_made(index, index->bodies->pdata[i]);
	return changed;
}
