/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See gaps.h.  Limit: an index that the request does not name and no search has found is
 * not known to be any; elements at the top of a stack go that way. */
#include "gaps.h"

/* Whether there is a way from one block's start, not counting that, to another. */
static bool leads_to(const struct l62_body *body, uint32_t from, uint32_t to)
{
	g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_autofree bool *seen = g_new0(bool, body->f->blocks->len);

	g_array_append_val(todo, from);
	for (guint i = 0; i < todo->len; i++) {
		const struct l62_block *block =
		        l62_body_block(body, g_array_index(todo, uint32_t, i));

		for (uint32_t t = 0; t < block->ntargets; t++) {
			uint32_t next = l62_body_target(body, block, t);

			if (next == to)
				return true;
			if (!seen[next])
				g_array_append_val(todo, next);
			seen[next] = true;
		}
	}
	return false;
}

static uint32_t block_of(const struct l62_body *body, uint32_t op)
{
	uint32_t b = 0;

	while (b + 1 < body->f->blocks->len &&
	       (op < l62_body_block(body, b)->ops ||
	        op >= l62_body_block(body, b)->ops + l62_body_block(body, b)->nops))
		b++;
	return b;
}

static bool is_once(const struct l62_body *body, uint32_t op)
{
	uint32_t block = block_of(body, op);

	return !leads_to(body, block, block);
}

/* It begins at the first element. */
static bool counts_up(const struct l62_body *body, const struct l62_value *index)
{
	for (uint32_t i = 0; index->type == L62_VALUE_VAR && i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->type == L62_OP_SET && op->dest == index->n &&
		    op->value.type == L62_VALUE_SIGN)
			return op->value.constant == 0;
	}
	return false;
}

static bool is_chosen(const struct l62_body *body, const struct l62_value *index)
{
	return index->type == L62_VALUE_VAR &&
	       (body->foreign[body->class[index->n]] || counts_up(body, index));
}

/* What stands in one element is put in another, or the memory of several is written to. */
static bool closes_gaps(const struct l62_body *body, uint32_t slot)
{
	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *load = l62_body_op(body, i);

		if (load->slot != slot || load->dest == L62_NONE)
			continue;
		for (uint32_t j = 0; j < body->f->ops->len; j++) {
			const struct l62_op *op = l62_body_op(body, j);
			bool moves = op->type == L62_OP_TOUCH ||
			             (op->type == L62_OP_STORE && op->slot == slot);

			if (moves && op->value.type == L62_VALUE_VAR &&
			    body->class[op->value.n] == body->class[load->dest])
				return true;
		}
	}
	return false;
}

static bool empties_one(const struct l62_slice *s, const struct l62_body *body, guint depth)
{
	enum { DEPTH_MAX = 8 };

	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);
		const struct l62_body *callee;
		bool here = op->type == L62_OP_STORE && op->slot == s->slot &&
		            (op->element || op->row) && op->value.type == L62_VALUE_SIGN &&
		            op->value.constant == 0 && is_chosen(body, &op->index);

		for (uint32_t c = 0; !here && depth < DEPTH_MAX &&
		                     (callee = l62_index_callee(s->index, op, c, NULL));
		     c++)
			here = s->by_id[callee->id] && empties_one(s, callee, depth + 1);
		if (here && is_once(body, i))
			return true;
	}
	return false;
}

bool l62_gaps_left_by(const struct l62_slice *s, const struct l62_function *f)
{
	const struct l62_slice_body *sb = l62_slice_body(s, f);

	if (!sb || s->list || !empties_one(s, sb->body, 0))
		return false;
	for (guint i = 0; i < s->bodies->len; i++)
		if (closes_gaps(((const struct l62_slice_body *)s->bodies->pdata[i])->body,
		                s->slot))
			return false;
	return true;
}

bool l62_gaps_end_at(const struct l62_body *body, uint32_t block, const struct l62_op *op)
{
	const struct l62_block *b = l62_body_block(body, block);
	uint32_t null = b->relation == L62_EQ ? 0 : 1;

	return (op->element || op->row) && counts_up(body, &op->index) &&
	       b->type == L62_TERM_TEST && b->constant == 0 && b->relation <= L62_NE &&
	       body->class[b->var] == body->class[op->dest] && leads_to(body, block, block) &&
	       !leads_to(body, l62_body_target(body, b, null), block);
}
