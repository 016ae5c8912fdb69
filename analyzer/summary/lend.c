/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What is put into the parameters of an IRP's stack location is lent to the driver below
 * for as long as the IRP is under way, and what is put into an object that the function
 * makes and releases itself (a URB) for as long as that is: it stays the sender's.  Not
 * where somebody in this driver takes such a thing out again and does more than look at
 * it: two devices of one driver may hand things over that way.
 */
#include "program.h"

static bool is_parameter(const struct l62_program *p, const struct l62_op *op)
{
	return op->slot != L62_NONE && op->form == L62_SLOT_PATH &&
	       g_str_has_prefix(l62_program_text(p, op->slot), "IO_STACK_LOCATION.Parameters.");
}

static bool names(const struct l62_value *value, uint32_t var)
{
	return value->type == L62_VALUE_VAR && value->n == var;
}

/* Whether f does more with a variable, or a copy of it, than look at it. */
static bool does_more(const struct l62_function *f, uint32_t var, int copies)
{
	enum { COPIES = 4 };

	for (guint i = 0; i < f->ops->len; i++) {
		const struct l62_op *op = &g_array_index(f->ops, struct l62_op, i);

		if (op->type == L62_OP_CALL || op->type == L62_OP_INDIRECT) {
			for (uint32_t a = 0; a < op->nargs; a++)
				if (names(&g_array_index(f->args, struct l62_value,
				                         op->args + a),
				          var))
					return true;
			continue;
		}
		if (!names(&op->value, var))
			continue;
		if (op->type == L62_OP_SET) {
			if (copies == COPIES || does_more(f, op->dest, copies + 1))
				return true;
		} else if (op->type != L62_OP_COMPUTE && op->type != L62_OP_KERNEL &&
		           op->type != L62_OP_TOUCH) {
			return true;
		}
	}
	for (guint b = 0; b < f->blocks->len; b++) {
		const struct l62_block *block = &g_array_index(f->blocks, struct l62_block, b);

		if (block->type == L62_TERM_RETURN && names(&block->value, var))
			return true;
	}
	return false;
}

/* Marks the variables that are the same object as var. */
static void find_copies(const struct l62_function *f, bool *same)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (guint i = 0; i < f->ops->len; i++) {
			const struct l62_op *op = &g_array_index(f->ops, struct l62_op, i);

			if (op->type != L62_OP_SET || op->value.type != L62_VALUE_VAR ||
			    same[op->dest] == same[op->value.n])
				continue;
			same[op->dest] = same[op->value.n] = changed = true;
		}
	}
}

static bool is_made_here(const struct l62_function *f, const bool *same)
{
	for (guint i = 0; i < f->ops->len; i++) {
		const struct l62_op *op = &g_array_index(f->ops, struct l62_op, i);

		if (op->type == L62_OP_ACQUIRE && op->place.type == L62_PLACE_VAR &&
		    same[op->place.var])
			return true;
	}
	return false;
}

/* Whether every way from op on, of that block, releases the object. */
static bool always_released(const struct l62_function *f, guint block, guint op,
                            const bool *same, bool *seen)
{
	const struct l62_block *b = &g_array_index(f->blocks, struct l62_block, block);

	for (guint i = op; i < b->ops + b->nops; i++) {
		const struct l62_op *o = &g_array_index(f->ops, struct l62_op, i);

		if (o->type == L62_OP_RELEASE && o->value.type == L62_VALUE_VAR &&
		    same[o->value.n])
			return true;
	}
	if (b->type == L62_TERM_RETURN)
		return false;
	for (uint32_t i = 0; i < b->ntargets; i++) {
		uint32_t next = g_array_index(f->targets, uint32_t, b->targets + i);
		const struct l62_block *n = &g_array_index(f->blocks, struct l62_block, next);

		if (seen[next])
			continue;
		seen[next] = true;
		if (!always_released(f, next, n->ops, same, seen))
			return false;
	}
	return true;
}

/* What is put into an object that the function makes and releases itself. */
static bool is_of_passing_object(const struct l62_function *f, guint block, guint index)
{
	const struct l62_op *op = &g_array_index(f->ops, struct l62_op, index);
	g_autofree bool *same = NULL, *seen = NULL;

	if (op->place.type != L62_PLACE_BEHIND || op->slot == L62_NONE ||
	    op->form != L62_SLOT_PATH || op->value.type != L62_VALUE_VAR)
		return false;
	same = g_new0(bool, f->nvars + 1);
	seen = g_new0(bool, f->blocks->len);
	same[op->place.var] = true;
	find_copies(f, same);
	return is_made_here(f, same) && always_released(f, block, index + 1, same, seen);
}

static void find_taken(const struct l62_function *f, GHashTable *taken)
{
	for (guint i = 0; i < f->ops->len; i++) {
		const struct l62_op *op = &g_array_index(f->ops, struct l62_op, i);

		if (op->slot == L62_NONE || op->type == L62_OP_STORE)
			continue;
		if (op->type != L62_OP_LOAD || does_more(f, op->dest, 0))
			g_hash_table_add(taken, GUINT_TO_POINTER(op->slot));
	}
}

static void find_stores(const struct l62_program *p, struct l62_function *f, GHashTable *taken)
{
	for (guint b = 0; b < f->blocks->len; b++) {
		const struct l62_block *block = &g_array_index(f->blocks, struct l62_block, b);

		for (guint i = block->ops; i < block->ops + block->nops; i++) {
			struct l62_op *op = &g_array_index(f->ops, struct l62_op, i);

			op->lends = op->type == L62_OP_STORE && op->slot != L62_NONE &&
			            !g_hash_table_contains(taken, GUINT_TO_POINTER(op->slot)) &&
			            (is_parameter(p, op) || is_of_passing_object(f, b, i));
		}
	}
}

void l62_program_find_lent(struct l62_program *p)
{
	GHashTable *taken = g_hash_table_new(NULL, NULL);

	for (int round = 0; round < 2; round++) {
		for (guint u = 0; u < p->units->len; u++) {
			const struct l62_unit_skeleton *unit = p->units->pdata[u];

			for (guint i = 0; i < unit->functions->len; i++) {
				if (round == 0)
					find_taken(unit->functions->pdata[i], taken);
				else
					find_stores(p, unit->functions->pdata[i], taken);
			}
		}
	}
	g_hash_table_unref(taken);
}
