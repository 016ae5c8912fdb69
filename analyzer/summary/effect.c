/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What becomes of objects.  A null pointer is no object: nothing happens to it.
 * What was released stays so, whatever is done to it later.
 */
#include "object.h"

/* What lies directly in a local variable: in-place objects. */
static void release_inside(struct l62_solver *s, struct l62_state *st, int32_t local,
                           uint64_t kinds)
{
	for (uint32_t i = 0; i < st->nobjects; i++) {
		struct l62_object *o = &st->objects[i];

		if (o->where == L62_INTO && o->container == local &&
		    (l62_symbol_at(s, (int32_t)i)->kind & kinds) != 0) {
			l62_object_set_where(o, L62_HELD);
			o->kinds = kinds;
		}
	}
}

void l62_release(struct l62_solver *s, struct l62_state *st, struct l62_val val, uint64_t kinds)
{
	const struct l62_symbol *sym;
	struct l62_object *o;

	if (val.symbol >= 0 && l62_symbol_at(s, val.symbol)->type == L62_SYMBOL_LOCAL) {
		release_inside(s, st, val.symbol, kinds);
		return;
	}
	if (!l62_object_is_there(s, st, val.symbol))
		return;
	sym = l62_symbol_at(s, val.symbol);
	o = l62_state_object(s, st, val.symbol);
	if (sym->type == L62_SYMBOL_FRESH && (sym->kind & kinds) == 0)
		return; /* another resource of the same address */
	l62_object_changed(s, val.symbol);
	if (o->refs < 0)
		return; /* the last reference was the caller's */
	if (o->refs > 0) {
		o->refs--;
	} else if (sym->type != L62_SYMBOL_EXTRA) {
		l62_object_set_where(o, L62_HELD);
		o->kinds |= kinds;
	}
}

static void keep_inside(struct l62_state *st, int32_t container)
{
	for (uint32_t i = 0; i < st->nobjects; i++) {
		if (st->objects[i].where == L62_INTO && st->objects[i].container == container)
			l62_object_set_where(&st->objects[i], L62_KEPT);
	}
}

void l62_keep(struct l62_solver *s, struct l62_state *st, struct l62_val val)
{
	struct l62_object *o;

	if (val.symbol >= 0 && l62_symbol_at(s, val.symbol)->type == L62_SYMBOL_LOCAL)
		keep_inside(st, val.symbol);
	if (!l62_object_is_there(s, st, val.symbol))
		return;
	o = l62_state_object(s, st, val.symbol);
	if (o->kinds)
		return;
	l62_object_changed(s, val.symbol);
	if (o->refs > 0)
		o->refs--; /* the new reference went, not the old one */
	else
		l62_object_set_where(o, L62_KEPT);
}

void l62_count(struct l62_solver *s, struct l62_state *st, struct l62_val val, int change)
{
	const struct l62_symbol *sym;
	struct l62_object *o;

	if (!l62_object_is_there(s, st, val.symbol))
		return;
	sym = l62_symbol_at(s, val.symbol);
	o = l62_state_object(s, st, val.symbol);
	if (o->kinds)
		return;
	l62_object_changed(s, val.symbol);
	/* The first count of what was just acquired says who holds it: its owner. */
	if (change > 0 && sym->local && !o->counted) {
		o->counted = 1;
		return;
	}
	if (change < 0 && o->refs == 0 && sym->type == L62_SYMBOL_FRESH) {
		l62_object_set_where(o, L62_HELD);
		o->kinds = sym->kind;
	} else if (change > 0 || o->refs > 0 || sym->type != L62_SYMBOL_EXTRA) {
		o->refs = (int8_t)CLAMP(o->refs + change, -2, 2);
	}
}

void l62_settle(struct l62_solver *s, struct l62_state *st, int32_t container)
{
	const struct l62_object c = *l62_state_object(s, st, container);

	for (uint32_t i = 0; i < st->nobjects; i++) {
		struct l62_object *o = &st->objects[i];

		if (o->where != L62_INTO || o->container != container)
			continue;
		if (c.kinds || c.where == L62_HELD)
			l62_object_set_where(o, L62_HELD);
		else if (c.where == L62_KEPT)
			l62_object_set_where(o, L62_KEPT);
		else
			l62_object_set_into(o, c.container, L62_ATOM_DEEP);
	}
}

struct l62_val l62_acquire(struct l62_solver *s, struct l62_state *st, int32_t symbol)
{
	struct l62_object *o = l62_state_object(s, st, symbol);

	if (o->signs != 0) {
		l62_settle(s, st, symbol);
		for (uint32_t i = 0; i <= s->function->nvars; i++) {
			if (st->vars[i].symbol == symbol)
				st->vars[i] = l62_val_signs(L62_POS);
		}
		for (guint i = st->cells->len; i-- > 0;) {
			struct l62_cell *cell = &g_array_index(st->cells, struct l62_cell, i);

			if (cell->container == symbol)
				g_array_remove_index(st->cells, i);
			else if (cell->val.symbol == symbol)
				cell->val = l62_val_signs(L62_POS);
		}
	}
	*l62_state_object(s, st, symbol) =
	        (struct l62_object){.signs = L62_POS, .container = -1};
	return l62_val_symbol(s, symbol);
}

static void escape_local(struct l62_solver *s, struct l62_state *st, uint32_t var)
{
	struct l62_val held = st->vars[var];

	if (!l62_function_is_scalar(s->function, var))
		return;
	l62_state_set_var(s, st, var, l62_val_signs(L62_ANY));
	l62_escape(s, st, held);
}

void l62_escape(struct l62_solver *s, struct l62_state *st, struct l62_val val)
{
	struct l62_symbol sym;

	if (val.symbol < 0)
		return;
	l62_keep(s, st, val);
	sym = *l62_symbol_at(s, val.symbol);
	if (sym.type == L62_SYMBOL_LOCAL)
		escape_local(s, st, sym.a);
	if (!l62_symbol_is_outer(&sym) || !l62_object_is_there(s, st, val.symbol))
		return;
	l62_keep(s, st, l62_val_symbol(s, l62_symbol_get(s, L62_SYMBOL_DEEP, sym.a, 0)));
	for (uint32_t i = 0; sym.type == L62_SYMBOL_PARAM && i < s->symbols->len; i++) {
		const struct l62_symbol *field = l62_symbol_at(s, (int32_t)i);

		if (field->type == L62_SYMBOL_FIELD && field->a == sym.a)
			l62_keep(s, st, l62_val_symbol(s, (int32_t)i));
	}
}

/* 1: directly in it, more: deeper, 0: not at all. */
static uint32_t depth_in(const struct l62_state *st, uint32_t symbol, int32_t container)
{
	uint32_t depth = 1;

	while (st->objects[symbol].where == L62_INTO) {
		if (st->objects[symbol].container == container)
			return depth;
		symbol = (uint32_t)st->objects[symbol].container;
		depth++;
	}
	return 0;
}

void l62_behind(struct l62_solver *s, struct l62_state *st, struct l62_val val,
                l62_behind_visit visit, void *data)
{
	const struct l62_symbol sym = *l62_symbol_at(s, val.symbol);
	int32_t container = val.symbol, named = -1;
	uint32_t *depths;
	uint32_t count;

	if (sym.type == L62_SYMBOL_LOCAL && l62_function_is_scalar(s->function, sym.a))
		container = named = st->vars[sym.a].symbol;
	else if (sym.type == L62_SYMBOL_PARAM || sym.type == L62_SYMBOL_LOCAL)
		named = l62_load_field(s, st, val, L62_ATOM_STAR, 'p').symbol;
	else if (l62_symbol_is_outer(&sym))
		named = l62_symbol_get(s, L62_SYMBOL_DEEP, sym.a, 0);
	if (container < 0)
		return;
	l62_state_object(s, st, (int32_t)s->symbols->len - 1);
	count = st->nobjects;
	depths = g_new(uint32_t, count);
	for (uint32_t i = 0; i < count; i++)
		depths[i] = depth_in(st, i, container);
	if (named >= 0)
		visit(s, st, named, false, data);
	for (uint32_t i = 0; i < count; i++) {
		if (depths[i] > 0 && (int32_t)i != named)
			visit(s, st, (int32_t)i, depths[i] > 1 || container != val.symbol,
			      data);
	}
	g_free(depths);
}
