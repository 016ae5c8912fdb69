/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Calls that have nothing to do with the slot and change nothing that is known.  An unload
 * routine may make hundreds of them for each one that matters: a way goes past them at once,
 * as long as no variable leads to a local, which any of them might write.
 */
#include "slice.h"

static bool is_idle(const struct l62_slice *s, const struct l62_slice_body *sb,
                    const struct l62_op *op)
{
	const struct l62_body *callee;
	const struct l62_slice_body *in_slice;

	if (op->type != L62_OP_CALL || !(callee = l62_index_callee(s->index, op, 0, NULL)) ||
	    (op->dest != L62_NONE && l62_slice_kept(sb, op->dest)))
		return false;
	for (uint32_t i = 0; i < op->nargs; i++)
		if (l62_body_arg(sb->body, op, i)->type == L62_VALUE_ADDRESS)
			return false;
	for (uint32_t i = 0; i < callee->f->nparams; i++)
		if (callee->deletes[i])
			return false;
	in_slice = s->by_id[callee->id];
	return !in_slice || !l62_slice_concerns(sb, op, in_slice);
}

void l62_slice_find_idle(struct l62_slice *s)
{
	for (guint b = 0; b < s->bodies->len; b++) {
		struct l62_slice_body *sb = s->bodies->pdata[b];
		uint32_t n = sb->body->f->ops->len;

		sb->next = g_new(uint32_t, n + 1);
		sb->next[n] = n;
		for (uint32_t i = n; i-- > 0;)
			sb->next[i] =
			        is_idle(s, sb, l62_body_op(sb->body, i)) ? sb->next[i + 1] : i;
	}
}
