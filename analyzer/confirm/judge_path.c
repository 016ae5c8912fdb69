/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A finding's path against the lines that ran.
 *
 *   flow 0, from the allocation on, then where it is lost, then flow 1: in this order,
 *   each behind the one before; what has no code of its own is passed over
 *
 * A line that ran is not yet the branch that the path takes.  So a path that has another
 * way on it, a line where the resource is released or kept elsewhere, is not this one.
 */
#include <string.h>

#include "judge_internal.h"

/* Where the code is of a line that has none: of a call where its statement begins, above; of
 * a step, which may be a function's name, where the function begins, below. */
enum way { ABOVE = -1, BELOW = 1 };
enum { STATEMENT_LINES = 8 }; /* how far at most */

static const char *file_of(const struct l62_judge_run *run, const char *path)
{
	return run->file && path ? run->file(run->context, path) : path;
}

static bool has_code(const struct l62_judge_run *run, const char *file, int line)
{
	return !run->has_code || run->has_code(run->context, file, (unsigned)line);
}

/* The lines whose code is that of a location; false: there are none. */
static bool lines_of(const struct l62_judge_run *run, const char *file,
                     const struct l62_location *at, enum way way, unsigned *first,
                     unsigned *last)
{
	int end = at->end_line > at->line ? at->end_line : at->line;

	if (!file || at->line < 1)
		return false;
	*last = (unsigned)end;
	for (int line = at->line; line <= end; line++) {
		if (has_code(run, file, line)) {
			*first = (unsigned)at->line;
			return true;
		}
	}
	for (int i = 1; i <= STATEMENT_LINES; i++) {
		int line = way == ABOVE ? at->line - i : end + i;

		if (line > 0 && has_code(run, file, line)) {
			*first = *last = (unsigned)line;
			return true;
		}
	}
	return false;
}

bool l62_judge_has_code(const struct l62_judge_run *run, const struct l62_location *at)
{
	unsigned first, last;

	return lines_of(run, file_of(run, at->file), at, ABOVE, &first, &last);
}

bool l62_judge_is_at(const struct l62_judge_run *run, const struct l62_place *place,
                     const struct l62_location *at)
{
	const char *file = file_of(run, at->file);
	unsigned first, last;

	return place->file && lines_of(run, file, at, ABOVE, &first, &last) && place->line >= first &&
	       place->line <= last && strcmp(place->file, file) == 0;
}

bool l62_judge_ran(const struct l62_judge_run *run, const struct l62_judge_event *event,
                   const struct l62_location *at)
{
	struct l62_place place = {.file = event->file, .line = event->line};

	return l62_judge_is_at(run, &place, at);
}

bool l62_judge_any_ran(const struct l62_judge_run *run, const struct l62_location *at)
{
	const char *file = file_of(run, at->file);
	unsigned first, last;

	if (!lines_of(run, file, at, ABOVE, &first, &last))
		return false;
	for (size_t i = 0; i < run->event_count; i++) {
		const struct l62_judge_event *event = &run->events[i];

		if (event->line >= first && event->line <= last && event->file &&
		    strcmp(event->file, file) == 0)
			return true;
	}
	return false;
}

static bool same_line(const struct l62_location *a, const struct l62_location *b)
{
	int end = b->end_line > b->line ? b->end_line : b->line;

	return a->line >= b->line && a->line <= end && strcmp(a->file, b->file) == 0;
}

/* The finding's steps behind its allocation. */
static GArray *steps_of(const struct l62_finding *finding)
{
	GArray *steps = g_array_new(FALSE, FALSE, sizeof(struct l62_location));
	const GArray *flow = finding->flow[0];
	bool has_exit = same_line(&finding->at, &finding->site);
	guint first = 0;

	for (guint i = 0; flow && i < flow->len; i++) {
		if (same_line(&g_array_index(flow, struct l62_step, i).at, &finding->site))
			first = i + 1;
	}
	for (guint i = first; flow && i < flow->len; i++) {
		struct l62_location at = g_array_index(flow, struct l62_step, i).at;

		has_exit = has_exit || same_line(&at, &finding->at);
		g_array_append_val(steps, at);
	}
	flow = finding->flow[1];
	for (guint i = 0; flow && i < flow->len; i++)
		has_exit = has_exit || same_line(&g_array_index(flow, struct l62_step, i).at,
		                                 &finding->at);
	if (!has_exit)
		g_array_append_val(steps, finding->at);
	for (guint i = 0; flow && i < flow->len; i++)
		g_array_append_val(steps, g_array_index(flow, struct l62_step, i).at);
	return steps;
}

static bool is_step(const GArray *steps, const struct l62_judge_event *way)
{
	for (guint i = 0; i < steps->len; i++) {
		const struct l62_location *at = &g_array_index(steps, struct l62_location, i);

		if (at->line == (int)way->line && strcmp(at->file, way->file) == 0)
			return true;
	}
	return false;
}

/* The first event from an index on that is at a location, or the number of events. */
static size_t find(const struct l62_judge_run *run, size_t from, size_t to,
                   const struct l62_location *at, enum way way)
{
	const char *file = file_of(run, at->file);
	unsigned first, last;

	if (!lines_of(run, file, at, way, &first, &last))
		return to;
	for (; from < to; from++) {
		const struct l62_judge_event *event = &run->events[from];

		if (event->line >= first && event->line <= last &&
		    strcmp(event->file, file) == 0)
			break;
	}
	return from;
}

static void look_for_ways(const struct l62_case *c, const struct l62_judge_run *run,
                          const GArray *steps, size_t begin, struct l62_walk *walk)
{
	for (guint i = 0; c->ways && i < c->ways->len && !walk->other_way; i++) {
		const struct l62_judge_event *way =
		        &g_array_index(c->ways, struct l62_judge_event, i);
		struct l62_location at = {.file = way->file, .line = (int)way->line};

		if (is_step(steps, way) || same_line(&at, &c->finding->site) ||
		    find(run, begin, walk->at, &at, ABOVE) == walk->at)
			continue;
		walk->other_way = true;
		walk->way = at;
	}
}

static void follow(const struct l62_case *c, const struct l62_judge_run *run,
                   const GArray *steps, size_t begin, struct l62_walk *walk)
{
	size_t at = begin;

	*walk = (struct l62_walk){.whole = true, .at = begin};
	for (guint i = 0; i < steps->len; i++) {
		const struct l62_location *step = &g_array_index(steps, struct l62_location, i);

		enum way way = same_line(step, &c->finding->at) ? ABOVE : BELOW;
		unsigned first, last;

		if (i + 1 < steps->len &&
		    !lines_of(run, file_of(run, step->file), step, way, &first, &last))
			continue;
		at = find(run, at, run->event_count, step, way);
		if (at == run->event_count) {
			walk->whole = false;
			walk->missing = *step;
			break;
		}
	}
	walk->at = at;
	if (walk->whole && c->finding->flow[1] && c->finding->flow[1]->len == 0)
		look_for_ways(c, run, steps, begin, walk);
}

void l62_judge_walk(const struct l62_case *c, const struct l62_judge_run *run, size_t begin,
                    struct l62_walk *walk)
{
	const GArray *also = c->finding->also;
	GArray *steps = steps_of(c->finding);

	follow(c, run, steps, begin, walk);
	/* It may have been lost at another exit, for the same reason. */
	for (guint i = 0; also && i < also->len && !walk->whole; i++) {
		const struct l62_also *exit = &g_array_index(also, struct l62_also, i);
		struct l62_walk other;

		if (exit->role != L62_ALSO_EXIT)
			continue;
		g_array_set_size(steps, 0);
		g_array_append_val(steps, exit->at);
		follow(c, run, steps, begin, &other);
		if (other.whole)
			*walk = other;
	}
	g_array_unref(steps);
}

bool l62_judge_went(const struct l62_case *c, const struct l62_judge_run *run, size_t begin)
{
	struct l62_walk walk;

	for (size_t i = begin; i < run->event_count; i++) {
		if (!l62_judge_ran(run, &run->events[i], &c->finding->site))
			continue;
		l62_judge_walk(c, run, i + 1, &walk);
		if (!walk.whole)
			return false;
		if (!walk.other_way)
			return true;
	}
	return false;
}
