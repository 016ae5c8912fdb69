/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Every state that the driver can be in between two requests, breadth first. */
#include "life_parts.h"

#include "gaps.h"

static bool is_global(const struct l62_life *life, uint32_t cell)
{
	const struct l62_slice *s = life->walk.slice;

	return g_str_has_prefix(l62_program_text(s->index->program, s->cells[cell]), "::");
}

/* A new device, or a new file, begins with nothing in its fields. */
static void begin_anew(const struct l62_life *life, struct l62_sstate *st)
{
	if (life->home == L62_HOME_GLOBAL)
		return;
	st->token[0] = st->token[1] = 0;
	for (uint32_t i = 0; i < st->ncells; i++)
		if (!is_global(life, i))
			st->cells[i] = l62_sval_const(0);
}

/* It was another record of the array that a request was about. */
static void restore_record(const struct l62_life *life, struct l62_sstate *st,
                           const struct l62_sstate *from)
{
	st->token[0] = from->token[0];
	for (uint32_t i = 0; i < st->ncells; i++)
		if (!is_global(life, i))
			st->cells[i] = from->cells[i];
}

static struct l62_trail *enter_trail(struct l62_life *life, struct l62_trail *before,
                                     const struct l62_event *e, int32_t major,
                                     struct l62_trail *within)
{
	struct l62_trail *t = l62_walk_trail(&life->walk, before, L62_TRAIL_ENTRY, e->f, 0);

	t->number = e->role == L62_EVENT_DISPATCH ? major : -1;
	t->within = within;
	return t;
}

/* Which functions release it, in the teardown or at work; the runs are those of one
 * request. */
static void note_frees(struct l62_life *life, GHashTable *frees)
{
	GHashTableIter iter;
	void *key;

	g_hash_table_iter_init(&iter, life->walk.runs);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		const struct l62_run *run = key;

		for (guint i = 0; i < run->exits->len; i++) {
			const struct l62_sstate *exit = run->exits->pdata[i];

			if (exit->released)
				g_hash_table_add(frees, (void *)run->sb->body->f);
		}
	}
}

/* The states after an event; a function that has nothing to do with the slot leaves
 * it alone, and may succeed and fail. */
static GPtrArray *states_after(struct l62_life *life, const struct l62_event *e,
                               struct l62_request request, const struct l62_sstate *st)
{
	GPtrArray *after = g_ptr_array_new_with_free_func(l62_sstate_free);
	const struct l62_slice_body *sb = l62_slice_body(life->walk.slice, e->f);
	struct l62_sstate *entry = l62_sstate_copy(st);
	const GPtrArray *exits;
	uint8_t all_others, pointer = L62_POS;

	g_array_set_size(entry->bindings, 0);
	all_others = entry->other;
	entry->changed = entry->released = entry->other = 0;
	entry->fresh_gone = 0;
	if (!sb) {
		l62_sstate_set(entry, l62_key(L62_KEY_RESULT, 0, 0),
		               l62_sval_any(L62_ZERO, false));
		entry->trail = enter_trail(life, st->trail, e, request.major, NULL);
		entry->other = all_others;
		g_ptr_array_add(after, entry);
		return after;
	}
	/* A notify routine may be given no name, no information about a process that ends. */
	if (e->role == L62_EVENT_OTHER)
		pointer = L62_ZERO | L62_POS;
	for (uint32_t i = 0; i < e->f->nparams; i++)
		if (l62_slice_kept(sb, i))
			l62_sstate_set(entry, l62_key(L62_KEY_VAR, i, 0),
			               l62_sval_any(e->f->classes[i] == 'p' ? pointer : L62_ANY,
			                            false));
	l62_walk_request(&life->walk, request);
	exits = l62_walk_run(&life->walk, sb, entry);
	for (guint i = 0; i < exits->len; i++) {
		struct l62_sstate *next = l62_sstate_copy(exits->pdata[i]);

		next->trail = enter_trail(life, st->trail, e, request.major, next->trail);
		next->other |= all_others;
		g_ptr_array_add(after, next);
	}
	l62_sstate_free(entry);
	return after;
}

bool l62_life_ends_with(struct l62_life *life, const struct l62_sstate *st)
{
	bool released = false, handed;

	for (guint i = 0; i < life->events->len && !released; i++) {
		const struct l62_event *e = &g_array_index(life->events, struct l62_event, i);
		g_autoptr(GPtrArray) after = NULL;

		if (e->role != L62_EVENT_ENDS || !l62_slice_body(life->walk.slice, e->f))
			continue;
		after = states_after(life, e, (struct l62_request){-1, -1}, st);
		released = handed = after->len > 0;
		for (guint j = 0; j < after->len; j++) {
			const struct l62_sstate *end = after->pdata[j];

			released &= !end->token[0];
			handed &= !end->token[0] && !end->token[1];
		}
		if (released)
			note_frees(life, life->frees);
		if (handed)
			g_hash_table_add(life->frees, (void *)e->f);
	}
	return released;
}

static bool succeeded(const struct l62_sstate *exit)
{
	return l62_sval_signs(l62_sstate_get(exit, l62_key(L62_KEY_RESULT, 0, 0))) != L62_NEG;
}

static void run_one(struct l62_life *life, struct l62_points *points,
                    const struct l62_point *from, const struct l62_event *e, int32_t major,
                    int32_t minor)
{
	struct l62_request request = {major, minor};
	g_autoptr(GPtrArray) after = NULL;
	struct l62_sstate *st;
	bool released = false;

	if (!l62_point_may_come(life, from, e, major, minor) || life->walk.gave_up)
		return;
	st = l62_sstate_copy(from->st);
	if ((e->role == L62_EVENT_ADD_DEVICE && life->home == L62_HOME_EXTENSION) ||
	    (major == L62_MJ_CREATE && e->role == L62_EVENT_DISPATCH &&
	     life->home == L62_HOME_FILE))
		begin_anew(life, st);
	after = states_after(life, e, request, st);
	l62_sstate_free(st);
	for (guint i = 0; i < after->len; i++) {
		struct l62_sstate *next = after->pdata[i];
		struct l62_point *p = l62_point_with(from, l62_sstate_copy(next));

		released |= next->released;
		l62_life_show_overwritten(
		        life, next,
		        e->role == L62_EVENT_DISPATCH &&
		                (major == L62_MJ_CLEANUP || major == L62_MJ_CLOSE ||
		                 (major == L62_MJ_PNP && minor == L62_MN_REMOVE)));
		if (!succeeded(next) && e->role == L62_EVENT_ADD_DEVICE &&
		    life->home == L62_HOME_EXTENSION)
			l62_life_show_failed(life, e, next);
		if (next->other && life->walk.slice->rows)
			restore_record(life, p->st, from->st);
		/* What a failed open leaves is another rule's. */
		if (!succeeded(next) &&
		    (e->role == L62_EVENT_ADD_DEVICE ||
		     (e->role == L62_EVENT_DISPATCH && major == L62_MJ_CREATE &&
		      life->home == L62_HOME_FILE)))
			begin_anew(life, p->st);
		l62_point_move(life, p, e, major, minor, succeeded(next));
		l62_points_add(life, points, p);
	}
	if (released)
		note_frees(life, life->works);
	/* What handles leave is gone with the last one. */
	if (released && e->role == L62_EVENT_DISPATCH && major != L62_MJ_CREATE &&
	    major != L62_MJ_CLEANUP && major != L62_MJ_CLOSE && major != L62_MJ_PNP)
		life->gaps = life->gaps || l62_gaps_left_by(life->walk.slice, e->f);
}

static void run_event(struct l62_life *life, struct l62_points *points,
                      const struct l62_point *from, const struct l62_event *e)
{
	static const int32_t minors[] = {L62_MN_START,   1, L62_MN_REMOVE, 3, L62_MN_STOP, 5, 6,
	                                 L62_MN_SURPRISE};

	if (e->role != L62_EVENT_DISPATCH) {
		run_one(life, points, from, e, -1, -1);
		return;
	}
	for (int32_t major = e->major < 0 ? 0 : e->major;
	     major < (e->major < 0 ? L62_MJ_COUNT : e->major + 1); major++) {
		if (major != L62_MJ_PNP) {
			run_one(life, points, from, e, major, -1);
			continue;
		}
		for (gsize i = 0; i < G_N_ELEMENTS(minors); i++)
			run_one(life, points, from, e, major, minors[i]);
	}
}

/* One step of the teardown, by whichever routine serves it; states without a routine
 * for it stay. */
static GPtrArray *step_down(struct l62_life *life, GPtrArray *states, enum l62_event_role role,
                            int32_t major, int32_t minor, guint *steps)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(l62_sstate_free);
	struct l62_request request = {major, minor};

	if (!l62_life_has(life, role, major)) {
		g_ptr_array_unref(all);
		return states;
	}
	++*steps;
	for (guint i = 0; i < life->events->len; i++) {
		const struct l62_event *e = &g_array_index(life->events, struct l62_event, i);

		if (e->role != role ||
		    (role == L62_EVENT_DISPATCH && e->major >= 0 && e->major != major))
			continue;
		for (guint j = 0; j < states->len; j++) {
			g_autoptr(GPtrArray) after =
			        states_after(life, e, request, states->pdata[j]);

			for (guint k = 0; k < after->len; k++) {
				l62_life_show_overwritten(life, after->pdata[k], true);
				g_ptr_array_add(all, l62_sstate_copy(after->pdata[k]));
			}
			if (l62_slice_body(life->walk.slice, e->f))
				note_frees(life, life->frees);
		}
	}
	g_ptr_array_unref(states);
	return all;
}

static void tear_down(struct l62_life *life, const struct l62_point *p)
{
	GPtrArray *states = g_ptr_array_new_with_free_func(l62_sstate_free);
	guint steps = 0;

	g_ptr_array_add(states, l62_sstate_copy(p->st));
	if (p->open == L62_FILE_OPEN)
		states =
		        step_down(life, states, L62_EVENT_DISPATCH, L62_MJ_CLEANUP, -1, &steps);
	if (p->open != L62_FILE_CLOSED)
		states = step_down(life, states, L62_EVENT_DISPATCH, L62_MJ_CLOSE, -1, &steps);
	if (p->device && l62_life_has(life, L62_EVENT_ADD_DEVICE, -1))
		states = step_down(life, states, L62_EVENT_DISPATCH, L62_MJ_PNP, L62_MN_REMOVE,
		                   &steps);
	states = step_down(life, states, L62_EVENT_UNLOAD, -1, -1, &steps);
	life->kept &= states->len > 0;
	for (guint i = 0; i < states->len && !life->walk.gave_up; i++) {
		const struct l62_sstate *st = states->pdata[i];

		if (st->token[0] && !l62_life_ends_with(life, st) && !st->other)
			l62_life_show_left(life, st, steps);
		else if (!st->token[1]) /* else the slot is emptied, which releases nothing */
			life->kept = false;
	}
	g_ptr_array_unref(states);
}

static void run_all(struct l62_life *life, struct l62_points *points)
{
	struct l62_point first = {.device = !l62_life_has(life, L62_EVENT_ADD_DEVICE, -1)};
	bool loaded = false;

	first.st = l62_sstate_new(life->walk.slice->ncells);
	for (guint i = 0; i < life->events->len; i++) {
		const struct l62_event *e = &g_array_index(life->events, struct l62_event, i);
		g_autoptr(GPtrArray) after = NULL;

		if (e->role != L62_EVENT_ENTRY)
			continue;
		loaded = true;
		after = states_after(life, e, (struct l62_request){-1, -1}, first.st);
		for (guint j = 0; j < after->len; j++)
			if (succeeded(after->pdata[j]))
				l62_points_add(
				        life, points,
				        l62_point_with(&first,
				                       l62_sstate_copy(after->pdata[j])));
			else
				l62_life_show_failed(life, e, after->pdata[j]);
	}
	if (!loaded)
		l62_points_add(life, points, l62_point_with(&first, l62_sstate_copy(first.st)));
	for (guint i = 0; i < points->all->len && !life->walk.gave_up; i++)
		for (guint j = 0; j < life->events->len; j++)
			run_event(life, points, points->all->pdata[i],
			          &g_array_index(life->events, struct l62_event, j));
	life->walk.doubtful = false;
	life->walk.gaps = life->gaps;
	if (life->gaps)
		g_hash_table_remove_all(life->walk.runs);
	life->kept = false;
	for (guint i = 0; i < points->all->len; i++)
		life->kept |=
		        ((const struct l62_point *)points->all->pdata[i])->st->token[0] != 0;
	/* First what can be released at all, then who misses it. */
	for (int round = 0; round < 2; round++) {
		for (guint i = life->shown->len; i-- > 0;)
			if (!g_array_index(life->shown, struct l62_shown, i).overwritten &&
			    !g_array_index(life->shown, struct l62_shown, i).failed)
				g_array_remove_index(life->shown, i);
		for (guint i = 0; i < points->all->len && !life->walk.gave_up; i++) {
			const struct l62_point *p = points->all->pdata[i];

			if (p->st->token[0])
				tear_down(life, p);
		}
	}
	life->kept &= !life->walk.doubtful && g_hash_table_size(life->frees) == 0;
	l62_sstate_free(first.st);
}

void l62_life_init(struct l62_life *life, const struct l62_slice *slice, const GArray *events,
                   enum l62_slot_home home)
{
	*life = (struct l62_life){.events = events, .home = home};
	l62_walk_init(&life->walk, slice);
	life->shown = g_array_new(FALSE, FALSE, sizeof(struct l62_shown));
	life->frees = g_hash_table_new(NULL, NULL);
	life->works = g_hash_table_new(NULL, NULL);
	for (guint i = 0; i < events->len; i++) {
		const struct l62_event *e = &g_array_index(events, struct l62_event, i);
		const struct l62_body *body = g_hash_table_lookup(slice->index->by_f, e->f);

		if (e->role == L62_EVENT_LATE && body && body->lets_go)
			life->walk.late_frees = true;
	}
}

void l62_life_run(struct l62_life *life)
{
	struct l62_points points;

	l62_points_init(&points);
	run_all(life, &points);
	life->incomplete = life->walk.gave_up;
	l62_points_clear(&points);
}

void l62_life_clear(struct l62_life *life)
{
	l62_walk_clear(&life->walk);
	g_array_unref(life->shown);
	g_hash_table_unref(life->frees);
	g_hash_table_unref(life->works);
}
