/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What is where: loads, stores, and what lies in what. */
#include <string.h>

#include "object.h"

static bool is_integer(const struct l62_solver *s, const struct l62_symbol *symbol)
{
	return symbol->type == L62_SYMBOL_PARAM && s->function->classes[symbol->a] != 'p';
}

/* Whether something can become of it. */
bool l62_object_is_there(struct l62_solver *s, struct l62_state *st, int32_t symbol)
{
	const struct l62_symbol *sym;

	if (symbol < 0)
		return false;
	sym = l62_symbol_at(s, symbol);
	return sym->type != L62_SYMBOL_LOCAL && !is_integer(s, sym) &&
	       (l62_state_object(s, st, symbol)->signs & ~L62_ZERO) != 0;
}

void l62_object_changed(struct l62_solver *s, int32_t symbol)
{
	struct l62_symbol *sym = l62_symbol_at(s, symbol);

	if (s->node->cyclic && sym->looped)
		sym->swept = true;
}

void l62_object_set_where(struct l62_object *o, enum l62_where where)
{
	o->where = (uint8_t)where;
	o->container = -1;
	o->field = 0;
}

void l62_object_set_into(struct l62_object *o, int32_t container, uint32_t field)
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
		l62_object_set_where(l62_state_object(s, st, symbol), L62_KEPT);
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

	if (symbol == container || !l62_object_is_there(s, st, symbol))
		return;
	o = l62_state_object(s, st, symbol);
	if (o->kinds || o->where == L62_KEPT)
		return;
	if (is_held_outside(s, o) && is_outer(s, container)) {
		/* Which of the two owns it cannot be said; of two fields of one, that one. */
		if (o->container != container)
			l62_object_set_where(o, L62_KEPT);
		return;
	}
	for (int32_t c = container; c >= 0;) {
		struct l62_object *outer = l62_state_object(s, st, c);

		c = outer->where == L62_INTO ? outer->container : -1;
		if (c == symbol) {
			l62_object_set_where(outer, L62_HELD);
			break;
		}
	}
	l62_object_set_into(l62_state_object(s, st, symbol), container, field);
	l62_object_changed(s, symbol);
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
		l62_object_set_where(o, L62_HELD);
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
				l62_object_set_where(o, L62_HELD);
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

bool l62_element_is_taken(struct l62_solver *s, struct l62_state *st,
                          const struct l62_place *place, struct l62_val val)
{
	const struct l62_cell *cell;
	int32_t symbol;

	if (place->type != L62_PLACE_LOCAL || place->field != L62_ATOM_STAR ||
	    l62_function_is_scalar(s->function, place->var) ||
	    l62_state_signs(s, st, val) == L62_ZERO)
		return false;
	symbol = l62_symbol_get(s, L62_SYMBOL_LOCAL, place->var, 0);
	cell = l62_state_cell(st, symbol, L62_ATOM_STAR);
	return cell && cell->val.symbol != val.symbol &&
	       l62_object_is_there(s, st, cell->val.symbol) &&
	       !l62_state_object(s, st, cell->val.symbol)->kinds;
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
