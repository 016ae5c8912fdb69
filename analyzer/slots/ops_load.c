/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a load gives. */
#include "gaps.h"
#include "ops.h"

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

struct l62_sval l62_op_load(const struct l62_frame *fr, const struct l62_sstate *st,
                            const struct l62_op *op)
{
	struct l62_sval val = l62_sval_any(L62_ANY, true);
	struct at at;

	if (op->form == L62_SLOT_ADDRESS)
		return l62_op_address_of(fr, st, op);
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
	at = l62_op_find(fr, st, op);
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
bool l62_op_load_one_of_many(struct l62_frame *fr, struct l62_sstate *st,
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
void l62_op_load_gap(struct l62_frame *fr, const struct l62_sstate *st, const struct l62_op *op,
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
struct l62_sval l62_op_empty(const struct l62_sstate *st, struct at at)
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
