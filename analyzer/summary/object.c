/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What ops do to objects.  A null pointer is no object: nothing happens to it.
 * What was released stays so, whatever is done to it later.
 */
#include <string.h>

#include "state.h"

static bool is_integer(const struct l62_solver *s, const struct l62_symbol *symbol)
{
	return symbol->type == L62_SYMBOL_PARAM && s->function->classes[symbol->a] != 'p';
}

/* Whether something can become of it. */
static bool is_object(struct l62_solver *s, struct l62_state *st, int32_t symbol)
{
	const struct l62_symbol *sym;

	if (symbol < 0)
		return false;
	sym = l62_symbol_at(s, symbol);
	return sym->type != L62_SYMBOL_LOCAL && !is_integer(s, sym) &&
	       (l62_state_object(s, st, symbol)->signs & ~L62_ZERO) != 0;
}

static void changed(struct l62_solver *s, int32_t symbol)
{
	struct l62_symbol *sym = l62_symbol_at(s, symbol);

	if (s->node->cyclic && sym->looped)
		sym->swept = true;
}

static void set_where(struct l62_object *o, enum l62_where where)
{
	o->where = (uint8_t)where;
	o->container = -1;
	o->field = 0;
}

static void set_into(struct l62_object *o, int32_t container, uint32_t field)
{
	o->where = L62_INTO;
	o->container = container;
	o->field = field;
}

struct l62_val l62_eval(struct l62_solver *s, struct l62_state *st,
                        const struct l62_value *value)
{
	switch (value->type) {
	case L62_VALUE_VAR:
		return st->vars[value->n];
	case L62_VALUE_SIGN:
		return l62_val_signs(value->n);
	case L62_VALUE_ADDRESS:
		return l62_val_symbol(s, l62_symbol_get(s, L62_SYMBOL_LOCAL, value->n, 0));
	case L62_VALUE_UNKNOWN:
		break;
	}
	return l62_val_signs(L62_ANY);
}

/* Through the address of a field, "*" is that field; any other name comes from
 * CONTAINING_RECORD and is one of the whole object. */
static uint32_t field_at(struct l62_val val, uint32_t field)
{
	return field == L62_ATOM_STAR && val.field != L62_NONE ? val.field : field;
}

/* What a field of a parameter held at entry. */
static struct l62_val load_entry(struct l62_solver *s, struct l62_state *st, uint32_t param,
                                 uint32_t field)
{
	int32_t symbol = l62_symbol_get(s, L62_SYMBOL_FIELD, param, field);
	int32_t deep = l62_symbol_get(s, L62_SYMBOL_DEEP, param, 0);
	struct l62_object *o = l62_state_object(s, st, symbol);

	if (s->node->cyclic)
		l62_symbol_at(s, symbol)->looped = true;
	if (o->kinds)
		o->signs = l62_symbol_at(s, symbol)->signs; /* the next one, maybe */
	else if (l62_object_is_plain(o) && l62_state_object(s, st, deep)->where == L62_KEPT)
		set_where(l62_state_object(s, st, symbol), L62_KEPT);
	return l62_val_symbol(s, symbol);
}

/* The links of a list are taken for their entries. */
static struct l62_val whole(struct l62_val val)
{
	val.field = L62_NONE;
	return val;
}

static struct l62_val load_local(struct l62_solver *s, struct l62_state *st, uint32_t var,
                                 int32_t symbol, uint32_t field, char class)
{
	const struct l62_cell *cell;

	if (field == L62_ATOM_STAR && l62_function_is_scalar(s->function, var))
		return st->vars[var];
	cell = l62_state_cell(st, symbol, field);
	if (cell)
		return whole(cell->val);
	if (class == 'p' && var < s->function->nparams)
		return load_entry(s, st, var, field);
	return l62_val_signs(l62_class_signs(class));
}

struct l62_val l62_load_field(struct l62_solver *s, struct l62_state *st, struct l62_val val,
                              uint32_t field, char class)
{
	const struct l62_symbol *sym;
	const struct l62_cell *cell;
	int32_t deep;

	if (val.symbol < 0)
		return l62_val_signs(l62_class_signs(class));
	sym = l62_symbol_at(s, val.symbol);
	field = field_at(val, field);
	if (sym->type == L62_SYMBOL_LOCAL)
		return load_local(s, st, sym->a, val.symbol, field, class);
	cell = l62_state_cell(st, val.symbol, field);
	if (cell)
		return whole(cell->val);
	if (class != 'p' || !l62_symbol_is_outer(sym))
		return l62_val_signs(l62_class_signs(class));
	if (sym->type == L62_SYMBOL_PARAM)
		return load_entry(s, st, sym->a, field);
	deep = l62_symbol_get(s, L62_SYMBOL_DEEP, sym->a, 0);
	if (s->node->cyclic)
		l62_symbol_at(s, deep)->looped = true;
	return l62_val_symbol(s, deep);
}

static struct l62_val place_base(struct l62_solver *s, struct l62_state *st,
                                 const struct l62_place *place)
{
	if (place->type == L62_PLACE_LOCAL)
		return l62_val_symbol(s, l62_symbol_get(s, L62_SYMBOL_LOCAL, place->var, 0));
	return st->vars[place->var];
}

struct l62_val l62_load(struct l62_solver *s, struct l62_state *st,
                        const struct l62_place *place, char class)
{
	if (place->type == L62_PLACE_VAR)
		return st->vars[place->var];
	if (place->type == L62_PLACE_GLOBAL)
		return l62_val_signs(l62_class_signs(class));
	return l62_load_field(s, st, place_base(s, st, place), place->field, class);
}

static bool is_outer(const struct l62_solver *s, int32_t symbol)
{
	return l62_symbol_is_outer(l62_symbol_at(s, symbol));
}

static bool is_held_outside(const struct l62_solver *s, const struct l62_object *o)
{
	return o->where == L62_INTO && is_outer(s, o->container);
}

/* The object is now in container.  Of two objects that hold each other, the one
 * stored last is in the other. */
static void tie(struct l62_solver *s, struct l62_state *st, int32_t container, uint32_t field,
                int32_t symbol)
{
	struct l62_object *o;

	if (symbol == container || !is_object(s, st, symbol))
		return;
	o = l62_state_object(s, st, symbol);
	if (o->kinds || o->where == L62_KEPT)
		return;
	if (is_held_outside(s, o) && is_outer(s, container)) {
		/* Which of the two owns it cannot be said; of two fields of one, that one. */
		if (o->container != container)
			set_where(o, L62_KEPT);
		return;
	}
	for (int32_t c = container; c >= 0;) {
		struct l62_object *outer = l62_state_object(s, st, c);

		c = outer->where == L62_INTO ? outer->container : -1;
		if (c == symbol) {
			set_where(outer, L62_HELD);
			break;
		}
	}
	set_into(l62_state_object(s, st, symbol), container, field);
	changed(s, symbol);
}

/* What the field held is not in it any more; an element of a list stays. */
static void untie(struct l62_solver *s, struct l62_state *st, int32_t container, uint32_t field,
                  struct l62_val now)
{
	const struct l62_cell *cell = l62_state_cell(st, container, field);
	struct l62_object *o;

	if (!cell || cell->val.symbol < 0 || cell->val.symbol == now.symbol)
		return;
	if (field == L62_ATOM_STAR && l62_state_signs(s, st, now) != L62_ZERO)
		return;
	o = l62_state_object(s, st, cell->val.symbol);
	if (o->where == L62_INTO && o->container == container && o->field == field)
		set_where(o, L62_HELD);
}

static void remove_cell(struct l62_state *st, int32_t container, uint32_t field)
{
	struct l62_cell *cell = l62_state_cell(st, container, field);

	if (cell)
		g_array_remove_index(
		        st->cells, (guint)(cell - (struct l62_cell *)(void *)st->cells->data));
}

/* Whether it is of use to know what the field holds.  Of arrays and lists that are
 * no local variable's or parameter's, one element is like the other. */
static bool is_noted(const struct l62_solver *s, const struct l62_symbol *container,
                     uint32_t field)
{
	bool named = container->type == L62_SYMBOL_PARAM || container->type == L62_SYMBOL_LOCAL;

	if (container->type == L62_SYMBOL_DEEP || (field == L62_ATOM_STAR && !named))
		return false;
	return g_hash_table_contains(s->flow->slots, GUINT_TO_POINTER(field)) ||
	       (container->type == L62_SYMBOL_PARAM &&
	        g_hash_table_contains(s->program->pointer_fields, GUINT_TO_POINTER(field)));
}

/* Zero in what is never seen to hold a pointer is a number. */
static struct l62_val noted_val(const struct l62_solver *s, const struct l62_symbol *container,
                                uint32_t field, struct l62_val val)
{
	/* A resource within another one goes where that goes. */
	if (val.symbol >= 0 && l62_symbol_at(s, val.symbol)->type == L62_SYMBOL_FRESH &&
	    (container->type == L62_SYMBOL_FRESH || container->type == L62_SYMBOL_EXTRA))
		return l62_val_signs(L62_POS);
	if (container->type == L62_SYMBOL_PARAM && field == L62_ATOM_STAR && val.symbol < 0 &&
	    !s->flow->stores_pointer)
		return l62_val_signs(L62_ANY);
	return val;
}

void l62_store_field(struct l62_solver *s, struct l62_state *st, struct l62_val at,
                     uint32_t field, struct l62_val val)
{
	const struct l62_symbol *sym;
	int32_t own;

	if (at.symbol < 0) {
		l62_keep(s, st, val);
		return;
	}
	sym = l62_symbol_at(s, at.symbol);
	field = field_at(at, field);
	if (sym->type == L62_SYMBOL_LOCAL && field == L62_ATOM_STAR &&
	    l62_function_is_scalar(s->function, sym->a)) {
		l62_state_set_var(s, st, sym->a, val);
		return;
	}
	g_hash_table_add(s->flow->written, GUINT_TO_POINTER(field));
	untie(s, st, at.symbol, field, val);
	if (sym->type == L62_SYMBOL_PARAM && val.symbol >= 0) {
		own = l62_symbol_get(s, L62_SYMBOL_FIELD, sym->a, field);
		if (own == val.symbol) {
			struct l62_object *o = l62_state_object(s, st, own);

			if (o->where == L62_INTO)
				set_where(o, L62_HELD);
			remove_cell(st, at.symbol, field);
			return;
		}
		sym = l62_symbol_at(s, at.symbol);
	}
	/* What is linked by a part of itself is one of many: it is behind the field. */
	tie(s, st, at.symbol, val.field == L62_NONE ? field : L62_ATOM_DEEP, val.symbol);
	if (is_noted(s, sym, field))
		l62_state_set_cell(st, at.symbol, field, noted_val(s, sym, field, val));
}

void l62_store_at(struct l62_solver *s, struct l62_state *st, const struct l62_place *place,
                  struct l62_val val)
{
	if (place->type == L62_PLACE_VAR)
		l62_state_set_var(s, st, place->var, val);
	else if (place->type == L62_PLACE_GLOBAL)
		l62_keep(s, st, val);
	else
		l62_store_field(s, st, place_base(s, st, place), place->field, val);
}

/* What lies directly in a local variable: in-place objects. */
static void release_inside(struct l62_solver *s, struct l62_state *st, int32_t local,
                           uint64_t kinds)
{
	for (uint32_t i = 0; i < st->nobjects; i++) {
		struct l62_object *o = &st->objects[i];

		if (o->where == L62_INTO && o->container == local &&
		    (l62_symbol_at(s, (int32_t)i)->kind & kinds) != 0) {
			set_where(o, L62_HELD);
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
	if (!is_object(s, st, val.symbol))
		return;
	sym = l62_symbol_at(s, val.symbol);
	o = l62_state_object(s, st, val.symbol);
	if (sym->type == L62_SYMBOL_FRESH && (sym->kind & kinds) == 0)
		return; /* another resource of the same address */
	changed(s, val.symbol);
	if (o->refs < 0)
		return; /* the last reference was the caller's */
	if (o->refs > 0) {
		o->refs--;
	} else if (sym->type != L62_SYMBOL_EXTRA) {
		set_where(o, L62_HELD);
		o->kinds |= kinds;
	}
}

static void keep_inside(struct l62_state *st, int32_t container)
{
	for (uint32_t i = 0; i < st->nobjects; i++) {
		if (st->objects[i].where == L62_INTO && st->objects[i].container == container)
			set_where(&st->objects[i], L62_KEPT);
	}
}

void l62_keep(struct l62_solver *s, struct l62_state *st, struct l62_val val)
{
	struct l62_object *o;

	if (val.symbol >= 0 && l62_symbol_at(s, val.symbol)->type == L62_SYMBOL_LOCAL)
		keep_inside(st, val.symbol);
	if (!is_object(s, st, val.symbol))
		return;
	o = l62_state_object(s, st, val.symbol);
	if (o->kinds)
		return;
	changed(s, val.symbol);
	if (o->refs > 0)
		o->refs--; /* the new reference went, not the old one */
	else
		set_where(o, L62_KEPT);
}

void l62_count(struct l62_solver *s, struct l62_state *st, struct l62_val val, int change)
{
	const struct l62_symbol *sym;
	struct l62_object *o;

	if (!is_object(s, st, val.symbol))
		return;
	sym = l62_symbol_at(s, val.symbol);
	o = l62_state_object(s, st, val.symbol);
	if (o->kinds)
		return;
	changed(s, val.symbol);
	/* The first count of what was just acquired says who holds it: its owner. */
	if (change > 0 && sym->local && !o->counted) {
		o->counted = 1;
		return;
	}
	if (change < 0 && o->refs == 0 && sym->type == L62_SYMBOL_FRESH) {
		set_where(o, L62_HELD);
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
			set_where(o, L62_HELD);
		else if (c.where == L62_KEPT)
			set_where(o, L62_KEPT);
		else
			set_into(o, c.container, L62_ATOM_DEEP);
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
	if (!l62_symbol_is_outer(&sym) || !is_object(s, st, val.symbol))
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
