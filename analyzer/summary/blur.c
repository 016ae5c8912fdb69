/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Fewer states at a price: joined, they forget what signs say together; blurred,
 * what became of the objects, which then count as kept.
 */
#include "packed.h"

/* Null on one path, and on the other what something may yet be said of: together
 * they would say it of both. */
static bool is_null_in_one(const struct l62_object *x, const struct l62_object *y)
{
	return (x->signs == L62_ZERO) != (y->signs == L62_ZERO);
}

static bool join_objects(struct l62_solver *s, struct l62_state *x, struct l62_state *y)
{
	uint32_t count = MAX(x->nobjects, y->nobjects);

	for (uint32_t i = 0; i < count; i++) {
		struct l62_object *o = l62_state_object(s, x, (int32_t)i);
		const struct l62_object *other = l62_state_object(s, y, (int32_t)i);

		if (!l62_object_same_status(o, other) || is_null_in_one(o, other))
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

		bool doubtful = !l62_object_same_status(o, &other) || is_null_in_one(o, &other);

		o->signs |= other.signs;
		o->written |= other.written;
		if (!doubtful)
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
