/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Whether it is asked how many elements are in use: a test of a number of the driver's that
 * is counted, or of any such number against another one than zero. */
#include "rings.h"

#include <string.h>

enum { CALLERS_DEPTH = 4 };

static const struct l62_op *definition(const struct l62_body *body,
                                       const struct l62_value *value)
{
	for (uint32_t i = 0; value->type == L62_VALUE_VAR && i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->dest == value->n)
			return op;
	}
	return NULL;
}

static bool is_own_number(const struct l62_index *index, const struct l62_op *op)
{
	return op && op->type == L62_OP_LOAD && op->slot != L62_NONE &&
	       g_hash_table_contains(index->homes, GUINT_TO_POINTER(op->slot));
}

/* Some store of it is computed. */
static bool is_counted(const struct l62_index *index, uint32_t slot)
{
	const struct l62_naming *naming = l62_index_naming(index, slot);

	return naming && naming->computed;
}

static bool asks(const struct l62_index *index, const struct l62_body *body,
                 const struct l62_block *block)
{
	const struct l62_value tested = {.type = L62_VALUE_VAR, .n = block->var};
	const struct l62_op *op = definition(body, &tested);
	const struct l62_body *callee;

	if (!op)
		return false;
	if (op->type == L62_OP_COMPUTE)
		return is_own_number(index, definition(body, &op->value)) ||
		       is_own_number(index, definition(body, &op->other));
	callee = l62_index_callee(index, op, 0, NULL);
	if (callee)
		return callee->tells;
	return is_own_number(index, op) &&
	       (block->constant != 0 || is_counted(index, op->slot));
}

static bool anybody_asks(const struct l62_index *index, const struct l62_body *body, int depth)
{
	for (uint32_t i = 0; i < body->f->blocks->len; i++) {
		const struct l62_block *block = l62_body_block(body, i);

		if (block->type == L62_TERM_TEST && asks(index, body, block))
			return true;
	}
	for (guint i = 0; depth < CALLERS_DEPTH && i < body->callers->len; i++) {
		uint32_t id = g_array_index(body->callers, uint32_t, i);

		if (anybody_asks(index, index->bodies->pdata[id], depth + 1))
			return true;
	}
	return false;
}

bool l62_rings_come_round(const struct l62_index *index, const struct l62_body *body,
                          const struct l62_value *value)
{
	const struct l62_op *op = definition(body, value);

	return op && op->type == L62_OP_COMPUTE && op->other.type == L62_VALUE_SIGN &&
	       (strcmp(op->operator, "%") == 0 || strcmp(op->operator, "&") == 0) &&
	       is_own_number(index, definition(body, &op->value)) &&
	       !anybody_asks(index, body, 0);
}
