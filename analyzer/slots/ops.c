/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What one op does to a state. */
#include "gaps.h"
#include "rings.h"
#include "walk.h"

#include <string.h>

enum where { AT_CELL, AT_KEY, AT_OUTSIDE, AT_MEMORY };

struct at {
	enum where where;
	uint32_t cell;
	uint64_t key;
};

struct l62_sval l62_frame_eval(const struct l62_frame *fr, const struct l62_sstate *st,
                               const struct l62_value *value)
{
	(void)fr;
	switch (value->type) {
	case L62_VALUE_VAR:
		return l62_sstate_get(st, l62_key(L62_KEY_VAR, value->n, 0));
	case L62_VALUE_ADDRESS:
		return l62_sval_of(L62_SVAL_LOCAL, value->n);
	case L62_VALUE_SIGN:
		return l62_sval_const(value->constant);
	case L62_VALUE_UNKNOWN:
		break;
	}
	return l62_sval_any(L62_ANY, true);
}

void l62_frame_set(const struct l62_frame *fr, struct l62_sstate *st, uint32_t var,
                   struct l62_sval val)
{
	bool leads = val.type == L62_SVAL_ADDR || val.type == L62_SVAL_LOCAL ||
	             val.type == L62_SVAL_OUT;

	if (var == L62_NONE)
		return;
	if (!leads && !l62_slice_kept(fr->sb, var))
		val = l62_sval_any(L62_ANY, true);
	l62_sstate_set(st, l62_key(L62_KEY_VAR, var, 0), val);
}

static struct at at_key(int type, uint32_t n, uint32_t field)
{
	/* &local:* is the local itself. */
	if (type == L62_KEY_LOCAL && field == L62_ATOM_STAR)
		return (struct at){.where = AT_KEY, .key = l62_key(L62_KEY_VAR, n, 0)};
	return (struct at){.where = AT_KEY, .key = l62_key(type, n, field)};
}

static struct at at_slot(const struct l62_frame *fr, uint32_t slot)
{
	const struct l62_slice *s = fr->walk->slice;
	struct at at = {.where = AT_MEMORY, .cell = l62_slice_cell(s, slot)};

	if (at.cell != L62_NONE)
		at.where = AT_CELL;
	else if (g_hash_table_contains(s->index->outside, GUINT_TO_POINTER(slot)))
		at.where = AT_OUTSIDE;
	return at;
}

/* That field of what lies at slot. */
static struct at at_field(const struct l62_frame *fr, uint32_t slot, uint32_t field)
{
	struct l62_program *p = (struct l62_program *)fr->walk->slice->index->program;
	g_autofree char *path = NULL;

	if (field == L62_ATOM_STAR)
		return at_slot(fr, slot);
	path = g_strconcat(l62_program_text(p, slot), ".", l62_program_text(p, field), NULL);
	return at_slot(fr, l62_program_atom(p, path));
}

/* What an op's place is. */
static struct at find(const struct l62_frame *fr, const struct l62_sstate *st,
                      const struct l62_op *op)
{
	const struct l62_slice *s = fr->walk->slice;
	struct l62_sval base;

	/* A local record has fields of a type, but is nobody else's. */
	if (op->place.type == L62_PLACE_VAR)
		return at_key(L62_KEY_VAR, op->place.var, 0);
	if (op->place.type == L62_PLACE_LOCAL)
		return at_key(L62_KEY_LOCAL, op->place.var, op->place.field);
	base = op->place.type == L62_PLACE_BEHIND
	               ? l62_sstate_get(st, l62_key(L62_KEY_VAR, op->place.var, 0))
	               : l62_sval_any(L62_ANY, true);
	if (base.type == L62_SVAL_LOCAL)
		return at_key(L62_KEY_LOCAL, base.n, op->place.field);
	if (base.type == L62_SVAL_OUT)
		return at_key(L62_KEY_OUT, base.n, op->place.field);
	if (op->slot != L62_NONE) {
		struct at at = at_slot(fr, op->slot);

		/* A record of a caller's, of a type that the driver uses for its own too. */
		if (at.where == AT_CELL && at.cell && op->place.type == L62_PLACE_BEHIND &&
		    fr->sb->body->foreign[fr->sb->body->class[op->place.var]])
			at.where = AT_MEMORY;
		return at;
	}
	switch (base.type) {
	case L62_SVAL_ADDR:
		if (op->form == L62_SLOT_LIST)
			return s->list && base.n == s->address
			               ? (struct at){.where = AT_CELL}
			               : (struct at){.where = AT_MEMORY};
		return at_field(fr, base.n, op->place.field);
	default:
		break;
	}
	return (struct at){.where = AT_MEMORY};
}

static void note(struct l62_frame *fr, struct l62_sstate *st, enum l62_trail_type type,
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
			note(fr, st, L62_TRAIL_RELEASE, line);
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
	note(fr, st, L62_TRAIL_DISPLACE, line);
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
	note(fr, st, L62_TRAIL_STORE, line);
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

static struct l62_sval address_of(const struct l62_frame *fr, const struct l62_sstate *st,
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
		note(fr, st, L62_TRAIL_STORE, op->line);
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

static void store(struct l62_frame *fr, struct l62_sstate *st, struct at at,
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

static struct l62_sval outside(const struct l62_walk *w, const struct l62_op *op)
{
	if (op->slot == w->slice->index->major && w->request.major >= 0)
		return l62_sval_const(w->request.major);
	if (g_hash_table_contains(w->slice->index->rows, GUINT_TO_POINTER(op->slot))) {
		struct l62_sval row = l62_sval_any(L62_ANY, false);

		row.n = op->slot;
		return row;
	}
	if (op->slot == w->minor_slot && w->request.minor >= 0)
		return l62_sval_const(w->request.minor);
	return l62_sval_any(L62_ANY, false);
}

/* Whether what is followed has this or that is no secret of the slot's. */
static bool is_own_pointer(const struct l62_frame *fr, const struct l62_sstate *st,
                           const struct l62_op *op)
{
	return op->place.type == L62_PLACE_BEHIND &&
	       fr->sb->body->f->classes[op->dest] == 'p' &&
	       l62_sstate_get(st, l62_key(L62_KEY_VAR, op->place.var, 0)).type ==
	               L62_SVAL_TOKEN;
}

/* Whether a table of routines has one there: the row that is found by its number has. */
static struct l62_sval routine_at(const struct l62_frame *fr, const struct l62_sstate *st,
                                  const struct l62_op *op)
{
	const GPtrArray *targets = g_hash_table_lookup(fr->walk->slice->index->routines,
	                                               GUINT_TO_POINTER(op->slot));
	struct l62_sval at = l62_frame_eval(fr, st, &op->index);

	for (guint i = 0; i < targets->len; i++) {
		const struct l62_target *target = targets->pdata[i];

		if (at.type != L62_SVAL_CONST && l62_frame_finds(fr, target) != L62_NONE) {
			if (l62_frame_means(fr, target, at))
				return l62_sval_any(L62_POS, false);
			continue;
		}
		if (at.type != L62_SVAL_CONST || !target->has_index)
			return l62_sval_any(L62_ZERO | L62_POS, true);
		if (at.number == target->index)
			return l62_sval_any(L62_POS, false);
	}
	return l62_sval_const(0);
}

/* A field of an object that has just been made. */
static bool is_new(const struct l62_frame *fr, const struct l62_op *op)
{
	const struct l62_body *body = fr->sb->body;

	return op->place.type == L62_PLACE_BEHIND && body->fresh[body->class[op->place.var]];
}

static bool stores(const struct l62_body *body, uint32_t slot)
{
	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->type == L62_OP_STORE && op->slot == slot)
			return true;
	}
	return false;
}

/* A callee puts the address of the local where kernel routines come by: what is in it
 * then is theirs. */
static bool is_lent(const struct l62_frame *fr, uint32_t var)
{
	const struct l62_body *body = fr->sb->body, *callee;

	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		callee = op->type == L62_OP_CALL
		                 ? l62_index_callee(fr->walk->slice->index, op, 0, NULL)
		                 : NULL;
		for (uint32_t a = 0; callee && a < op->nargs && a < callee->f->nparams; a++) {
			const struct l62_value *arg = l62_body_arg(body, op, a);

			if (arg->type != L62_VALUE_ADDRESS || arg->n != var)
				continue;
			for (uint32_t k = 0; k < callee->f->ops->len; k++) {
				const struct l62_op *store = l62_body_op(callee, k);

				if (store->lends && store->value.type == L62_VALUE_VAR &&
				    callee->class[store->value.n] == callee->class[a])
					return true;
			}
		}
	}
	return false;
}

static struct l62_sval load(const struct l62_frame *fr, const struct l62_sstate *st,
                            const struct l62_op *op)
{
	struct l62_sval val = l62_sval_any(L62_ANY, true);
	struct at at;

	if (op->form == L62_SLOT_ADDRESS)
		return address_of(fr, st, op);
	if (is_own_pointer(fr, st, op))
		return l62_sval_any(L62_ANY, false);
	if (op->element && op->form == L62_SLOT_PATH &&
	    g_hash_table_contains(fr->walk->slice->index->routines, GUINT_TO_POINTER(op->slot)))
		return routine_at(fr, st, op);
	/* A driver that was loaded has a device; there may be more. */
	if (op->slot == fr->walk->first_device) {
		val = l62_sstate_get(st, l62_key(L62_KEY_STORED, 0, op->slot));
		return val.memory ? l62_sval_any(L62_POS, false) : val;
	}
	if (op->slot == fr->walk->next_device)
		return l62_sval_any(L62_ZERO | L62_POS, false);
	at = find(fr, st, op);
	if (at.where == AT_KEY) {
		val = l62_sstate_get(st, at.key);
		if (op->place.type == L62_PLACE_LOCAL && !l62_sstate_has(st, at.key) &&
		    is_lent(fr, op->place.var))
			val.memory = false;
		if (val.type == L62_SVAL_ANY && op->place.type == L62_PLACE_BEHIND &&
		    fr->sb->body->foreign[fr->sb->body->class[op->place.var]])
			val.memory = false;
		return val;
	}
	if (at.where == AT_MEMORY && op->slot != L62_NONE && op->form == L62_SLOT_PATH) {
		struct l62_sval stored =
		        l62_sstate_get(st, l62_key(L62_KEY_STORED, 0, op->slot));

		if (stored.type != L62_SVAL_ANY || !stored.memory)
			return stored;
	}
	if (at.where == AT_OUTSIDE)
		return outside(fr->walk, op);
	/* In what the system gave there is what the system wrote. */
	if (at.where == AT_MEMORY && op->slot == L62_NONE &&
	    op->place.type == L62_PLACE_BEHIND) {
		struct l62_sval base =
		        l62_sstate_get(st, l62_key(L62_KEY_VAR, op->place.var, 0));

		if (base.type == L62_SVAL_ANY && !base.memory)
			return l62_sval_any(L62_ANY, false);
	}
	if (op->slot == fr->walk->file_object ||
	    g_hash_table_contains(fr->walk->slice->containers, GUINT_TO_POINTER(op->slot)))
		return l62_sval_any(st->token[0] ? L62_POS : L62_ANY, !st->token[0]);
	if (at.where == AT_MEMORY && op->place.type == L62_PLACE_BEHIND &&
	    fr->sb->body->foreign[fr->sb->body->class[op->place.var]] &&
	    !g_hash_table_contains(fr->walk->slice->index->inside, GUINT_TO_POINTER(op->slot)))
		return l62_sval_any(L62_ANY, false);
	if ((at.where == AT_MEMORY || (at.where == AT_CELL && at.cell)) && is_new(fr, op) &&
	    !stores(fr->sb->body, op->slot))
		return l62_sval_any(L62_ANY, false);
	if (at.where == AT_CELL) {
		val = st->cells[at.cell];
		/* What has been tested is not known to be the same the next time. */
		if (val.type == L62_SVAL_ANY && !is_new(fr, op))
			val.memory = true;
	}
	return val;
}

/* An entry of many: the one that is followed, or another. */
static bool load_one_of_many(struct l62_frame *fr, struct l62_sstate *st,
                             const struct l62_op *op, uint32_t block, uint32_t index)
{
	struct l62_sstate *other;

	if (st->cells[0].type != L62_SVAL_TOKEN) {
		l62_frame_set(fr, st, op->dest, l62_sval_any(L62_ANY, true));
		return true;
	}
	other = l62_sstate_copy(st);
	other->other = true;
	l62_frame_set(fr, other, op->dest, l62_sval_any(L62_POS, true));
	l62_frame_go_on(fr, other, block, index + 1);
	l62_frame_set(fr, st, op->dest, st->cells[0]);
	return true;
}

/* An empty element stands before the one that is followed, and the loop ends there. */
static void load_gap(struct l62_frame *fr, const struct l62_sstate *st, const struct l62_op *op,
                     uint32_t block, uint32_t index)
{
	struct l62_sstate *gap;

	if (!fr->walk->gaps || st->cells[0].type != L62_SVAL_TOKEN ||
	    !l62_gaps_end_at(fr->sb->body, block, op))
		return;
	gap = l62_sstate_copy(st);
	l62_frame_set(fr, gap, op->dest, l62_sval_const(0));
	l62_frame_go_on(fr, gap, block, index + 1);
}

/* Zero if what is followed is in that list; that it has been taken out of it is no secret
 * of what else is there. */
static struct l62_sval empty(const struct l62_sstate *st, struct at at)
{
	struct l62_sval held = l62_sval_any(L62_ANY, true);

	if (at.where == AT_CELL && at.cell == 0)
		held = st->cells[0];
	else if (at.where == AT_KEY)
		held = l62_sstate_get(st, at.key);
	if (held.type == L62_SVAL_TOKEN || held.type == L62_SVAL_FRESH)
		return l62_sval_const(0);
	return l62_sval_any(L62_ANY, held.type != L62_SVAL_CONST);
}

/* A table is looked through for a row with that number: the row is found, if there is
 * one, and is the only one. */
static int compare_rows(const struct l62_frame *fr, const struct l62_sstate *st, bool equal,
                        struct l62_sval a, struct l62_sval b)
{
	const GArray *rows;

	if (a.type == L62_SVAL_CONST || (a.type == L62_SVAL_ANY && !a.n)) {
		struct l62_sval swap = a;

		a = b;
		b = swap;
	}
	if (a.type != L62_SVAL_ANY || !a.n)
		return -1;
	if (l62_sstate_get(st, l62_key(L62_KEY_FOUND, 0, a.n)).type == L62_SVAL_CONST)
		return !equal;
	if (b.type != L62_SVAL_CONST)
		return -1;
	rows = g_hash_table_lookup(fr->walk->slice->index->rows, GUINT_TO_POINTER(a.n));
	for (guint i = 0; rows && i < rows->len; i++)
		if (g_array_index(rows, int64_t, i) == b.number)
			return equal;
	return !equal;
}

static void compute(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op)
{
	static const char *const relations[] = {"==", "!=", "<", "<=", ">", ">="};
	struct l62_sval a = l62_frame_eval(fr, st, &op->value);
	struct l62_sval b = l62_frame_eval(fr, st, &op->other);
	struct l62_sval val =
	        l62_sval_any(L62_ANY, (a.type == L62_SVAL_ANY && a.memory) ||
	                                      (b.type == L62_SVAL_ANY && b.memory));
	bool wait = strcmp(op->operator, "wait") == 0;
	bool both = !wait && a.type == L62_SVAL_CONST && b.type == L62_SVAL_CONST;
	int64_t x = a.number, y = b.number;

	for (int i = 0; i < (int)G_N_ELEMENTS(relations); i++) {
		if (strcmp(op->operator, relations[i]) == 0) {
			int known = l62_sval_compare(a, (enum l62_compare)i, b);

			if (i <= L62_NE && known < 0)
				known = compare_rows(fr, st, i == L62_EQ, a, b);

			if (known >= 0)
				val = l62_sval_const(known);
			else
				val.signs = L62_ZERO | L62_POS;
		}
	}
	if (both && strcmp(op->operator, "&") == 0)
		val = l62_sval_const(x & y);
	else if (both && strcmp(op->operator, "|") == 0)
		val = l62_sval_const(x | y);
	/* Counters end somewhere. */
	else if (both && *op->operator== '+' && ABS(x) < 16 && ABS(y) < 16)
		val = l62_sval_const(x + y);
	else if (both && *op->operator== '-' && ABS(x) < 16 && ABS(y) < 16)
		val = l62_sval_const(x - y);
	if (wait)
		val = a.type == L62_SVAL_CONST && a.number == 0 ? l62_sval_const(0)
		                                                : l62_sval_any(L62_ANY, false);
	l62_frame_set(fr, st, op->dest, val);
}

/* A new device is zero; of another one, while the slot holds something, nothing is
 * said. */
static bool new_device(const struct l62_frame *fr, struct l62_sstate *st)
{
	if (st->token[0] || st->token[1]) {
		st->other = true;
		return true;
	}
	for (uint32_t i = 0; i < st->ncells; i++)
		if (!g_str_has_prefix(l62_program_text(fr->walk->slice->index->program,
		                                       fr->walk->slice->cells[i]),
		                      "::"))
			st->cells[i] = l62_sval_const(0);
	return true;
}

static bool acquire(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op,
                    uint32_t block, uint32_t index)
{
	const struct l62_resource *r = &g_array_index(
	        fr->walk->slice->index->program->resources, struct l62_resource, op->fresh);
	struct at at = find(fr, st, op);
	bool hot = at.where == AT_CELL || (op->place.var != L62_NONE &&
	                                   fr->sb->hot[fr->sb->body->class[op->place.var]]);
	bool told = op->dest != L62_NONE && l62_slice_kept(fr->sb, op->dest);
	struct l62_sstate *failed = NULL;

	if (!hot && !told && op->place.type == L62_PLACE_VAR)
		told = l62_slice_kept(fr->sb, op->place.var);
	if ((hot || told) && op->fails != L62_FAILS_NEVER) {
		failed = l62_sstate_copy(st);
		if (op->fails == L62_FAILS_NULL)
			store(fr, failed, at, l62_sval_const(0), op);
		else
			l62_frame_set(fr, failed, op->dest,
			              op->fails == L62_FAILS_STATUS
			                      ? l62_sval_any(L62_NEG, false)
			                      : l62_sval_const(0));
		l62_frame_go_on(fr, failed, block, index + 1);
	}
	if (r->kind == fr->walk->device_kind && fr->walk->slice->extension &&
	    !new_device(fr, st))
		return false;
	if (op->fails == L62_FAILS_STATUS)
		l62_frame_set(fr, st, op->dest, l62_sval_const(0));
	else if (op->dest != L62_NONE)
		l62_frame_set(fr, st, op->dest, l62_sval_any(L62_POS, false));
	if (hot) {
		note(fr, st, L62_TRAIL_ACQUIRE, op->line);
		store(fr, st, at, l62_sval_of(L62_SVAL_FRESH, op->fresh), op);
	} else if (at.where == AT_KEY) {
		store(fr, st, at, l62_sval_any(L62_POS, false), op);
	}
	return true;
}

static void check_kind(const struct l62_frame *fr, const struct l62_sstate *st,
                       struct l62_sval val, const struct l62_op *op)
{
	struct l62_program *p = (struct l62_program *)fr->walk->slice->index->program;
	struct l62_mismatch wrong = {
	        .kinds = op->kinds, .f = fr->sb->body->f, .line = op->line};
	const struct l62_resource *r;

	if (val.type != L62_SVAL_TOKEN || !st->token[val.n])
		return;
	wrong.resource = st->token[val.n] - 1;
	r = &g_array_index(p->resources, struct l62_resource, wrong.resource);
	if (op->kinds & l62_program_kind(p, r->kind))
		return;
	for (guint i = 0; i < fr->walk->mismatches->len; i++) {
		const struct l62_mismatch *m =
		        &g_array_index(fr->walk->mismatches, struct l62_mismatch, i);

		if (m->resource == wrong.resource && m->f == wrong.f && m->line == wrong.line)
			return;
	}
	g_array_append_val(fr->walk->mismatches, wrong);
}

/* If it was the first device, it may have been the only one. */
void l62_frame_delete(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op)
{
	uint32_t first = fr->walk->first_device;

	if (l62_body_deletes(fr->walk->slice->index, fr->sb->body, op, first))
		l62_sstate_set(st, l62_key(L62_KEY_STORED, 0, first),
		               l62_sval_any(L62_ZERO | L62_POS, false));
}

/* False if what is released might be what the slot holds, and nobody knows. */
static bool release(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op)
{
	struct l62_sval val = l62_frame_eval(fr, st, &op->value);

	if (val.type == L62_SVAL_ANY && l62_slice_hot(fr->sb, &op->value) && st->token[0] &&
	    !fr->walk->slice->many && (val.signs & L62_POS) && val.memory) {
		l62_walk_doubt(fr->walk, fr->sb->body->f, op->line, L62_DOUBT_RELEASE);
		return false;
	}
	check_kind(fr, st, val, op);
	l62_frame_lose(fr, st, val, true, op->line);
	l62_frame_delete(fr, st, op);
	return true;
}

/* Whether val is of one of the kinds that op releases: who deletes an object in place has
 * not freed the memory that it lies in. */
static bool of_kind(const struct l62_frame *fr, const struct l62_sstate *st,
                    struct l62_sval val, const struct l62_op *op)
{
	struct l62_program *p = (struct l62_program *)fr->walk->slice->index->program;
	uint32_t resource;

	if (val.type == L62_SVAL_FRESH)
		resource = val.n;
	else if (val.type == L62_SVAL_TOKEN && st->token[val.n])
		resource = st->token[val.n] - 1;
	else
		return false;
	return op->kinds &
	       l62_program_kind(
	               p, g_array_index(p->resources, struct l62_resource, resource).kind);
}

static void release_at(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op)
{
	struct at at = find(fr, st, op);
	struct l62_sval base =
	        op->place.type == L62_PLACE_BEHIND
	                ? l62_sstate_get(st, l62_key(L62_KEY_VAR, op->place.var, 0))
	                : l62_sval_const(0);

	if (at.where == AT_CELL) {
		check_kind(fr, st, st->cells[at.cell], op);
		l62_frame_lose(fr, st, st->cells[at.cell], true, op->line);
		if (at.cell || !fr->walk->slice->many)
			st->cells[at.cell] = l62_sval_const(0);
	} else if (at.where == AT_KEY) {
		l62_frame_lose(fr, st, l62_sstate_get(st, at.key), true, op->line);
		store(fr, st, at, l62_sval_const(0), op);
	} else if (op->place.field == L62_ATOM_STAR && of_kind(fr, st, base, op)) {
		l62_frame_lose(fr, st, base, true, op->line);
	}
}

static void kernel(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op)
{
	for (uint32_t i = 0; i < op->nargs; i++) {
		const struct l62_value *arg = l62_body_arg(fr->sb->body, op, i);

		if (arg->type == L62_VALUE_ADDRESS)
			l62_frame_set(fr, st, arg->n, l62_sval_any(L62_ANY, false));
	}
	if (op->form == L62_SLOT_LIVE && op->dest != L62_NONE)
		l62_frame_set(fr, st, op->dest,
		              l62_sval_const(fr->sb->body->f->classes[op->dest] != 'i'));
	else
		l62_frame_set(fr, st, op->dest,
		              l62_sval_any(L62_ANY, op->form == L62_SLOT_READS ||
		                                            (op->form == L62_SLOT_STOPS &&
		                                             fr->walk->late_frees)));
}

static bool give_if(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op,
                    uint32_t block, uint32_t index)
{
	struct l62_sval val = l62_frame_eval(fr, st, &op->value);
	struct l62_sval status = l62_sstate_get(st, l62_key(L62_KEY_VAR, op->dest, 0));
	uint8_t signs = l62_sval_signs(status);

	if (val.type != L62_SVAL_TOKEN && val.type != L62_SVAL_FRESH)
		return true;
	if (signs & L62_NEG) {
		struct l62_sstate *kept = l62_sstate_copy(st);

		l62_frame_set(fr, kept, op->dest, l62_sval_any(L62_NEG, false));
		l62_frame_go_on(fr, kept, block, index + 1);
	}
	l62_frame_set(fr, st, op->dest, l62_sval_any(L62_ZERO | L62_POS, false));
	l62_frame_lose(fr, st, val, false, op->line);
	return true;
}

static struct l62_sval address(const struct l62_frame *fr, const struct l62_sstate *st,
                               const struct l62_op *op)
{
	struct l62_sval val = l62_frame_eval(fr, st, &op->value);

	/* What lies within what is followed is that. */
	if (!op->inside || val.type == L62_SVAL_TOKEN || val.type == L62_SVAL_FRESH ||
	    op->slot == L62_NONE)
		return val;
	return address_of(fr, st, op);
}

bool l62_frame_op(struct l62_frame *fr, struct l62_sstate *st, uint32_t block, uint32_t index)
{
	const struct l62_op *op = l62_body_op(fr->sb->body, index);

	switch (op->type) {
	case L62_OP_SET:
		l62_frame_set(fr, st, op->dest, address(fr, st, op));
		break;
	case L62_OP_LOAD: {
		if (op->form != L62_SLOT_ADDRESS &&
		    (fr->walk->slice->many || fr->walk->slice->rows)) {
			struct at at = find(fr, st, op);
			bool slot = at.where == AT_CELL && at.cell == 0;

			if (slot)
				load_gap(fr, st, op, block, index);
			if (slot && fr->walk->slice->many)
				return load_one_of_many(fr, st, op, block, index);
		}
		l62_frame_set(fr, st, op->dest, load(fr, st, op));
		break;
	}
	case L62_OP_EMPTY:
		l62_frame_set(fr, st, op->dest, empty(st, find(fr, st, op)));
		break;
	case L62_OP_STORE:
		if (op->if_null) {
			struct at at = find(fr, st, op);

			/* What is there stays there. */
			if (at.where == AT_CELL &&
			    l62_sval_signs(st->cells[at.cell]) == L62_POS)
				break;
		}
		store(fr, st, find(fr, st, op), l62_frame_eval(fr, st, &op->value), op);
		break;
	case L62_OP_COMPUTE:
		compute(fr, st, op);
		break;
	case L62_OP_ACQUIRE:
		return acquire(fr, st, op, block, index);
	case L62_OP_RELEASE:
		if (!release(fr, st, op)) {
			l62_sstate_free(st);
			return false;
		}
		break;
	case L62_OP_RELEASE_AT:
		release_at(fr, st, op);
		break;
	case L62_OP_GIVE_IF:
		return give_if(fr, st, op, block, index);
	case L62_OP_GIVE:
		/* The slot still has it. */
		if (op->form == L62_SLOT_LENT)
			break;
		l62_frame_lose(fr, st, l62_frame_eval(fr, st, &op->value), false, op->line);
		break;
	case L62_OP_REF:
	case L62_OP_UNREF:
		l62_frame_lose(fr, st, l62_frame_eval(fr, st, &op->value), false, op->line);
		break;
	case L62_OP_KERNEL:
		kernel(fr, st, op);
		break;
	case L62_OP_TOUCH: {
		struct l62_sval val = l62_frame_eval(fr, st, &op->value);
		uint32_t cell = val.type == L62_SVAL_ADDR
		                        ? l62_slice_cell(fr->walk->slice, val.n)
		                        : L62_NONE;

		if (cell != L62_NONE && cell)
			st->cells[cell] = l62_sval_any(L62_ANY, true);
		break;
	}
	case L62_OP_CALL:
	case L62_OP_INDIRECT:
		return l62_frame_call(fr, st, op, block, index);
	}
	return true;
}
