/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which functions return what depends on the driver's memory: a value that was loaded
 * there is what they return, decides about it, or leads to it.  Others may read as much as
 * they like.
 */
#include "index.h"

static void add(const struct l62_body *body, const struct l62_value *value, bool *bears)
{
	if (l62_value_names_var(value))
		bears[body->class[value->n]] = true;
}

/* What is returned, and what any way depends on. */
static void begin(const struct l62_body *body, bool *bears)
{
	for (uint32_t b = 0; b < body->f->blocks->len; b++) {
		const struct l62_block *block = l62_body_block(body, b);

		if (block->type == L62_TERM_RETURN)
			add(body, &block->value, bears);
		else if (block->ntargets > 1 && block->type != L62_TERM_ANY)
			bears[body->class[block->var]] = true;
	}
}

/* The address of a local, or of something in it. */
static bool is_local(const struct l62_body *body, const struct l62_value *value)
{
	if (value->type == L62_VALUE_ADDRESS)
		return true;
	for (uint32_t i = 0; value->type == L62_VALUE_VAR && i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->type == L62_OP_SET && op->value.type == L62_VALUE_ADDRESS &&
		    body->class[op->dest] == body->class[value->n])
			return true;
	}
	return false;
}

/* Whether what the op writes bears on the result: its own, or a local whose address it
 * passes. */
static bool writes(const struct l62_body *body, const struct l62_op *op, const bool *bears)
{
	if (op->dest != L62_NONE && bears[body->class[op->dest]])
		return true;
	for (uint32_t i = 0; i < op->nargs; i++) {
		const struct l62_value *arg = l62_body_arg(body, op, i);

		if (arg->type != L62_VALUE_UNKNOWN && arg->type != L62_VALUE_SIGN &&
		    bears[body->class[arg->n]] && is_local(body, arg))
			return true;
	}
	return false;
}

/* What a result is made from bears on it as well. */
static void spread(const struct l62_body *body, bool *bears)
{
	for (bool changed = true; changed;) {
		changed = false;
		for (uint32_t i = 0; i < body->f->ops->len; i++) {
			const struct l62_op *op = l62_body_op(body, i);

			if (!writes(body, op, bears))
				continue;
			if (op->place.type == L62_PLACE_BEHIND && op->place.var != L62_NONE &&
			    op->type == L62_OP_LOAD && !bears[body->class[op->place.var]])
				bears[body->class[op->place.var]] = changed = true;
			for (uint32_t a = 0; a < op->nargs; a++) {
				const struct l62_value *arg = l62_body_arg(body, op, a);

				if (arg->type != L62_VALUE_VAR || bears[body->class[arg->n]] ||
				    op->type == L62_OP_KERNEL)
					continue;
				bears[body->class[arg->n]] = changed = true;
			}
		}
	}
}

static bool reads(const struct l62_index *index, const struct l62_body *body,
                  const struct l62_op *op)
{
	const struct l62_body *callee;
	bool calls = op->type == L62_OP_CALL || op->type == L62_OP_INDIRECT, known = false;

	if (op->form == L62_SLOT_READS || l62_index_reads(index, body, op))
		return true;
	for (uint32_t c = 0; calls && (callee = l62_index_callee(index, op, c, NULL)); c++) {
		bool local = false;

		for (uint32_t a = 0; a < op->nargs; a++)
			local |= is_local(body, l62_body_arg(body, op, a));
		if (local ? callee->reads : callee->tells)
			return true;
		known = true;
	}
	return calls && !known;
}

static bool depends(const struct l62_index *index, const struct l62_body *body)
{
	g_autofree bool *bears = g_new0(bool, body->f->nvars + 1);

	begin(body, bears);
	spread(body, bears);
	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (writes(body, op, bears) && reads(index, body, op))
			return true;
	}
	return false;
}

void l62_index_find_tells(struct l62_index *index)
{
	for (bool changed = true; changed;) {
		changed = false;
		for (guint i = 0; i < index->bodies->len; i++) {
			struct l62_body *body = index->bodies->pdata[i];

			if (body->reads && !body->tells && depends(index, body))
				body->tells = changed = true;
		}
	}
}
