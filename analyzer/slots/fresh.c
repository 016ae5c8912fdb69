/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which variables lead to nothing but what the request at hand has just made.
 *
 * What is in such an object decides nothing that has to do with what a slot holds: it
 * was not there when the slot was filled.  A variable counts if each of its values was
 * acquired in the function, came from a function that returns nothing else or puts
 * nothing else where it points, or was given as an argument of that sort by every caller.
 *
 * Limit: what the driver itself copies into the object is not asked for.
 */
#include "index.h"

static bool is_null(const struct l62_value *value)
{
	return value->type == L62_VALUE_SIGN && value->constant == 0;
}

static bool is_fresh(const struct l62_body *body, const struct l62_value *value)
{
	return value->type == L62_VALUE_VAR && body->fresh[body->class[value->n]];
}

static bool call_is_fresh(const struct l62_index *index, const struct l62_op *op)
{
	const struct l62_body *callee;
	uint32_t i;

	for (i = 0; (callee = l62_index_callee(index, op, i, NULL)); i++)
		if (!callee->makes)
			return false;
	return i > 0;
}

/* "K vN" goes before what tells of the same routine that it acquires vN. */
static bool is_acquired(const struct l62_body *body, uint32_t var)
{
	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->type == L62_OP_ACQUIRE && op->place.type == L62_PLACE_VAR &&
		    op->place.var == var)
			return true;
	}
	return false;
}

/* The variable that an op gives a value which does not come from its own class. */
static uint32_t receiver(const struct l62_body *body, const struct l62_op *op)
{
	if (op->type == L62_OP_ACQUIRE)
		return op->place.type == L62_PLACE_VAR ? op->place.var : L62_NONE;
	if (op->type == L62_OP_SET)
		return op->value.type == L62_VALUE_VAR || is_null(&op->value) ? L62_NONE
		                                                              : op->dest;
	if (op->type == L62_OP_COMPUTE ||
	    (op->type == L62_OP_LOAD && op->place.type == L62_PLACE_LOCAL))
		return L62_NONE;
	if (op->type == L62_OP_KERNEL && op->dest != L62_NONE && is_acquired(body, op->dest))
		return L62_NONE;
	return op->dest;
}

static bool receives_fresh(const struct l62_index *index, const struct l62_body *body,
                           const struct l62_op *op)
{
	switch (op->type) {
	case L62_OP_ACQUIRE:
		return true;
	case L62_OP_CALL:
	case L62_OP_INDIRECT:
		return call_is_fresh(index, op);
	/* The address of a field. */
	case L62_OP_LOAD:
		return op->form == L62_SLOT_ADDRESS && op->place.type == L62_PLACE_BEHIND &&
		       body->fresh[body->class[op->place.var]];
	default:
		return false;
	}
}

static bool call_fills(const struct l62_index *index, const struct l62_op *op, uint32_t arg)
{
	const struct l62_body *callee;
	uint32_t i;

	for (i = 0; (callee = l62_index_callee(index, op, i, NULL)); i++)
		if (arg >= callee->f->nparams || !callee->fills[arg])
			return false;
	return i > 0;
}

/* Whoever else gets the address of a variable may put anything there. */
static void pass_address(const struct l62_index *index, const struct l62_body *body,
                         const struct l62_op *op, bool *filled, bool *spoiled)
{
	for (uint32_t i = 0; i < op->nargs; i++) {
		const struct l62_value *arg = l62_body_arg(body, op, i);

		if (arg->type == L62_VALUE_ADDRESS)
			*(call_fills(index, op, i) ? &filled[body->class[arg->n]]
			                           : &spoiled[body->class[arg->n]]) = true;
	}
	if (op->value.type == L62_VALUE_ADDRESS)
		spoiled[body->class[op->value.n]] = true;
	if (op->type == L62_OP_STORE && op->place.type == L62_PLACE_LOCAL &&
	    op->value.type != L62_VALUE_VAR && !is_null(&op->value))
		spoiled[body->class[op->place.var]] = true;
}

static bool find_variables(const struct l62_index *index, struct l62_body *body)
{
	const struct l62_function *f = body->f;
	g_autofree bool *spoiled = g_new0(bool, f->nvars + 1);
	g_autofree bool *filled = g_new0(bool, f->nvars + 1);
	bool changed = false;

	for (uint32_t i = 0; i < f->nparams; i++)
		*(body->given[i] ? &filled[body->class[i]] : &spoiled[body->class[i]]) = true;
	for (uint32_t i = 0; i < f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);
		uint32_t to = receiver(body, op);

		pass_address(index, body, op, filled, spoiled);
		if (to == L62_NONE)
			continue;
		if (receives_fresh(index, body, op))
			filled[body->class[to]] = true;
		else
			spoiled[body->class[to]] = true;
	}
	for (uint32_t i = 0; i < f->nvars; i++) {
		if (filled[i] && !spoiled[i] && !body->fresh[i])
			body->fresh[i] = changed = true;
	}
	return changed;
}

static bool find_result(struct l62_body *body)
{
	g_autofree bool *reached = g_new0(bool, body->f->blocks->len + 1);
	bool any = false;

	if (body->makes)
		return false;
	reached[0] = true;
	for (uint32_t b = 0; b < body->f->blocks->len; b++)
		for (uint32_t i = 0; i < l62_body_block(body, b)->ntargets; i++)
			reached[l62_body_target(body, l62_body_block(body, b), i)] = true;
	for (uint32_t b = 0; b < body->f->blocks->len; b++) {
		const struct l62_block *block = l62_body_block(body, b);

		if (block->type != L62_TERM_RETURN || !reached[b] || is_null(&block->value))
			continue;
		if (!is_fresh(body, &block->value))
			return false;
		any = true;
	}
	body->makes = any;
	return any;
}

/* 1 if the op puts such an object where a parameter of that class leads, -1 if it may put
 * something else there, 0 if neither. */
static int op_fills(const struct l62_index *index, const struct l62_body *body,
                    const struct l62_op *op, uint32_t class)
{
	bool there = op->place.type == L62_PLACE_BEHIND && op->place.var != L62_NONE &&
	             body->class[op->place.var] == class;
	int fills = 0;

	if (there && op->type == L62_OP_ACQUIRE)
		return op->place.field == L62_ATOM_STAR ? 1 : -1;
	if (there && op->type == L62_OP_STORE && !is_null(&op->value))
		return op->place.field == L62_ATOM_STAR && is_fresh(body, &op->value) ? 1 : -1;
	if (op->type != L62_OP_SET && op->type != L62_OP_COMPUTE &&
	    op->value.type == L62_VALUE_VAR && body->class[op->value.n] == class)
		return -1;
	for (uint32_t i = 0; i < op->nargs; i++) {
		const struct l62_value *arg = l62_body_arg(body, op, i);

		if (arg->type != L62_VALUE_VAR || body->class[arg->n] != class)
			continue;
		if (!call_fills(index, op, i))
			return -1;
		fills = 1;
	}
	return fills;
}

static bool find_fills(const struct l62_index *index, struct l62_body *body)
{
	bool changed = false;

	for (uint32_t p = 0; p < body->f->nparams; p++) {
		int all = 0;

		for (uint32_t i = 0; i < body->f->ops->len && all >= 0 && !body->fills[p];
		     i++) {
			int one = op_fills(index, body, l62_body_op(body, i), body->class[p]);

			all = one ? one : all;
		}
		if (all > 0)
			body->fills[p] = changed = true;
	}
	return changed;
}

/* Parameters that some caller gives something else. */
static void refuse_args(const struct l62_index *index, const struct l62_body *body,
                        GPtrArray *refused)
{
	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);
		const struct l62_body *callee;

		for (uint32_t c = 0; (callee = l62_index_callee(index, op, c, NULL)); c++)
			for (uint32_t p = 0; p < callee->f->nparams; p++)
				if (p >= op->nargs ||
				    !is_fresh(body, l62_body_arg(body, op, p)))
					((bool *)refused->pdata[callee->id])[p] = true;
	}
}

static bool find_given(const struct l62_index *index)
{
	g_autoptr(GPtrArray) refused = g_ptr_array_new_with_free_func(g_free);
	bool changed = false;

	for (guint i = 0; i < index->bodies->len; i++) {
		const struct l62_body *body = index->bodies->pdata[i];

		g_ptr_array_add(refused, g_new0(bool, body->f->nparams + 1));
	}
	for (guint i = 0; i < index->bodies->len; i++)
		refuse_args(index, index->bodies->pdata[i], refused);
	for (guint i = 0; i < index->bodies->len; i++) {
		struct l62_body *body = index->bodies->pdata[i];
		const bool *refuses = refused->pdata[i];

		for (uint32_t p = 0; p < body->f->nparams && body->callers->len; p++)
			if (!refuses[p] && !body->given[p])
				body->given[p] = changed = true;
	}
	return changed;
}

void l62_index_find_fresh(struct l62_index *index)
{
	for (guint i = 0; i < index->bodies->len; i++) {
		struct l62_body *body = index->bodies->pdata[i];

		body->fresh = g_new0(bool, body->f->nvars + 1);
		body->given = g_new0(bool, body->f->nparams + 1);
		body->fills = g_new0(bool, body->f->nparams + 1);
	}
	for (bool changed = true; changed;) {
		changed = false;
		for (guint i = 0; i < index->bodies->len; i++) {
			changed |= find_variables(index, index->bodies->pdata[i]);
			changed |= find_result(index->bodies->pdata[i]);
			changed |= find_fills(index, index->bodies->pdata[i]);
		}
		changed |= find_given(index);
	}
}
