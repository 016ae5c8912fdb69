/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Every state that the driver can be in between two requests, breadth first. */
#include "life.h"

#include "gaps.h"

/* Source of the numbers: wdm.h, as documented. */
enum {
	MJ_CREATE = 0,
	MJ_CLOSE = 2,
	MJ_INTERNAL = 15,
	MJ_SHUTDOWN = 16,
	MJ_CLEANUP = 18,
	MJ_POWER = 22,
	MJ_SYSTEM_CONTROL = 23,
	MJ_PNP = 27,
	MJ_COUNT = 28
};
enum { MN_START = 0, MN_REMOVE = 2, MN_STOP = 4, MN_SURPRISE = 23 };
enum { POINTS_MAX = 400, POINTS_COUNTED = 100 };
enum { CLOSED, OPEN, CLEANED };
enum { STOPPED, STARTED, SURPRISED };

/* Between two requests. */
struct point {
	struct l62_sstate *st;
	uint8_t device, started, open;
};

static guint point_hash(gconstpointer key)
{
	const struct point *p = key;

	return l62_sstate_hash(p->st) * 31 + p->device * 16u + p->started * 4u + p->open;
}

static gboolean point_equal(gconstpointer a, gconstpointer b)
{
	const struct point *x = a, *y = b;

	return x->device == y->device && x->started == y->started && x->open == y->open &&
	       l62_sstate_equal(x->st, y->st);
}

static void free_point(void *data)
{
	struct point *p = data;

	l62_sstate_free(p->st);
	g_free(p);
}

static struct point *point_with(const struct point *from, struct l62_sstate *st)
{
	struct point *p = g_memdup2(from, sizeof(*from));

	p->st = st;
	return p;
}

static bool has(const struct l62_life *life, enum l62_event_role role, int32_t major)
{
	for (guint i = 0; i < life->events->len; i++) {
		const struct l62_event *e = &g_array_index(life->events, struct l62_event, i);

		if (e->role == role && (major < 0 || e->major < 0 || e->major == major))
			return true;
	}
	return false;
}

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

static bool succeeded(const struct l62_sstate *exit)
{
	return l62_sval_signs(l62_sstate_get(exit, l62_key(L62_KEY_RESULT, 0, 0))) != L62_NEG;
}

/* Where the way through a function misses what other ways release: in the callee
 * that releases it on other ways, else where it returns. */
static const struct l62_trail *miss(const struct l62_life *life, const struct l62_trail *trail)
{
	const struct l62_trail *end = trail;

	for (const struct l62_trail *t = trail; t; t = t->before)
		if (t->type == L62_TRAIL_CALL && t->within &&
		    g_hash_table_contains(life->frees, t->f))
			return miss(life, t->within);
	return end;
}

static const struct l62_trail *find_displaced(const struct l62_trail *trail)
{
	for (const struct l62_trail *t = trail; t; t = t->before) {
		const struct l62_trail *deep =
		        t->type == L62_TRAIL_CALL ? find_displaced(t->within) : NULL;

		if (deep || t->type == L62_TRAIL_DISPLACE)
			return deep ? deep : t;
	}
	return NULL;
}

static void show(struct l62_life *life, struct l62_shown shown)
{
	for (guint i = 0; i < life->shown->len; i++) {
		struct l62_shown *o = &g_array_index(life->shown, struct l62_shown, i);

		if (o->overwritten != shown.overwritten || o->failed != shown.failed ||
		    o->resource != shown.resource ||
		    (shown.overwritten && (o->f != shown.f || o->line != shown.line)))
			continue;
		/* Of a load the first exit. */
		if (shown.failed && shown.line < o->line)
			*o = shown;
		return;
	}
	g_array_append_val(life->shown, shown);
}

/* A routine of the teardown that empties the slot has the resource to release. */
static void show_overwritten(struct l62_life *life, const struct l62_sstate *st, bool teardown)
{
	const struct l62_trail *at = find_displaced(st->trail->within);
	bool emptied = at && (at->number & L62_BY_NULL) && teardown;

	if (!st->token[1] || !at || st->other || (!emptied && (at->number & L62_PERHAPS)))
		return;
	if (emptied)
		at = miss(life, st->trail->within);
	show(life, (struct l62_shown){.overwritten = !emptied,
	                              .resource = st->token[1] - 1,
	                              .f = at->f,
	                              .line = at->line,
	                              .trail = st->trail,
	                              .missed = st->trail});
}

/* The last routine of the way that could have released it. */
static void show_left(struct l62_life *life, const struct l62_sstate *st, guint teardown)
{
	guint n = 0;

	for (struct l62_trail *t = st->trail; t && n < teardown; t = t->before, n++) {
		const struct l62_trail *at;

		if (!t->within || !g_hash_table_contains(life->frees, t->f))
			continue;
		at = miss(life, t->within);
		show(life, (struct l62_shown){.resource = st->token[0] - 1,
		                              .f = at->f,
		                              .line = at->line,
		                              .trail = st->trail,
		                              .missed = t});
		return;
	}
}

/* Whether a thread or a work item that comes to its end releases what is left; it may also
 * hand it on to where others release it. */
static bool ends_with(struct l62_life *life, const struct l62_sstate *st)
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

/* A load has failed: there is no teardown.  That it has filled other rows too takes nothing
 * from the one that is followed: whatever row is released then, it counts for that one. */
static void show_failed(struct l62_life *life, const struct l62_event *e,
                        const struct l62_sstate *st)
{
	bool other = st->other && !(life->walk.slice->rows && life->home == L62_HOME_GLOBAL);

	if (!st->token[0] || other || !st->trail->within || ends_with(life, st))
		return;
	show(life, (struct l62_shown){.failed = true,
	                              .resource = st->token[0] - 1,
	                              .f = e->f,
	                              .line = st->trail->within->line,
	                              .trail = st->trail,
	                              .missed = st->trail});
}

/* Whether e may come now, and what the driver is in afterwards. */
static bool may_come(const struct l62_life *life, const struct point *p,
                     const struct l62_event *e, int32_t major, int32_t minor)
{
	if (e->role == L62_EVENT_ADD_DEVICE)
		return !p->device;
	if (e->role == L62_EVENT_OTHER || e->role == L62_EVENT_LATE ||
	    e->role == L62_EVENT_ENDS)
		return true;
	if (e->role != L62_EVENT_DISPATCH || !p->device)
		return false;
	switch (major) {
	case MJ_CREATE:
		return p->open == CLOSED;
	case MJ_CLEANUP:
		return p->open == OPEN;
	case MJ_CLOSE:
		return p->open == (has(life, L62_EVENT_DISPATCH, MJ_CLEANUP) ? CLEANED : OPEN);
	case MJ_PNP:
		if (minor == MN_START)
			return p->started == STOPPED;
		return minor == MN_REMOVE || p->started == STARTED;
	case MJ_POWER:
	case MJ_SYSTEM_CONTROL:
	case MJ_INTERNAL:
	case MJ_SHUTDOWN:
		return true;
	default:
		return p->open == OPEN || !has(life, L62_EVENT_DISPATCH, MJ_CREATE);
	}
}

static void move(const struct l62_life *life, struct point *p, const struct l62_event *e,
                 int32_t major, int32_t minor, bool success)
{
	bool adds = has(life, L62_EVENT_ADD_DEVICE, -1);

	if (e->role == L62_EVENT_ADD_DEVICE)
		p->device = success;
	if (e->role != L62_EVENT_DISPATCH)
		return;
	if (major == MJ_CREATE && success)
		p->open = OPEN;
	else if (major == MJ_CLEANUP)
		p->open = CLEANED;
	else if (major == MJ_CLOSE)
		p->open = CLOSED;
	else if (major == MJ_PNP && minor == MN_START)
		p->started = success ? STARTED : STOPPED;
	else if (major == MJ_PNP && minor == MN_STOP)
		p->started = STOPPED;
	else if (major == MJ_PNP && minor == MN_SURPRISE)
		p->started = SURPRISED;
	else if (major == MJ_PNP && minor == MN_REMOVE) {
		p->started = STOPPED;
		p->device = !adds;
	}
}

struct points {
	GPtrArray *all; /* of struct point */
	GHashTable *seen;
};

/* Where there are many points it is because something is counted: from now on no further
 * than to one. */
static void stop_counting(const struct l62_life *life, struct l62_sstate *st)
{
	for (uint32_t i = 1; i < st->ncells; i++)
		if (life->walk.slice->counts[i] && st->cells[i].type == L62_SVAL_CONST &&
		    ABS(st->cells[i].number) > 1)
			st->cells[i] = l62_sval_any(l62_sval_signs(st->cells[i]), true);
}

static void add_point(struct l62_life *life, struct points *points, struct point *p)
{
	g_array_set_size(p->st->bindings, 0);
	p->st->changed = p->st->released = p->st->other = 0;
	p->st->fresh_gone = 0;
	p->st->token[1] = 0;
	/* A pointer that leads to what was released or handed on. */
	for (uint32_t i = 0; i < p->st->ncells; i++)
		if (p->st->cells[i].type > L62_SVAL_TOKEN ||
		    (p->st->cells[i].type == L62_SVAL_TOKEN && !p->st->token[0]))
			p->st->cells[i] = l62_sval_any(L62_POS, true);
	if (points->all->len >= POINTS_COUNTED)
		stop_counting(life, p->st);
	if (g_hash_table_contains(points->seen, p) || life->walk.gave_up) {
		free_point(p);
		return;
	}
	if (points->all->len >= POINTS_MAX) {
		life->walk.gave_up = true;
		free_point(p);
		return;
	}
	g_ptr_array_add(points->all, p);
	g_hash_table_add(points->seen, p);
}

static void run_one(struct l62_life *life, struct points *points, const struct point *from,
                    const struct l62_event *e, int32_t major, int32_t minor)
{
	struct l62_request request = {major, minor};
	g_autoptr(GPtrArray) after = NULL;
	struct l62_sstate *st;
	bool released = false;

	if (!may_come(life, from, e, major, minor) || life->walk.gave_up)
		return;
	st = l62_sstate_copy(from->st);
	if ((e->role == L62_EVENT_ADD_DEVICE && life->home == L62_HOME_EXTENSION) ||
	    (major == MJ_CREATE && e->role == L62_EVENT_DISPATCH &&
	     life->home == L62_HOME_FILE))
		begin_anew(life, st);
	after = states_after(life, e, request, st);
	l62_sstate_free(st);
	for (guint i = 0; i < after->len; i++) {
		struct l62_sstate *next = after->pdata[i];
		struct point *p = point_with(from, l62_sstate_copy(next));

		released |= next->released;
		show_overwritten(life, next,
		                 e->role == L62_EVENT_DISPATCH &&
		                         (major == MJ_CLEANUP || major == MJ_CLOSE ||
		                          (major == MJ_PNP && minor == MN_REMOVE)));
		if (!succeeded(next) && e->role == L62_EVENT_ADD_DEVICE &&
		    life->home == L62_HOME_EXTENSION)
			show_failed(life, e, next);
		if (next->other && life->walk.slice->rows)
			restore_record(life, p->st, from->st);
		/* What a failed open leaves is another rule's. */
		if (!succeeded(next) && (e->role == L62_EVENT_ADD_DEVICE ||
		                         (e->role == L62_EVENT_DISPATCH && major == MJ_CREATE &&
		                          life->home == L62_HOME_FILE)))
			begin_anew(life, p->st);
		move(life, p, e, major, minor, succeeded(next));
		add_point(life, points, p);
	}
	if (released)
		note_frees(life, life->works);
	/* What handles leave is gone with the last one. */
	if (released && e->role == L62_EVENT_DISPATCH && major != MJ_CREATE &&
	    major != MJ_CLEANUP && major != MJ_CLOSE && major != MJ_PNP)
		life->gaps = life->gaps || l62_gaps_left_by(life->walk.slice, e->f);
}

static void run_event(struct l62_life *life, struct points *points, const struct point *from,
                      const struct l62_event *e)
{
	static const int32_t minors[] = {MN_START, 1, MN_REMOVE, 3, MN_STOP, 5, 6, MN_SURPRISE};

	if (e->role != L62_EVENT_DISPATCH) {
		run_one(life, points, from, e, -1, -1);
		return;
	}
	for (int32_t major = e->major < 0 ? 0 : e->major;
	     major < (e->major < 0 ? MJ_COUNT : e->major + 1); major++) {
		if (major != MJ_PNP) {
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

	if (!has(life, role, major)) {
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
				show_overwritten(life, after->pdata[k], true);
				g_ptr_array_add(all, l62_sstate_copy(after->pdata[k]));
			}
			if (l62_slice_body(life->walk.slice, e->f))
				note_frees(life, life->frees);
		}
	}
	g_ptr_array_unref(states);
	return all;
}

static void tear_down(struct l62_life *life, const struct point *p)
{
	GPtrArray *states = g_ptr_array_new_with_free_func(l62_sstate_free);
	guint steps = 0;

	g_ptr_array_add(states, l62_sstate_copy(p->st));
	if (p->open == OPEN)
		states = step_down(life, states, L62_EVENT_DISPATCH, MJ_CLEANUP, -1, &steps);
	if (p->open != CLOSED)
		states = step_down(life, states, L62_EVENT_DISPATCH, MJ_CLOSE, -1, &steps);
	if (p->device && has(life, L62_EVENT_ADD_DEVICE, -1))
		states = step_down(life, states, L62_EVENT_DISPATCH, MJ_PNP, MN_REMOVE, &steps);
	states = step_down(life, states, L62_EVENT_UNLOAD, -1, -1, &steps);
	life->kept &= states->len > 0;
	for (guint i = 0; i < states->len && !life->walk.gave_up; i++) {
		const struct l62_sstate *st = states->pdata[i];

		if (st->token[0] && !ends_with(life, st) && !st->other)
			show_left(life, st, steps);
		else if (!st->token[1]) /* else the slot is emptied, which releases nothing */
			life->kept = false;
	}
	g_ptr_array_unref(states);
}

static void run_all(struct l62_life *life, struct points *points)
{
	struct point first = {.device = !has(life, L62_EVENT_ADD_DEVICE, -1)};
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
				add_point(life, points,
				          point_with(&first, l62_sstate_copy(after->pdata[j])));
			else
				show_failed(life, e, after->pdata[j]);
	}
	if (!loaded)
		add_point(life, points, point_with(&first, l62_sstate_copy(first.st)));
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
		life->kept |= ((const struct point *)points->all->pdata[i])->st->token[0] != 0;
	/* First what can be released at all, then who misses it. */
	for (int round = 0; round < 2; round++) {
		for (guint i = life->shown->len; i-- > 0;)
			if (!g_array_index(life->shown, struct l62_shown, i).overwritten &&
			    !g_array_index(life->shown, struct l62_shown, i).failed)
				g_array_remove_index(life->shown, i);
		for (guint i = 0; i < points->all->len && !life->walk.gave_up; i++) {
			const struct point *p = points->all->pdata[i];

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
	struct points points = {.all = g_ptr_array_new_with_free_func(free_point)};

	points.seen = g_hash_table_new(point_hash, point_equal);
	run_all(life, &points);
	life->incomplete = life->walk.gave_up;
	g_hash_table_unref(points.seen);
	g_ptr_array_unref(points.all);
}

void l62_life_clear(struct l62_life *life)
{
	l62_walk_clear(&life->walk);
	g_array_unref(life->shown);
	g_hash_table_unref(life->frees);
	g_hash_table_unref(life->works);
}
