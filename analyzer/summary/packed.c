/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* States at rest: packing, and when two of them are one; see packed.h. */
#include "packed.h"

#include <string.h>

static struct l62_cell *cells_of(const struct l62_packed *p)
{
	return (struct l62_cell *)(void *)&p->objects[p->ntail + p->nobjects];
}

static struct l62_packed_var *vars_of(const struct l62_packed *p)
{
	return (struct l62_packed_var *)(void *)&cells_of(p)[p->ncells];
}

static gsize prefix_size(const struct l62_packed *p)
{
	return p->nobjects * sizeof(struct l62_packed_object) +
	       p->ncells * sizeof(struct l62_cell) + p->nvars * sizeof(struct l62_packed_var);
}

static struct l62_packed *new_packed(uint32_t ntail, uint32_t nobjects, uint32_t ncells,
                                     uint32_t nvars)
{
	struct l62_packed size = {.nobjects = nobjects, .ncells = ncells, .nvars = nvars};
	struct l62_packed *p = g_malloc(sizeof(*p) + prefix_size(&size) +
	                                ntail * sizeof(struct l62_packed_object));

	*p = size;
	p->ntail = ntail;
	return p;
}

static uint32_t mix(uint32_t hash, uint32_t value)
{
	hash = (hash ^ value) * UINT32_C(0x9e3779b1);
	return hash ^ hash >> 15;
}

static void set_hashes(struct l62_packed *p)
{
	const unsigned char *bytes = (const unsigned char *)&p->objects[p->ntail];
	uint32_t status = 0;

	p->hash = 0;
	for (gsize i = 0; i < prefix_size(p); i += sizeof(uint32_t)) {
		uint32_t word;

		memcpy(&word, bytes + i, sizeof(word));
		p->hash = mix(p->hash, word);
	}
	/* Whatever the order: an object may be in the tail of one state only. */
	for (uint32_t i = 0; i < p->ntail + p->nobjects; i++) {
		const struct l62_object *o = &p->objects[i].object;
		uint32_t hash = mix(0, (uint32_t)p->objects[i].symbol);

		if (l62_object_is_plain(o))
			continue;
		hash = mix(hash, (uint32_t)o->kinds ^ (uint32_t)(o->kinds >> 32));
		hash = mix(mix(hash, (uint32_t)o->container), o->field);
		status += mix(hash, o->where | (uint32_t)(o->refs + 2) << 8);
	}
	for (uint32_t i = 0; i < p->nvars; i++) {
		const struct l62_packed_var *v = &vars_of(p)[i];

		if (v->val.symbol >= 0)
			status = mix(mix(status, v->var), (uint32_t)v->val.symbol);
	}
	p->status_hash = status;
}

static bool is_tail(struct l62_solver *s, const struct l62_node *node, int32_t symbol,
                    const bool *referenced)
{
	const struct l62_symbol *sym = l62_symbol_at(s, symbol);

	return l62_symbol_is_outer(sym) && !referenced[symbol] &&
	       (sym->type != L62_SYMBOL_FIELD || !l62_flow_slot_live(s->flow, node, sym->slot));
}

static bool is_as_at_entry(const struct l62_solver *s, const struct l62_object *o,
                           int32_t symbol)
{
	return o->signs == l62_symbol_at(s, symbol)->signs && !o->written &&
	       l62_object_is_plain(o);
}

struct l62_packed *l62_pack(struct l62_solver *s, struct l62_state *st,
                            const struct l62_node *node)
{
	uint32_t ntail = 0, nobjects = 0, nvars = 0, tail = 0, object;
	struct l62_packed_var *vars;
	struct l62_packed *p;
	const bool *referenced = l62_state_forget(s, st, node);

	for (uint32_t i = 0; i < st->nobjects; i++) {
		if (is_as_at_entry(s, &st->objects[i], (int32_t)i))
			continue;
		if (is_tail(s, node, (int32_t)i, referenced))
			ntail++;
		else
			nobjects++;
	}
	for (uint32_t i = 0; (i = l62_flow_next_live(s->flow, node, i)) != L62_NONE; i++)
		nvars += st->vars[i].symbol >= 0 || st->vars[i].signs != L62_ANY;
	p = new_packed(ntail, nobjects, st->cells->len, nvars);
	object = ntail;
	for (uint32_t i = 0; i < st->nobjects; i++) {
		struct l62_packed_object po = {.symbol = (int32_t)i, .object = st->objects[i]};

		if (is_as_at_entry(s, &st->objects[i], (int32_t)i))
			continue;
		p->objects[is_tail(s, node, (int32_t)i, referenced) ? tail++ : object++] = po;
	}
	if (p->ncells > 0)
		memcpy(cells_of(p), st->cells->data, p->ncells * sizeof(struct l62_cell));
	vars = vars_of(p);
	for (uint32_t i = 0; (i = l62_flow_next_live(s->flow, node, i)) != L62_NONE; i++) {
		if (st->vars[i].symbol >= 0 || st->vars[i].signs != L62_ANY)
			*vars++ = (struct l62_packed_var){i, st->vars[i]};
	}
	set_hashes(p);
	return p;
}

void l62_unpack(struct l62_solver *s, const struct l62_packed *p, struct l62_state *st)
{
	l62_state_reset(s, st);
	for (uint32_t i = 0; i < p->ntail + p->nobjects; i++)
		*l62_state_object(s, st, p->objects[i].symbol) = p->objects[i].object;
	if (p->ncells > 0)
		g_array_append_vals(st->cells, cells_of(p), p->ncells);
	for (uint32_t i = 0; i < p->nvars; i++)
		st->vars[vars_of(p)[i].var] = vars_of(p)[i].val;
}

bool l62_packed_same_prefix(const struct l62_packed *a, const struct l62_packed *b)
{
	return a->hash == b->hash && a->nobjects == b->nobjects && a->ncells == b->ncells &&
	       a->nvars == b->nvars &&
	       memcmp(&a->objects[a->ntail], &b->objects[b->ntail], prefix_size(a)) == 0;
}

/* Walks two tails side by side. */
struct walk {
	struct l62_solver *s;
	const struct l62_packed *a, *b;
	uint32_t i, j;
	int32_t symbol;
	struct l62_object x, y; /* what it is in a, in b */
};

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
	entry.signs = l62_symbol_at(w->s, w->symbol)->signs;
	w->x = in_a ? w->a->objects[w->i++].object : entry;
	w->y = in_b ? w->b->objects[w->j++].object : entry;
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

/* Whether the status of y stands for that of x, too. */
static bool stands_for(const struct l62_object *y, const struct l62_object *x,
                       const struct l62_symbol *sym)
{
	return l62_object_same_status(x, y) || is_idle(x, sym) || is_doubtful(x, y, sym);
}

/* Whether what is true of x is also said by y. */
static bool is_covered(const struct l62_object *x, const struct l62_object *y,
                       const struct l62_symbol *sym)
{
	return (x->signs & ~y->signs) == 0 && x->written <= y->written && stands_for(y, x, sym);
}

/* x or y; false if that cannot be said. */
static bool unite(const struct l62_object *x, const struct l62_object *y,
                  const struct l62_symbol *sym, struct l62_object *both)
{
	if (stands_for(y, x, sym))
		*both = *y;
	else if (stands_for(x, y, sym))
		*both = *x;
	else
		return false;
	both->signs = x->signs | y->signs;
	both->written = x->written | y->written;
	return true;
}

/* a with another object of that symbol in its tail. */
static struct l62_packed *with_object(struct l62_solver *s, const struct l62_packed *a,
                                      const struct l62_packed *b, int32_t symbol,
                                      const struct l62_object *object)
{
	struct walk w = {.s = s, .a = a, .b = b};
	GArray *tail = g_array_new(FALSE, FALSE, sizeof(struct l62_packed_object));
	struct l62_packed *p;

	while (walk_next(&w)) {
		struct l62_packed_object po = {.symbol = w.symbol, .object = w.x};

		if (w.symbol == symbol)
			po.object = *object;
		if (!is_as_at_entry(s, &po.object, po.symbol))
			g_array_append_val(tail, po);
	}
	p = new_packed(tail->len, a->nobjects, a->ncells, a->nvars);
	if (tail->len > 0)
		memcpy(p->objects, tail->data, tail->len * sizeof(struct l62_packed_object));
	memcpy(&p->objects[p->ntail], &a->objects[a->ntail], prefix_size(a));
	p->blurred = a->blurred || b->blurred;
	set_hashes(p);
	g_array_unref(tail);
	return p;
}

enum l62_relation l62_packed_relate(struct l62_solver *s, const struct l62_packed *a,
                                    const struct l62_packed *b, struct l62_packed **merged)
{
	struct walk w = {.s = s, .a = a, .b = b};
	bool covered = true, covers = true, united = false;
	struct l62_object both;
	uint32_t differ = 0;
	int32_t symbol = -1;

	while (walk_next(&w)) {
		const struct l62_symbol *sym = l62_symbol_at(s, w.symbol);

		if (memcmp(&w.x, &w.y, sizeof(w.x)) == 0)
			continue;
		differ++;
		symbol = w.symbol;
		covered = covered && is_covered(&w.x, &w.y, sym);
		covers = covers && is_covered(&w.y, &w.x, sym);
		united = differ == 1 && unite(&w.x, &w.y, sym, &both);
		if (!covered && !covers && !united)
			return L62_APART;
	}
	if (covered)
		return L62_COVERED;
	if (covers)
		return L62_COVERS;
	if (!united)
		return L62_APART;
	*merged = with_object(s, a, b, symbol, &both);
	return L62_MERGED;
}

static bool join_objects(struct l62_solver *s, struct l62_state *x, struct l62_state *y)
{
	uint32_t count = MAX(x->nobjects, y->nobjects);

	for (uint32_t i = 0; i < count; i++) {
		struct l62_object *o = l62_state_object(s, x, (int32_t)i);
		const struct l62_object *other = l62_state_object(s, y, (int32_t)i);

		if (!l62_object_same_status(o, other))
			return false;
		o->signs |= other->signs;
		o->written |= other->written;
	}
	return true;
}

static bool join_val(struct l62_val *x, const struct l62_val *y)
{
	if (x->symbol != y->symbol || x->field != y->field)
		return false;
	x->signs |= y->signs;
	return true;
}

static bool join_states(struct l62_solver *s, struct l62_state *x, struct l62_state *y)
{
	if (x->cells->len != y->cells->len || !join_objects(s, x, y))
		return false;
	for (guint i = 0; i < x->cells->len; i++) {
		struct l62_cell *c = &g_array_index(x->cells, struct l62_cell, i);
		const struct l62_cell *d = &g_array_index(y->cells, struct l62_cell, i);

		if (c->container != d->container || c->field != d->field ||
		    !join_val(&c->val, &d->val))
			return false;
	}
	for (uint32_t i = 0; i <= s->function->nvars; i++) {
		if (!join_val(&x->vars[i], &y->vars[i]))
			return false;
	}
	return true;
}

/* Something became of the object on one of two paths. */
static void doubt(struct l62_solver *s, struct l62_state *x, int32_t symbol)
{
	struct l62_object *o;

	if (symbol < 0 || l62_symbol_at(s, symbol)->type == L62_SYMBOL_LOCAL)
		return;
	o = l62_state_object(s, x, symbol);
	if (o->kinds)
		return;
	o->where = L62_KEPT;
	o->container = -1;
	o->field = 0;
	o->refs = 0;
}

static void blur_objects(struct l62_solver *s, struct l62_state *x, struct l62_state *y)
{
	for (uint32_t i = 0; i < s->symbols->len; i++) {
		const struct l62_object other = *l62_state_object(s, y, (int32_t)i);
		struct l62_object *o = l62_state_object(s, x, (int32_t)i);

		o->signs |= other.signs;
		o->written |= other.written;
		if (l62_object_same_status(o, &other))
			continue;
		o->kinds = 0;
		doubt(s, x, (int32_t)i);
	}
}

static void blur_val(struct l62_solver *s, struct l62_state *x, struct l62_val *val,
                     struct l62_val other, uint32_t signs)
{
	if (join_val(val, &other))
		return;
	doubt(s, x, val->symbol);
	doubt(s, x, other.symbol);
	*val = l62_val_signs(signs);
}

static void blur_states(struct l62_solver *s, struct l62_state *x, struct l62_state *y)
{
	blur_objects(s, x, y);
	for (uint32_t i = 0; i <= s->function->nvars; i++)
		blur_val(s, x, &x->vars[i], y->vars[i],
		         l62_state_signs(s, x, x->vars[i]) | l62_state_signs(s, y, y->vars[i]));
	for (guint i = x->cells->len; i-- > 0;) {
		struct l62_cell *c = &g_array_index(x->cells, struct l62_cell, i);
		const struct l62_cell *d = l62_state_cell(y, c->container, c->field);

		blur_val(s, x, &c->val, d ? d->val : l62_val_signs(L62_ANY), L62_ANY);
	}
	for (guint i = 0; i < y->cells->len; i++) {
		struct l62_cell d = g_array_index(y->cells, struct l62_cell, i);

		if (l62_state_cell(x, d.container, d.field))
			continue;
		doubt(s, x, d.val.symbol);
		l62_state_set_cell(x, d.container, d.field, l62_val_signs(L62_ANY));
	}
}

struct l62_packed *l62_packed_blur(struct l62_solver *s, const struct l62_packed *a,
                                   const struct l62_packed *b, const struct l62_node *node)
{
	struct l62_state *x = l62_state_new(s), *y = l62_state_new(s);
	struct l62_packed *blurred;

	l62_unpack(s, a, x);
	l62_unpack(s, b, y);
	blur_states(s, x, y);
	blurred = l62_pack(s, x, node);
	blurred->blurred = true;
	l62_state_drop(s, x);
	l62_state_drop(s, y);
	return blurred;
}

struct l62_packed *l62_packed_join(struct l62_solver *s, const struct l62_packed *a,
                                   const struct l62_packed *b, const struct l62_node *node)
{
	struct l62_packed *joined = NULL;
	struct l62_state *x, *y;

	if (a->status_hash != b->status_hash || a->ncells != b->ncells)
		return NULL;
	x = l62_state_new(s);
	y = l62_state_new(s);
	l62_unpack(s, a, x);
	l62_unpack(s, b, y);
	if (join_states(s, x, y))
		joined = l62_pack(s, x, node);
	if (joined)
		joined->blurred = a->blurred || b->blurred;
	l62_state_drop(s, x);
	l62_state_drop(s, y);
	return joined;
}
