/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Calls: into the callee with what it is given, and back with what it has done. */
#include "walk.h"

static bool is_followed(struct l62_sval val)
{
	return val.type == L62_SVAL_TOKEN || val.type == L62_SVAL_FRESH;
}

/* What the local N holds, or what parameter N leads to, is what *to leads to. */
static void copy_out(struct l62_sstate *to, const struct l62_sstate *from, struct l62_sval val,
                     uint32_t param)
{
	for (guint i = 0; i < from->bindings->len; i++) {
		const struct l62_binding *b =
		        &g_array_index(from->bindings, struct l62_binding, i);
		int type = l62_key_type(b->key);
		uint32_t field = (uint32_t)b->key;

		if (l62_key_n(b->key) != val.n)
			continue;
		if (val.type == L62_SVAL_LOCAL && type == L62_KEY_VAR)
			field = L62_ATOM_STAR;
		else if (type != (val.type == L62_SVAL_LOCAL ? L62_KEY_LOCAL : L62_KEY_OUT))
			continue;
		if (b->val.type == L62_SVAL_LOCAL || b->val.type == L62_SVAL_OUT)
			continue;
		l62_sstate_set(to, l62_key(L62_KEY_OUT, param, field), b->val);
	}
}

static struct l62_sstate *enter(const struct l62_frame *fr, const struct l62_sstate *st,
                                const struct l62_op *op, const struct l62_slice_body *callee)
{
	struct l62_sstate *entry = l62_sstate_new(st->ncells);

	entry->token[0] = st->token[0];
	entry->token[1] = st->token[1];
	/* A helper that sets up another device does that to no field of the first. */
	entry->other = fr->walk->slice->extension && !fr->walk->slice->many && st->other;
	for (uint32_t i = 0; i < st->ncells; i++)
		entry->cells[i] = st->cells[i];
	for (uint32_t i = 0; i < op->nargs && i < callee->body->f->nparams; i++) {
		struct l62_sval val = l62_frame_eval(fr, st, l62_body_arg(fr->sb->body, op, i));
		bool leads = val.type == L62_SVAL_LOCAL || val.type == L62_SVAL_OUT;

		if (leads) {
			copy_out(entry, st, val, i);
			val = l62_sval_of(L62_SVAL_OUT, i);
		}
		if (leads || val.type == L62_SVAL_ADDR || l62_slice_kept(callee, i))
			l62_sstate_set(entry, l62_key(L62_KEY_VAR, i, 0), val);
	}
	return entry;
}

/* What the callee wrote through its parameter. */
static void copy_back(const struct l62_frame *fr, struct l62_sstate *st,
                      const struct l62_sstate *exit, struct l62_sval arg, uint32_t param)
{
	for (guint i = 0; i < exit->bindings->len; i++) {
		const struct l62_binding *b =
		        &g_array_index(exit->bindings, struct l62_binding, i);
		uint32_t field = (uint32_t)b->key;

		if (l62_key_type(b->key) != L62_KEY_OUT || l62_key_n(b->key) != param)
			continue;
		if (arg.type == L62_SVAL_OUT)
			l62_sstate_set(st, l62_key(L62_KEY_OUT, arg.n, field), b->val);
		else if (field == L62_ATOM_STAR)
			l62_frame_set(fr, st, arg.n, b->val);
		else
			l62_sstate_set(st, l62_key(L62_KEY_LOCAL, arg.n, field), b->val);
	}
}

static void drop_out(struct l62_sstate *st, struct l62_sval arg)
{
	for (guint i = st->bindings->len; i-- > 0;) {
		uint64_t key = g_array_index(st->bindings, struct l62_binding, i).key;
		int type = l62_key_type(key);

		if (l62_key_n(key) == arg.n &&
		    (arg.type == L62_SVAL_OUT ? type == L62_KEY_OUT
		                              : type == L62_KEY_LOCAL || type == L62_KEY_VAR))
			g_array_remove_index(st->bindings, i);
	}
}

/* The callee may have stored something else. */
static void forget_stored(struct l62_sstate *st)
{
	for (guint i = st->bindings->len; i-- > 0;)
		if (l62_key_type(g_array_index(st->bindings, struct l62_binding, i).key) ==
		    L62_KEY_STORED)
			g_array_remove_index(st->bindings, i);
}

static struct l62_sstate *come_back(struct l62_frame *fr, const struct l62_sstate *st,
                                    const struct l62_op *op, const struct l62_function *f,
                                    const struct l62_sstate *exit)
{
	const struct l62_sval gone = l62_sval_any(L62_POS, true);
	struct l62_sstate *next = l62_sstate_copy(st);

	forget_stored(next);
	if (st->token[1] && (!exit->token[1] || exit->changed == L62_DISPLACED))
		l62_sstate_replace(next, l62_sval_of(L62_SVAL_TOKEN, 1), gone);
	if (exit->changed == L62_DISPLACED)
		l62_sstate_replace(next, l62_sval_of(L62_SVAL_TOKEN, 0),
		                   exit->token[1] ? l62_sval_of(L62_SVAL_TOKEN, 1) : gone);
	else if (exit->changed == L62_GONE)
		l62_sstate_replace(next, l62_sval_of(L62_SVAL_TOKEN, 0), gone);
	for (uint32_t i = 0; i < st->ncells; i++)
		next->cells[i] = exit->cells[i];
	if (exit->fresh_gone)
		l62_sstate_replace(next, l62_sval_of(L62_SVAL_FRESH, exit->fresh_gone - 1),
		                   gone);
	if (exit->token[0] && exit->token[0] != st->token[0])
		l62_sstate_replace(next, l62_sval_of(L62_SVAL_FRESH, exit->token[0] - 1),
		                   l62_sval_of(L62_SVAL_TOKEN, 0));
	next->token[0] = exit->token[0];
	next->token[1] = exit->token[1];
	next->released |= exit->released;
	next->other |= exit->other;
	if (!next->changed)
		next->changed = exit->changed;
	for (uint32_t i = 0; i < op->nargs && i < f->nparams; i++) {
		struct l62_sval arg = l62_frame_eval(fr, st, l62_body_arg(fr->sb->body, op, i));

		if (arg.type == L62_SVAL_LOCAL || arg.type == L62_SVAL_OUT) {
			drop_out(next, arg);
			copy_back(fr, next, exit, arg, i);
		}
	}
	l62_frame_set(fr, next, op->dest, l62_sstate_get(exit, l62_key(L62_KEY_RESULT, 0, 0)));
	l62_frame_delete(fr, next, op);
	next->trail = l62_walk_trail(fr->walk, st->trail, L62_TRAIL_CALL, f, op->line);
	next->trail->within = exit->trail;
	return next;
}

/* Code of which nothing is seen: it may release what the slot holds, if it is given
 * any way to it. */
static bool call_unknown(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op)
{
	bool way = false;

	for (uint32_t i = 0; i < op->nargs; i++) {
		const struct l62_value *arg = l62_body_arg(fr->sb->body, op, i);
		struct l62_sval val = l62_frame_eval(fr, st, arg);

		if (is_followed(val))
			l62_frame_lose(fr, st, val, false, op->line);
		else if (val.type == L62_SVAL_LOCAL || val.type == L62_SVAL_OUT)
			drop_out(st, val);
		way |= arg->type == L62_VALUE_VAR && fr->sb->body->f->classes[arg->n] == 'p';
	}
	if (way && (st->token[0] || st->token[1])) {
		l62_walk_doubt(fr->walk, fr->sb->body->f, op->line, L62_DOUBT_CALL);
		l62_sstate_free(st);
		return false;
	}
	forget_stored(st);
	l62_frame_set(fr, st, op->dest, l62_sval_any(L62_ANY, true));
	return true;
}

/* The callee has nothing to do with the slot. */
static void pass_by(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op,
                    const struct l62_body *body)
{
	for (uint32_t i = 0; i < op->nargs; i++) {
		struct l62_sval val = l62_frame_eval(fr, st, l62_body_arg(fr->sb->body, op, i));

		if (val.type == L62_SVAL_LOCAL || val.type == L62_SVAL_OUT)
			drop_out(st, val);
		if (val.type == L62_SVAL_LOCAL)
			l62_frame_set(fr, st, val.n, l62_sval_any(L62_ANY, body->reads));
	}
	forget_stored(st);
	l62_frame_delete(fr, st, op);
	l62_frame_set(fr, st, op->dest, l62_sval_any(L62_ANY, body->tells));
}

/* Whether the call of that function has to do with the slot. */
static bool concerns(const struct l62_frame *fr, const struct l62_op *op, uint32_t id)
{
	const struct l62_slice_body *callee = fr->walk->slice->by_id[id];

	return callee && l62_slice_concerns(fr->sb, op, callee);
}

/* Goes on after the call of body; st stays the caller's. */
static void call_one(struct l62_frame *fr, const struct l62_sstate *st, const struct l62_op *op,
                     struct l62_body *body, uint32_t block, uint32_t index)
{
	const struct l62_slice_body *callee = fr->walk->slice->by_id[body->id];
	struct l62_sstate *entry;
	const GPtrArray *exits;

	if (!concerns(fr, op, body->id)) {
		entry = l62_sstate_copy(st);
		pass_by(fr, entry, op, body);
		l62_frame_go_on(fr, entry, block, index + 1);
		return;
	}
	entry = enter(fr, st, op, callee);
	exits = l62_walk_run(fr->walk, callee, entry);
	l62_sstate_free(entry);
	/* More may be found while the first ones are followed: a recursion. */
	for (guint i = 0; i < exits->len && !fr->walk->gave_up; i++)
		l62_frame_go_on(fr, come_back(fr, st, op, body->f, exits->pdata[i]), block,
		                index + 1);
}

uint32_t l62_frame_finds(const struct l62_frame *fr, const struct l62_target *target)
{
	const GArray *looked = fr->sb->body->looked;

	for (guint i = 0; target && i < target->numbers->len; i++) {
		const struct l62_row_number *row =
		        &g_array_index(target->numbers, struct l62_row_number, i);
		const GArray *rows = g_hash_table_lookup(fr->walk->slice->index->rows,
		                                         GUINT_TO_POINTER(row->slot));
		guint same = 0;
		bool looks = false;

		for (guint j = 0; j < looked->len; j++)
			looks |= g_array_index(looked, uint32_t, j) == row->slot;
		for (guint j = 0; j < rows->len; j++)
			same += g_array_index(rows, int64_t, j) == row->number;
		if (looks && same == 1)
			return row->slot;
	}
	return L62_NONE;
}

bool l62_frame_means(const struct l62_frame *fr, const struct l62_target *target,
                     struct l62_sval at)
{
	int32_t major = fr->walk->request.major;

	if (!target)
		return true;
	if (target->has_index && at.type == L62_SVAL_CONST && at.number != target->index)
		return false;
	for (guint i = 0; major >= 0 && i < target->numbers->len; i++) {
		const struct l62_row_number *row =
		        &g_array_index(target->numbers, struct l62_row_number, i);

		for (guint j = 0; j < fr->sb->body->majors->len; j++)
			if (g_array_index(fr->sb->body->majors, uint32_t, j) == row->slot &&
			    row->number != major)
				return false;
	}
	return true;
}

/* What body does to what the slot holds: 1 leaves it, 2 takes it away, 3 either. */
static int effect(struct l62_frame *fr, const struct l62_sstate *st, const struct l62_op *op,
                  const struct l62_body *body)
{
	const struct l62_slice_body *callee = fr->walk->slice->by_id[body->id];
	struct l62_sstate *entry;
	const GPtrArray *exits;
	int done = 0;

	if (!concerns(fr, op, body->id))
		return 1;
	entry = enter(fr, st, op, callee);
	exits = l62_walk_run(fr->walk, callee, entry);
	l62_sstate_free(entry);
	for (guint i = 0; i < exits->len; i++)
		done |= ((const struct l62_sstate *)exits->pdata[i])->changed ? 2 : 1;
	return done;
}

/* Which of several routines is called rests on what is not known, like a branch that
 * does: on the structure that a pointer leads to, but not on a row that was looked for. */
static bool can_tell(struct l62_frame *fr, const struct l62_sstate *st, const struct l62_op *op,
                     struct l62_sval at)
{
	const struct l62_target *target;
	struct l62_body *body;
	int first = 0;

	if (op->type != L62_OP_INDIRECT || at.type != L62_SVAL_ANY || !at.memory ||
	    !(st->token[0] || st->token[1]))
		return true;
	for (uint32_t i = 0; (body = l62_index_callee(fr->walk->slice->index, op, i, &target));
	     i++) {
		int done;

		if (!l62_frame_means(fr, target, at))
			continue;
		done = effect(fr, st, op, body);
		if (target->numbers->len == 0 && first && done && done != first) {
			l62_walk_doubt(fr->walk, fr->sb->body->f, op->line, L62_DOUBT_CALL);
			return false;
		}
		first = done ? done : first;
	}
	return true;
}

bool l62_frame_call(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op,
                    uint32_t block, uint32_t index)
{
	const struct l62_index *all = fr->walk->slice->index;
	struct l62_sval at =
	        op->element ? l62_frame_eval(fr, st, &op->index) : l62_sval_any(L62_ANY, true);
	const struct l62_target *target;
	struct l62_body *body;
	bool called = false;

	if (!l62_index_callee(all, op, 0, NULL))
		return call_unknown(fr, st, op);
	if (!can_tell(fr, st, op, at)) {
		l62_sstate_free(st);
		return false;
	}
	if (op->type == L62_OP_CALL && !concerns(fr, op, op->callee->index)) {
		pass_by(fr, st, op, l62_index_callee(all, op, 0, NULL));
		return true;
	}
	for (uint32_t i = 0; (body = l62_index_callee(all, op, i, &target)); i++)
		if (l62_frame_means(fr, target, at)) {
			struct l62_sstate *found = l62_sstate_copy(st);
			uint32_t row = l62_frame_finds(fr, target);

			/* The search goes on behind it. */
			if (row != L62_NONE)
				l62_sstate_set(found, l62_key(L62_KEY_FOUND, 0, row),
				               l62_sval_const(1));
			call_one(fr, found, op, body, block, index);
			l62_sstate_free(found);
			called = true;
		}
	/* There is no routine at that place: the driver does not come here with it. */
	if (!called) {
		l62_frame_set(fr, st, op->dest, l62_sval_any(L62_ANY, false));
		return true;
	}
	l62_sstate_free(st);
	return false;
}
