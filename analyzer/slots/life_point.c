/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Between two requests: which may come, and what the driver is in afterwards. */
#include "life_parts.h"

enum { POINTS_MAX = 400, POINTS_COUNTED = 100 };

static guint point_hash(gconstpointer key)
{
	const struct l62_point *p = key;

	return l62_sstate_hash(p->st) * 31 + p->device * 16u + p->started * 4u + p->open;
}

static gboolean point_equal(gconstpointer a, gconstpointer b)
{
	const struct l62_point *x = a, *y = b;

	return x->device == y->device && x->started == y->started && x->open == y->open &&
	       l62_sstate_equal(x->st, y->st);
}

static void free_point(void *data)
{
	struct l62_point *p = data;

	l62_sstate_free(p->st);
	g_free(p);
}

struct l62_point *l62_point_with(const struct l62_point *from, struct l62_sstate *st)
{
	struct l62_point *p = g_memdup2(from, sizeof(*from));

	p->st = st;
	return p;
}

bool l62_life_has(const struct l62_life *life, enum l62_event_role role, int32_t major)
{
	for (guint i = 0; i < life->events->len; i++) {
		const struct l62_event *e = &g_array_index(life->events, struct l62_event, i);

		if (e->role == role && (major < 0 || e->major < 0 || e->major == major))
			return true;
	}
	return false;
}

bool l62_point_may_come(const struct l62_life *life, const struct l62_point *p,
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
	case L62_MJ_CREATE:
		return p->open == L62_FILE_CLOSED;
	case L62_MJ_CLEANUP:
		return p->open == L62_FILE_OPEN;
	case L62_MJ_CLOSE:
		return p->open == (l62_life_has(life, L62_EVENT_DISPATCH, L62_MJ_CLEANUP)
		                           ? L62_FILE_CLEANED
		                           : L62_FILE_OPEN);
	case L62_MJ_PNP:
		if (minor == L62_MN_START)
			return p->started == L62_DEVICE_STOPPED;
		return minor == L62_MN_REMOVE || p->started == L62_DEVICE_STARTED;
	case L62_MJ_POWER:
	case L62_MJ_SYSTEM_CONTROL:
	case L62_MJ_INTERNAL:
	case L62_MJ_SHUTDOWN:
		return true;
	default:
		return p->open == L62_FILE_OPEN ||
		       !l62_life_has(life, L62_EVENT_DISPATCH, L62_MJ_CREATE);
	}
}

void l62_point_move(const struct l62_life *life, struct l62_point *p, const struct l62_event *e,
                    int32_t major, int32_t minor, bool success)
{
	bool adds = l62_life_has(life, L62_EVENT_ADD_DEVICE, -1);

	if (e->role == L62_EVENT_ADD_DEVICE)
		p->device = success;
	if (e->role != L62_EVENT_DISPATCH)
		return;
	if (major == L62_MJ_CREATE && success)
		p->open = L62_FILE_OPEN;
	else if (major == L62_MJ_CLEANUP)
		p->open = L62_FILE_CLEANED;
	else if (major == L62_MJ_CLOSE)
		p->open = L62_FILE_CLOSED;
	else if (major == L62_MJ_PNP && minor == L62_MN_START)
		p->started = success ? L62_DEVICE_STARTED : L62_DEVICE_STOPPED;
	else if (major == L62_MJ_PNP && minor == L62_MN_STOP)
		p->started = L62_DEVICE_STOPPED;
	else if (major == L62_MJ_PNP && minor == L62_MN_SURPRISE)
		p->started = L62_DEVICE_SURPRISED;
	else if (major == L62_MJ_PNP && minor == L62_MN_REMOVE) {
		p->started = L62_DEVICE_STOPPED;
		p->device = !adds;
	}
}

/* Where there are many points it is because something is counted: from now on no further
 * than to one. */
static void stop_counting(const struct l62_life *life, struct l62_sstate *st)
{
	for (uint32_t i = 1; i < st->ncells; i++)
		if (life->walk.slice->counts[i] && st->cells[i].type == L62_SVAL_CONST &&
		    ABS(st->cells[i].number) > 1)
			st->cells[i] = l62_sval_any(l62_sval_signs(st->cells[i]), true);
}

void l62_points_init(struct l62_points *points)
{
	points->all = g_ptr_array_new_with_free_func(free_point);
	points->seen = g_hash_table_new(point_hash, point_equal);
}

void l62_points_clear(struct l62_points *points)
{
	g_hash_table_unref(points->seen);
	g_ptr_array_unref(points->all);
}

void l62_points_add(struct l62_life *life, struct l62_points *points, struct l62_point *p)
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
