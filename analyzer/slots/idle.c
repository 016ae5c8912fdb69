/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Calls that have nothing to do with the slot and change nothing that is known.  An unload
 * routine may make hundreds of them for each one that matters: a way goes past them at once,
 * as long as no variable leads to a local, which any of them might write.
 */
#include "slice.h"

static void add_var(GArray *vars, uint32_t var)
{
	for (guint i = 0; i < vars->len; i++)
		if (g_array_index(vars, uint32_t, i) == var)
			return;
	g_array_append_val(vars, var);
}

static bool is_plain(const struct l62_body *body, const struct l62_op *op,
                     const struct l62_body *callee)
{
	if (op->type != L62_OP_CALL || !callee || op->slot != L62_NONE ||
	    op->place.var != L62_NONE)
		return false;
	for (uint32_t i = 0; i < op->nargs; i++)
		if (l62_body_arg(body, op, i)->type == L62_VALUE_ADDRESS)
			return false;
	for (uint32_t i = 0; i < callee->f->nparams; i++)
		if (callee->deletes[i])
			return false;
	return true;
}

void l62_body_find_plain(const struct l62_index *index, struct l62_body *body)
{
	body->plain = g_new(uint32_t, body->f->ops->len + 1);
	body->given_on = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);
		const struct l62_body *callee = l62_index_callee(index, op, 0, NULL);

		body->plain[i] = L62_NONE;
		if (!is_plain(body, op, callee))
			continue;
		body->plain[i] = callee->id;
		if (op->dest != L62_NONE)
			add_var(body->given_on, op->dest);
		for (uint32_t a = 0; a < op->nargs; a++)
			if (l62_body_arg(body, op, a)->type == L62_VALUE_VAR)
				add_var(body->given_on, l62_body_arg(body, op, a)->n);
	}
}

bool l62_slice_plain(const struct l62_slice_body *sb)
{
	for (guint i = 0; i < sb->body->given_on->len; i++) {
		uint32_t var = g_array_index(sb->body->given_on, uint32_t, i);

		if (l62_slice_kept(sb, var) || sb->leads[var])
			return false;
	}
	return true;
}

static bool is_idle(const struct l62_slice *s, const struct l62_slice_body *sb,
                    const struct l62_op *op, uint32_t callee)
{
	const struct l62_slice_body *in_slice;

	if (callee == L62_NONE || (op->dest != L62_NONE && l62_slice_kept(sb, op->dest)))
		return false;
	in_slice = s->by_id[callee];
	return !in_slice || !l62_slice_concerns(sb, op, in_slice);
}

void l62_slice_find_idle(struct l62_slice *s)
{
	for (guint b = 0; b < s->bodies->len; b++) {
		struct l62_slice_body *sb = s->bodies->pdata[b];
		uint32_t n = sb->body->f->ops->len;
		bool plain = l62_slice_plain(sb);

		sb->next = g_new(uint32_t, n + 1);
		sb->next[n] = n;
		for (uint32_t i = n; i-- > 0;) {
			bool idle =
			        l62_slice_skips(s, sb, i, plain) ||
			        is_idle(s, sb, l62_body_op(sb->body, i), sb->body->plain[i]);

			sb->next[i] = idle ? sb->next[i + 1] : i;
		}
	}
}
