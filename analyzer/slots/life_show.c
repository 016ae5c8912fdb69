/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the life of a slot shows: where something is lost, and by which way. */
#include "life_parts.h"

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

void l62_life_show_overwritten(struct l62_life *life, const struct l62_sstate *st,
                               bool teardown)
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

void l62_life_show_left(struct l62_life *life, const struct l62_sstate *st, guint teardown)
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

void l62_life_show_failed(struct l62_life *life, const struct l62_event *e,
                          const struct l62_sstate *st)
{
	bool other = st->other && !(life->walk.slice->rows && life->home == L62_HOME_GLOBAL);

	if (!st->token[0] || other || !st->trail->within || l62_life_ends_with(life, st))
		return;
	show(life, (struct l62_shown){.failed = true,
	                              .resource = st->token[0] - 1,
	                              .f = e->f,
	                              .line = st->trail->within->line,
	                              .trail = st->trail,
	                              .missed = st->trail});
}
