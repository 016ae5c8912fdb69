/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which blocks, branches and variables decide whether something happens to what the slot
 * holds.
 */
#include "slice_parts.h"

static bool writes_watched(const struct l62_slice_body *sb, const struct l62_op *op)
{
	switch (op->type) {
	case L62_OP_SET:
		/* "state = fits ? 1 : 2" */
		return sb->watched[sb->body->class[op->dest]] &
		       (op->value.type == L62_VALUE_SIGN ? L62_WATCH_DECIDES | L62_WATCH_STORED
		                                         : L62_WATCH_DECIDES);
	case L62_OP_LOAD:
	case L62_OP_KERNEL:
	case L62_OP_COMPUTE:
	case L62_OP_EMPTY:
	case L62_OP_CALL:
	case L62_OP_INDIRECT:
	case L62_OP_ACQUIRE:
		return op->dest != L62_NONE &&
		       (sb->watched[sb->body->class[op->dest]] & L62_WATCH_DECIDES);
	default:
		return false;
	}
}

static bool any_hot_arg(const struct l62_slice_body *sb, const struct l62_op *op)
{
	for (uint32_t i = 0; i < op->nargs; i++)
		if (l62_slice_hot(sb, l62_body_arg(sb->body, op, i)))
			return true;
	return false;
}

static bool is_busy(const struct l62_slice *s, const struct l62_slice_body *sb,
                    const struct l62_op *op)
{
	uint32_t cell = l62_slice_cell(s, op->slot);

	if (writes_watched(sb, op) || cell == 0)
		return true;
	if (op->place.var != L62_NONE && l62_slice_heat(sb, op->place.var) &&
	    op->type != L62_OP_LOAD && op->type != L62_OP_SET)
		return true;
	switch (op->type) {
	case L62_OP_STORE:
		return cell != L62_NONE || l62_slice_hot(sb, &op->value);
	case L62_OP_RELEASE_AT:
		return cell != L62_NONE;
	case L62_OP_RELEASE:
	case L62_OP_GIVE:
	case L62_OP_GIVE_IF:
	case L62_OP_REF:
	case L62_OP_UNREF:
		return l62_slice_hot(sb, &op->value);
	case L62_OP_CALL:
	case L62_OP_INDIRECT: {
		struct l62_body *callee;

		for (uint32_t c = 0; (callee = l62_index_callee(s->index, op, c, NULL)); c++)
			if (s->by_id[callee->id] &&
			    l62_slice_concerns(sb, op, s->by_id[callee->id]))
				return true;
		return any_hot_arg(sb, op);
	}
	default:
		return false;
	}
}

static void note_busy(uint32_t block, void *data)
{
	bool **busy = data;

	if ((*busy)[block])
		*busy[1] = true;
}

static bool region_busy(const struct l62_slice_body *sb, uint32_t b)
{
	bool found = false;
	bool *data[2] = {sb->busy, &found};

	l62_body_region(sb->body, b, note_busy, data);
	return found;
}

static bool watch(struct l62_slice_body *sb, uint32_t var, uint8_t why)
{
	uint8_t *watched = &sb->watched[sb->body->class[var]];
	uint8_t old = *watched;

	*watched |= why;
	return *watched != old;
}

static bool watch_branches(const struct l62_slice *s, struct l62_slice_body *sb)
{
	uint32_t n = sb->body->f->blocks->len;
	bool changed = false, plain = l62_slice_plain(sb);

	for (uint32_t b = 0; b < n; b++) {
		const struct l62_block *block = l62_body_block(sb->body, b);

		for (uint32_t i = 0; i < block->nops && !sb->busy[b]; i++)
			sb->busy[b] = !l62_slice_skips(s, sb, block->ops + i, plain) &&
			              is_busy(s, sb, l62_body_op(sb->body, block->ops + i));
		if (sb->result && block->type == L62_TERM_RETURN) {
			sb->busy[b] = true;
			if (l62_value_names_var(&block->value))
				changed |= watch(sb, block->value.n, L62_WATCH_DECIDES);
			plain = plain && !changed;
		}
	}
	for (uint32_t b = 0; b < n; b++) {
		const struct l62_block *block = l62_body_block(sb->body, b);

		if (block->ntargets < 2 || sb->branch[b] == L62_BRANCH_TELLS)
			continue;
		if (region_busy(sb, b)) {
			sb->branch[b] = L62_BRANCH_TELLS;
			changed = true;
			if (block->type != L62_TERM_ANY)
				watch(sb, block->var, L62_WATCH_DECIDES);
		} else {
			sb->branch[b] = sb->body->meet[b] == L62_NONE ? L62_BRANCH_BOTH
			                                              : L62_BRANCH_SKIP;
		}
	}
	return changed;
}

static bool watch_call(struct l62_slice_body *sb, const struct l62_op *op,
                       struct l62_slice_body *callee)
{
	bool changed = false;

	if (op->dest != L62_NONE && sb->watched[sb->body->class[op->dest]] && !callee->result)
		callee->result = changed = true;
	for (uint32_t a = 0; a < op->nargs && a < callee->body->f->nparams; a++) {
		const struct l62_value *arg = l62_body_arg(sb->body, op, a);

		if (callee->watched[callee->body->class[a]] && l62_value_names_var(arg))
			changed |= watch(sb, arg->n, callee->watched[callee->body->class[a]]);
	}
	/* Which of a table is called. */
	if (op->type == L62_OP_INDIRECT && op->element && l62_value_names_var(&op->index))
		changed |= watch(sb, op->index.n, L62_WATCH_DECIDES);
	return changed;
}

/* What is read back was stored a moment ago. */
static bool watch_stores(const struct l62_slice *s, struct l62_slice_body *sb, uint32_t slot)
{
	bool changed = false;
	guint count;
	const struct l62_mention *at = l62_body_mentions(s->index, sb->body, slot, &count);

	for (guint i = 0; i < count; i++) {
		const struct l62_op *op = l62_body_op(sb->body, at[i].op);

		if (op->type == L62_OP_STORE && l62_value_names_var(&op->value))
			changed |= watch(sb, op->value.n, L62_WATCH_DECIDES);
	}
	return changed;
}

/* Decisions go on in callees that return what decides, and in callers that pass it. */
static bool watch_handovers(const struct l62_slice *s, struct l62_slice_body *sb)
{
	bool changed = false;

	for (guint i = 0; i < sb->handovers->len; i++) {
		const struct l62_op *op =
		        l62_body_op(sb->body, g_array_index(sb->handovers, uint32_t, i));
		struct l62_body *callee;

		if (op->type == L62_OP_LOAD && op->slot != L62_NONE &&
		    op->form == L62_SLOT_PATH && sb->watched[sb->body->class[op->dest]])
			changed |= watch_stores(s, sb, op->slot);
		if (op->type == L62_OP_LOAD && op->element && l62_value_names_var(&op->index) &&
		    sb->watched[sb->body->class[op->dest]] &&
		    g_hash_table_contains(s->index->routines, GUINT_TO_POINTER(op->slot)))
			changed |= watch(sb, op->index.n, L62_WATCH_DECIDES);
		if (op->type == L62_OP_STORE && l62_slice_cell(s, op->slot) != L62_NONE &&
		    l62_value_names_var(&op->value))
			changed |= watch(sb, op->value.n, L62_WATCH_STORED);
		for (uint32_t c = 0; (callee = l62_index_callee(s->index, op, c, NULL)); c++)
			if (s->by_id[callee->id] &&
			    l62_slice_concerns(sb, op, s->by_id[callee->id]))
				changed |= watch_call(sb, op, s->by_id[callee->id]);
	}
	return changed;
}

static bool hands_on(const struct l62_slice *s, const struct l62_op *op)
{
	struct l62_body *callee;

	if (op->type == L62_OP_LOAD && op->slot != L62_NONE && op->form == L62_SLOT_PATH)
		return true;
	if (op->type == L62_OP_STORE && l62_slice_cell(s, op->slot) != L62_NONE)
		return true;
	for (uint32_t c = 0; (callee = l62_index_callee(s->index, op, c, NULL)); c++)
		if (s->by_id[callee->id])
			return true;
	return false;
}

static void find_handovers(const struct l62_slice *s)
{
	for (guint b = 0; b < s->bodies->len; b++) {
		struct l62_slice_body *sb = s->bodies->pdata[b];

		sb->result |= sb->body->loads;
		for (uint32_t i = 0; i < sb->body->f->ops->len; i++)
			if (!l62_slice_skips(s, sb, i, true) &&
			    hands_on(s, l62_body_op(sb->body, i)))
				g_array_append_val(sb->handovers, i);
	}
}

void l62_slice_find_decisions(struct l62_slice *s)
{
	bool changed = true;

	find_handovers(s);
	while (changed) {
		changed = false;
		for (guint b = 0; b < s->bodies->len; b++) {
			changed |= watch_branches(s, s->bodies->pdata[b]);
			changed |= watch_handovers(s, s->bodies->pdata[b]);
		}
	}
}
