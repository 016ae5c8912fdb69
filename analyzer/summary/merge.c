/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * When two states of one node are one.
 *
 * Where there is no object nothing can happen to it: a path on which a member was
 * null and one on which it was released are the same to the caller.  So are no
 * rounds of a loop that releases a list's entries and many.  What lies behind a
 * null parameter is not there at all.  Signs are united only where one symbol
 * differs, lest what they say together be lost: "released if the flag is set".
 */
#include <string.h>

#include "packed.h"

/* Walks two tails side by side. */
struct walk {
	struct l62_solver *s;
	const struct l62_packed *a, *b;
	uint32_t i, j;
	int32_t symbol;
	const struct l62_symbol *sym;
	struct l62_object x, y;  /* what it is in a, in b */
	uint64_t null_a, null_b; /* bits of parameters that are null */
	bool absent_x, absent_y; /* behind such a parameter */
};

static uint64_t param_bit(const struct l62_symbol *sym)
{
	return sym->a < 64 ? UINT64_C(1) << sym->a : 0;
}

static bool walk_next(struct walk *w)
{
	bool in_a = w->i < w->a->ntail, in_b = w->j < w->b->ntail;
	struct l62_object entry = {.container = -1};

	if (!in_a && !in_b)
		return false;
	if (in_a && in_b) {
		int32_t m = w->a->objects[w->i].symbol, n = w->b->objects[w->j].symbol;

		in_a = m <= n;
		in_b = n <= m;
	}
	w->symbol = in_a ? w->a->objects[w->i].symbol : w->b->objects[w->j].symbol;
	w->sym = l62_symbol_at(w->s, w->symbol);
	entry.signs = w->sym->signs;
	w->x = in_a ? w->a->objects[w->i++].object : entry;
	w->y = in_b ? w->b->objects[w->j++].object : entry;
	/* Parameters were the first symbols, and tails are sorted. */
	if (w->sym->type == L62_SYMBOL_PARAM) {
		w->null_a |= w->x.signs == L62_ZERO ? param_bit(w->sym) : 0;
		w->null_b |= w->y.signs == L62_ZERO ? param_bit(w->sym) : 0;
	}
	w->absent_x = w->sym->type != L62_SYMBOL_PARAM && (w->null_a & param_bit(w->sym));
	w->absent_y = w->sym->type != L62_SYMBOL_PARAM && (w->null_b & param_bit(w->sym));
	return true;
}

/* Nothing happened to it, because there was nothing. */
static bool is_idle(const struct l62_object *o, const struct l62_symbol *sym)
{
	return l62_object_is_plain(o) && (o->signs == L62_ZERO || sym->swept);
}

/* What lies behind a parameter may have been kept or not: the caller cannot know. */
static bool is_doubtful(const struct l62_object *x, const struct l62_object *y,
                        const struct l62_symbol *sym)
{
	return sym->type != L62_SYMBOL_PARAM && l62_object_is_plain(x) &&
	       y->where == L62_KEPT && y->kinds == 0 && y->refs == 0;
}

/* Released either way: as what is said by both sets of kinds. */
static bool is_released_as(const struct l62_object *x, const struct l62_object *y)
{
	return x->kinds && y->kinds && x->refs == y->refs;
}

/* Whether the status of y stands for that of x, too. */
static bool stands_for(const struct l62_object *y, const struct l62_object *x,
                       const struct l62_symbol *sym)
{
	return l62_object_same_status(x, y) || is_idle(x, sym) || is_doubtful(x, y, sym) ||
	       (is_released_as(x, y) && (x->kinds & ~y->kinds) == 0);
}

/* Whether what is true of x is also said by y. */
static bool is_covered(const struct l62_object *x, const struct l62_object *y,
                       const struct l62_symbol *sym)
{
	return (x->signs & ~y->signs) == 0 && x->written <= y->written && stands_for(y, x, sym);
}

static bool can_unite(const struct l62_object *x, const struct l62_object *y,
                      const struct l62_symbol *sym)
{
	return is_released_as(x, y) || stands_for(y, x, sym) || stands_for(x, y, sym);
}

/* x or y. */
static struct l62_object unite(const struct walk *w)
{
	bool take_y = is_released_as(&w->x, &w->y) || stands_for(&w->y, &w->x, w->sym);
	struct l62_object both = take_y ? w->y : w->x;

	if (w->absent_x || w->absent_y)
		return w->absent_x ? w->y : w->x;
	both.kinds = w->x.kinds | w->y.kinds;
	both.signs = w->x.signs | w->y.signs;
	both.written = w->x.written | w->y.written;
	return both;
}

static struct l62_packed *united(struct l62_solver *s, const struct l62_packed *a,
                                 const struct l62_packed *b)
{
	struct walk w = {.s = s, .a = a, .b = b};
	GArray *tail = g_array_new(FALSE, FALSE, sizeof(struct l62_packed_object));
	struct l62_packed *p;

	while (walk_next(&w)) {
		struct l62_packed_object po = {.symbol = w.symbol, .object = unite(&w)};

		if (!l62_object_is_as_at_entry(s, &po.object, po.symbol))
			g_array_append_val(tail, po);
	}
	p = l62_packed_new(tail->len, a->nobjects, a->ncells, a->nvars);
	if (tail->len > 0)
		memcpy(p->objects, tail->data, tail->len * sizeof(struct l62_packed_object));
	memcpy(&p->objects[p->ntail], &a->objects[a->ntail], l62_packed_prefix_size(a));
	p->blurred = a->blurred || b->blurred;
	l62_packed_set_hashes(p);
	g_array_unref(tail);
	return p;
}

/* How many symbols differ, and how. */
struct difference {
	bool covered, covers;
	bool apart;            /* some status: nothing stands for both */
	uint32_t status;       /* united by what was null, kept or released */
	uint32_t swept;        /* by what a loop does */
	uint32_t signs;        /* in signs alone */
	uint32_t incomparable; /* of these: neither set holds the other */
};

static void compare(const struct walk *w, struct difference *d)
{
	bool xy = is_covered(&w->x, &w->y, w->sym), yx = is_covered(&w->y, &w->x, w->sym);

	if (w->absent_x || w->absent_y) {
		d->covered = d->covered && w->absent_x;
		d->covers = d->covers && w->absent_y;
		return;
	}
	d->covered = d->covered && xy;
	d->covers = d->covers && yx;
	if (l62_object_same_status(&w->x, &w->y)) {
		d->signs++;
		d->incomparable += !xy && !yx;
	} else if (w->sym->swept && w->x.signs == w->y.signs &&
	           (l62_object_is_plain(&w->x) || l62_object_is_plain(&w->y))) {
		d->swept++;
	} else if (can_unite(&w->x, &w->y, w->sym)) {
		d->status++;
	} else {
		d->apart = true;
	}
}

enum l62_relation l62_packed_relate(struct l62_solver *s, const struct l62_packed *a,
                                    const struct l62_packed *b, enum l62_effort effort,
                                    struct l62_packed **merged)
{
	struct walk w = {.s = s, .a = a, .b = b};
	struct difference d = {.covered = true, .covers = true};
	bool by_status, by_loop, by_signs;

	while (walk_next(&w)) {
		if (memcmp(&w.x, &w.y, sizeof(w.x)) != 0 || w.absent_x != w.absent_y)
			compare(&w, &d);
		if (!d.covered && !d.covers && (d.apart || effort == L62_EFFORT_COVER))
			return L62_APART;
	}
	if (d.covered)
		return L62_COVERED;
	if (d.covers)
		return L62_COVERS;
	by_status = d.status == 1 && d.signs == 0;
	by_loop = d.status == 0 && d.swept > 0 && d.incomparable == 0;
	by_signs = d.status == 0 && d.swept == 0 && d.signs <= 1;
	if (d.apart || effort == L62_EFFORT_COVER ||
	    !(by_status || by_loop || (by_signs && effort == L62_EFFORT_SIGNS)))
		return L62_APART;
	*merged = united(s, a, b);
	return L62_MERGED;
}
