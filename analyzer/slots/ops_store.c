/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a store does to a state, and what is lost by it. */
#include "ops.h"
#include "rings.h"

void l62_op_note(struct l62_frame *fr, struct l62_sstate *st, enum l62_trail_type type,
                 uint32_t line)
{
	st->trail = l62_walk_trail(fr->walk, st->trail, type, fr->sb->body->f, line);
}

void l62_frame_lose(struct l62_frame *fr, struct l62_sstate *st, struct l62_sval val,
                    bool released, uint32_t line)
{
	if (val.type == L62_SVAL_TOKEN && st->token[val.n]) {
		st->token[val.n] = 0;
		if (val.n == 0 && !st->changed)
			st->changed = L62_GONE;
		if (released) {
			st->released = true;
			l62_op_note(fr, st, L62_TRAIL_RELEASE, line);
		}
	} else if (val.type == L62_SVAL_FRESH) {
		st->fresh_gone = val.n + 1;
	} else {
		return;
	}
	l62_sstate_replace(st, val, l62_sval_any(L62_POS, true));
}

static void displace(struct l62_frame *fr, struct l62_sstate *st, int32_t how, uint32_t line)
{
	struct l62_sval token = l62_sval_of(L62_SVAL_TOKEN, 0);

	st->token[1] = st->token[0];
	st->token[0] = 0;
	if (!st->changed)
		st->changed = L62_DISPLACED;
	l62_op_note(fr, st, L62_TRAIL_DISPLACE, line);
	st->trail->number = how;
	l62_sstate_replace(st, l62_sval_of(L62_SVAL_TOKEN, 1), l62_sval_any(L62_POS, true));
	l62_sstate_replace(st, token, l62_sval_of(L62_SVAL_TOKEN, 1));
}

/* Another resource is already there: the new one is one more, which is not followed. */
static void store_among_many(struct l62_frame *fr, struct l62_sstate *st, struct l62_sval val,
                             bool same, uint32_t line)
{
	if (val.type == L62_SVAL_TOKEN && val.n == 0)
		st->cells[0] = val;
	if (val.type != L62_SVAL_FRESH)
		return;
	if (st->token[0] && same) {
		displace(fr, st, 0, line);
	} else if (st->token[0]) {
		l62_frame_lose(fr, st, val, false, line);
		return;
	}
	st->token[0] = val.n + 1;
	l62_op_note(fr, st, L62_TRAIL_STORE, line);
	l62_sstate_replace(st, val, l62_sval_of(L62_SVAL_TOKEN, 0));
	st->cells[0] = l62_sval_of(L62_SVAL_TOKEN, 0);
}

/* It begins somewhere of its own: it goes through the elements. */
static bool is_counter(const struct l62_body *body, uint32_t var)
{
	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->type == L62_OP_SET && op->dest == var &&
		    op->value.type == L62_VALUE_SIGN)
			return true;
	}
	return false;
}

/* The request says which element it is, and may say the same twice. */
static bool same_element(const struct l62_frame *fr, const struct l62_sstate *st,
                         const struct l62_op *op)
{
	const struct l62_body *body = fr->sb->body;

	if ((!op->element && !op->row) || st->other)
		return false;
	return op->index.type == L62_VALUE_SIGN ||
	       l62_rings_come_round(fr->walk->slice->index, body, &op->index) ||
	       (op->index.type == L62_VALUE_VAR && body->foreign[body->class[op->index.n]] &&
	        !is_counter(body, op->index.n));
}

struct l62_sval l62_op_address_of(const struct l62_frame *fr, const struct l62_sstate *st,
                                  const struct l62_op *op)
{
	struct l62_sval val = l62_sval_of(L62_SVAL_ADDR, op->slot);

	val.same = same_element(fr, st, op);
	return val;
}

static bool same_row(const struct l62_frame *fr, const struct l62_sstate *st,
                     const struct l62_op *op)
{
	struct l62_sval base;

	if (op->place.type != L62_PLACE_BEHIND)
		return same_element(fr, st, op);
	base = l62_sstate_get(st, l62_key(L62_KEY_VAR, op->place.var, 0));
	return base.type == L62_SVAL_ADDR && base.same;
}

static void store_slot(struct l62_frame *fr, struct l62_sstate *st, struct l62_sval val,
                       const struct l62_op *op)
{
	struct l62_sval token = l62_sval_of(L62_SVAL_TOKEN, 0);

	if (fr->walk->slice->many) {
		store_among_many(fr, st, val, same_element(fr, st, op), op->line);
		return;
	}
	if (l62_sval_equal(val, token))
		return;
	if (st->token[0]) {
		int32_t how = val.type == L62_SVAL_CONST ? L62_BY_NULL : 0;

		if (fr->walk->slice->rows && !same_row(fr, st, op)) {
			if (op->value.type != L62_VALUE_SIGN) {
				l62_frame_lose(fr, st, val, false, op->line);
				st->other = true;
				return;
			}
			how |= L62_PERHAPS;
		}
		displace(fr, st, how, op->line);
	}
	if (val.type == L62_SVAL_FRESH || (val.type == L62_SVAL_TOKEN && st->token[1])) {
		st->token[0] = val.type == L62_SVAL_FRESH ? val.n + 1 : st->token[1];
		if (val.type == L62_SVAL_TOKEN)
			st->token[1] = 0;
		l62_op_note(fr, st, L62_TRAIL_STORE, op->line);
		l62_sstate_replace(st, val, token);
		st->cells[0] = token;
	} else {
		st->cells[0] = val.type == L62_SVAL_CONST || val.type == L62_SVAL_ANY
		                       ? val
		                       : l62_sval_any(L62_POS, true);
	}
}

/* Into a list that only this function and its callers know: what is there stays there,
 * and an entry is in one list at a time.  False: it is to be stored. */
static bool link_local(struct l62_frame *fr, struct l62_sstate *st, struct at at,
                       struct l62_sval val, uint32_t line)
{
	struct l62_sval there = l62_sstate_get(st, at.key);
	bool token = val.type == L62_SVAL_TOKEN && val.n == 0;

	if (there.type == L62_SVAL_TOKEN || there.type == L62_SVAL_FRESH) {
		if (!l62_sval_equal(there, val))
			l62_frame_lose(fr, st, val, false, line);
		return true;
	}
	if (token && fr->walk->slice->list && l62_sval_equal(st->cells[0], val))
		st->cells[0] = l62_sval_const(0);
	return false;
}

/* Into an array of the function's own, where one element is like the other: what is there
 * stays there, and nobody knows where the other thing comes.  False: it is to be stored. */
static bool put_beside(struct l62_frame *fr, struct l62_sstate *st, struct at at,
                       struct l62_sval val, const struct l62_op *op)
{
	struct l62_sval there = l62_sstate_get(st, at.key);

	if (op->place.type != L62_PLACE_LOCAL || op->place.field != L62_ATOM_STAR ||
	    fr->sb->body->f->classes[op->place.var] != 'a' || val.type == L62_SVAL_CONST ||
	    (there.type != L62_SVAL_TOKEN && there.type != L62_SVAL_FRESH))
		return false;
	if (!l62_sval_equal(there, val))
		l62_frame_lose(fr, st, val, false, op->line);
	return true;
}

/* Whether what goes to a place that is not followed can be released from there: not what
 * an object knows of itself, nor what is in a list that nobody releases. */
static bool hands_over(const struct l62_frame *fr, const struct l62_sstate *st,
                       struct l62_sval val, const struct l62_op *op)
{
	bool own =
	        op->place.type == L62_PLACE_BEHIND &&
	        l62_sval_equal(val, l62_sstate_get(st, l62_key(L62_KEY_VAR, op->place.var, 0)));

	return !own && (op->form != L62_SLOT_LIST || !fr->walk->slice->only_here);
}

void l62_op_store(struct l62_frame *fr, struct l62_sstate *st, struct at at,
                  struct l62_sval val, const struct l62_op *op)
{
	switch (at.where) {
	case AT_CELL:
		/* Of an object that nobody knows yet: what becomes of that is another
		 * rule's. */
		if (at.cell == 0 && fr->walk->slice->context &&
		    op->place.type == L62_PLACE_BEHIND &&
		    fr->sb->body->made[fr->sb->body->class[op->place.var]]) {
			l62_frame_lose(fr, st, val, false, op->line);
			return;
		}
		/* Of another device, or another record of an array. */
		if (st->other && (fr->walk->slice->extension || fr->walk->slice->rows) &&
		    !fr->walk->slice->many) {
			l62_frame_lose(fr, st, val, false, op->line);
			return;
		}
		if (at.cell == 0) {
			store_slot(fr, st, val, op);
			return;
		}
		if (val.type != L62_SVAL_CONST && val.type != L62_SVAL_ANY) {
			l62_frame_lose(fr, st, val, false, op->line);
			val = l62_sval_any(L62_POS, false);
		}
		st->cells[at.cell] = val;
		return;
	case AT_KEY:
		if (op->form == L62_SLOT_LIST && link_local(fr, st, at, val, op->line))
			return;
		if (put_beside(fr, st, at, val, op))
			return;
		if (l62_key_type(at.key) == L62_KEY_VAR)
			l62_frame_set(fr, st, l62_key_n(at.key), val);
		else
			l62_sstate_set(st, at.key, val);
		return;
	case AT_OUTSIDE:
	case AT_MEMORY:
		if (!op->lends && hands_over(fr, st, val, op))
			l62_frame_lose(fr, st, val, false, op->line);
		if (op->slot != L62_NONE && !op->element && op->form == L62_SLOT_PATH)
			l62_sstate_set(st, l62_key(L62_KEY_STORED, 0, op->slot),
			               val.type == L62_SVAL_CONST || val.type == L62_SVAL_ANY
			                       ? val
			                       : l62_sval_any(L62_POS, false));
		return;
	}
}
