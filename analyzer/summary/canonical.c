/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Forgets what can no longer matter, so that paths that differ in nothing else
 * become one: dead variables, cells that nothing can reach or that are not loaded
 * again, resources that are lost or that somebody else has.  What became of the
 * parameters and of what is behind them is never forgotten.
 */
#include <string.h>

#include "object.h"
#include "packed.h"

static struct l62_cell *cell_at(struct l62_state *st, guint i)
{
	return &g_array_index(st->cells, struct l62_cell, i);
}

/* A null pointer is no object, an integer of one sign has no need of a name. */
static struct l62_val plain_val(struct l62_solver *s, struct l62_state *st, struct l62_val val)
{
	const struct l62_symbol *sym;
	uint32_t signs;

	if (val.symbol < 0)
		return val;
	sym = l62_symbol_at(s, val.symbol);
	signs = l62_state_signs(s, st, val);
	if (signs == L62_ZERO ||
	    (sym->type == L62_SYMBOL_PARAM && s->function->classes[sym->a] != 'p' &&
	     (signs == L62_NEG || signs == L62_POS)))
		return l62_val_signs(signs);
	return val;
}

bool l62_state_slot_live(const struct l62_solver *s, const struct l62_node *node, uint32_t slot)
{
	if (l62_flow_slot_live(s->flow, node, slot))
		return true;
	for (guint i = 0; i < s->addressed->len; i++) {
		if (g_array_index(s->addressed, uint32_t, i) == slot)
			return slot != L62_NONE;
	}
	return false;
}

/* Dead variables are not looked at again. */
static void forget_vars(struct l62_solver *s, struct l62_state *st, const struct l62_node *node)
{
	g_array_set_size(s->addressed, 0);
	for (uint32_t i = 0; (i = l62_flow_next_live(s->flow, node, i)) != L62_NONE; i++) {
		struct l62_val *val = &st->vars[i];
		uint32_t slot;

		*val = plain_val(s, st, *val);
		if (val->field == L62_NONE)
			continue;
		slot = l62_flow_slot(s->flow, val->field);
		g_array_append_val(s->addressed, slot);
	}
}

/* Behind a null parameter there is nothing. */
static void forget_absent(struct l62_solver *s, struct l62_state *st)
{
	for (uint32_t i = 0; i < st->nobjects; i++) {
		const struct l62_symbol *sym = l62_symbol_at(s, (int32_t)i);

		if ((sym->type == L62_SYMBOL_FIELD || sym->type == L62_SYMBOL_DEEP) &&
		    s->function->classes[sym->a] == 'p' &&
		    st->objects[sym->a].signs == L62_ZERO)
			st->objects[i] =
			        (struct l62_object){.signs = sym->signs, .container = -1};
	}
}

/* A field of a parameter that held null and that the function writes elsewhere:
 * the same as if it had written null. */
static void note_nulls(struct l62_solver *s, struct l62_state *st)
{
	for (uint32_t i = 0; i < st->nobjects; i++) {
		const struct l62_symbol *sym = l62_symbol_at(s, (int32_t)i);
		int32_t param;

		if (sym->type != L62_SYMBOL_FIELD || st->objects[i].signs != L62_ZERO ||
		    st->objects[i].written || s->function->classes[sym->a] != 'p' ||
		    !g_hash_table_contains(s->flow->written, GUINT_TO_POINTER(sym->b)))
			continue;
		param = (int32_t)sym->a;
		if (!l62_state_cell(st, param, sym->b))
			l62_state_set_cell(st, param, sym->b, l62_val_signs(L62_ZERO));
	}
}

/* Only the caller will look at what a parameter's field holds. */
static bool is_final(struct l62_solver *s, struct l62_state *st, struct l62_cell *cell)
{
	const struct l62_object *o;
	uint32_t param = l62_symbol_at(s, cell->container)->a;
	int32_t symbol;

	if (cell->val.field != L62_NONE)
		return false; /* a list has one more */
	if (cell->val.symbol < 0 && cell->val.signs == L62_ZERO)
		return true;
	if (cell->val.symbol >= 0) {
		o = l62_state_object(s, st, cell->val.symbol);
		if (o->where == L62_INTO && o->container == cell->container &&
		    o->field == cell->field)
			return true;
	}
	symbol = l62_symbol_get(s, L62_SYMBOL_FIELD, param, cell->field);
	l62_state_object(s, st, symbol)->written = 1;
	return false;
}

/* Whether no cell says the same. */
static bool says_nothing(const struct l62_symbol *container, struct l62_val val)
{
	return container->type != L62_SYMBOL_PARAM && val.symbol < 0 &&
	       (val.signs & (L62_ZERO | L62_POS)) == (L62_ZERO | L62_POS);
}

static void forget_cells(struct l62_solver *s, struct l62_state *st,
                         const struct l62_node *node)
{
	for (guint i = st->cells->len; i-- > 0;) {
		struct l62_cell *cell = cell_at(st, i);
		const struct l62_symbol *sym = l62_symbol_at(s, cell->container);
		bool kept;

		cell->val = plain_val(s, st, cell->val);
		if (l62_state_slot_live(s, node, l62_flow_slot(s->flow, cell->field)))
			kept = !says_nothing(sym, cell->val);
		else
			kept = sym->type == L62_SYMBOL_PARAM &&
			       g_hash_table_contains(s->program->pointer_fields,
			                             GUINT_TO_POINTER(cell->field)) &&
			       is_final(s, st, cell);
		if (!kept)
			g_array_remove_index(st->cells, i);
	}
}

static bool can_reach(struct l62_solver *s, const struct l62_node *node, int32_t container,
                      const bool *referenced)
{
	const struct l62_symbol *sym = l62_symbol_at(s, container);

	switch ((enum l62_symbol_type)sym->type) {
	case L62_SYMBOL_PARAM:
		return true;
	case L62_SYMBOL_LOCAL:
		return l62_flow_var_live(node, sym->a);
	case L62_SYMBOL_FIELD:
		return referenced[container] || l62_state_slot_live(s, node, sym->slot);
	case L62_SYMBOL_DEEP:
	case L62_SYMBOL_FRESH:
	case L62_SYMBOL_EXTRA:
		break;
	}
	return referenced[container];
}

static void find_referenced(struct l62_solver *s, struct l62_state *st,
                            const struct l62_node *node, bool *referenced)
{
	bool grew = true;

	memset(referenced, 0, st->nobjects * sizeof(bool));
	for (uint32_t i = 0; (i = l62_flow_next_live(s->flow, node, i)) != L62_NONE; i++) {
		if (st->vars[i].symbol >= 0)
			referenced[st->vars[i].symbol] = true;
	}
	while (grew) {
		grew = false;
		for (guint i = 0; i < st->cells->len; i++) {
			const struct l62_cell *cell = cell_at(st, i);

			if (cell->val.symbol >= 0 && !referenced[cell->val.symbol] &&
			    can_reach(s, node, cell->container, referenced))
				referenced[cell->val.symbol] = grew = true;
		}
	}
	for (guint i = st->cells->len; i-- > 0;) {
		if (!can_reach(s, node, cell_at(st, i)->container, referenced))
			g_array_remove_index(st->cells, i);
	}
}

/* A new resource in a field of a parameter: the caller's to know. */
static bool is_filled(struct l62_solver *s, const struct l62_object *o)
{
	return o->where == L62_INTO && o->field != L62_ATOM_DEEP &&
	       l62_symbol_at(s, o->container)->type == L62_SYMBOL_PARAM;
}

static bool is_gone(struct l62_solver *s, struct l62_state *st, const struct l62_node *node,
                    int32_t symbol, const bool *referenced)
{
	const struct l62_symbol *sym = l62_symbol_at(s, symbol);

	if (sym->type == L62_SYMBOL_LOCAL)
		return !l62_flow_var_live(node, sym->a) && !referenced[symbol];
	return !l62_symbol_is_outer(sym) && !referenced[symbol] &&
	       !is_filled(s, &st->objects[symbol]);
}

/* What lies in something that is gone shares its fate; then the rest of it goes. */
static void forget_objects(struct l62_solver *s, struct l62_state *st,
                           const struct l62_node *node, const bool *referenced)
{
	bool again = true;

	while (again) {
		again = false;
		for (uint32_t i = 0; i < st->nobjects; i++) {
			int32_t container = st->objects[i].container;

			if (container < 0 || !is_gone(s, st, node, container, referenced))
				continue;
			l62_settle(s, st, container);
			again = true;
		}
	}
	for (uint32_t i = 0; i < st->nobjects; i++) {
		const struct l62_symbol *sym = l62_symbol_at(s, (int32_t)i);

		if (sym->type != L62_SYMBOL_LOCAL &&
		    is_gone(s, st, node, (int32_t)i, referenced))
			st->objects[i] =
			        (struct l62_object){.signs = sym->signs, .container = -1};
	}
}

/* Whether something else is in the field now. */
static bool is_replaced(struct l62_state *st, const struct l62_symbol *field)
{
	if (l62_state_cell(st, (int32_t)field->a, field->b))
		return true;
	for (uint32_t i = 0; i < st->nobjects; i++) {
		const struct l62_object *o = &st->objects[i];

		if (o->where == L62_INTO && o->container == (int32_t)field->a &&
		    o->field == field->b)
			return true;
	}
	return false;
}

/* What else may change while a loop runs: a field that is read again can have
 * become something else, unless this function has stored there. */
static void forget_polled(struct l62_solver *s, struct l62_state *st,
                          const struct l62_node *node)
{
	for (uint32_t i = 0; i < st->nobjects; i++) {
		const struct l62_symbol *sym = l62_symbol_at(s, (int32_t)i);

		if (sym->type == L62_SYMBOL_FIELD && sym->looped && !is_replaced(st, sym) &&
		    l62_object_is_plain(&st->objects[i]) &&
		    l62_state_slot_live(s, node, sym->slot))
			st->objects[i].signs = sym->signs;
	}
}

const bool *l62_state_forget(struct l62_solver *s, struct l62_state *st,
                             const struct l62_node *node)
{
	bool *referenced;

	forget_vars(s, st, node);
	forget_cells(s, st, node);
	if (s->symbols->len > 0) /* all objects are there from now on */
		l62_state_object(s, st, (int32_t)s->symbols->len - 1);
	g_array_set_size(s->referenced, s->symbols->len + 1);
	referenced = (bool *)(void *)s->referenced->data;
	find_referenced(s, st, node, referenced);
	forget_objects(s, st, node, referenced);
	forget_absent(s, st);
	note_nulls(s, st);
	if (node->header)
		forget_polled(s, st, node);
	return referenced;
}
