/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Symbols, values and states; see state.h. */
#include "state.h"

#include <string.h>

guint l62_symbol_hash(gconstpointer key)
{
	const struct l62_symbol *symbol = key;

	return ((symbol->type * 31 + symbol->a) * 31 + symbol->b) * 31 + symbol->c;
}

gboolean l62_symbol_equal(gconstpointer a, gconstpointer b)
{
	const struct l62_symbol *x = a, *y = b;

	return x->type == y->type && x->a == y->a && x->b == y->b && x->c == y->c;
}

bool l62_symbol_is_outer(const struct l62_symbol *symbol)
{
	return symbol->type <= L62_SYMBOL_DEEP;
}

static int32_t intern(struct l62_solver *s, const struct l62_symbol *symbol)
{
	gpointer found;

	if (g_hash_table_lookup_extended(s->symbol_ids, symbol, NULL, &found))
		return GPOINTER_TO_INT(found);
	g_array_append_vals(s->symbols, symbol, 1);
	g_hash_table_insert(s->symbol_ids, g_memdup2(symbol, sizeof(*symbol)),
	                    GINT_TO_POINTER((gint)s->symbols->len - 1));
	return (int32_t)s->symbols->len - 1;
}

int32_t l62_symbol_get(struct l62_solver *s, enum l62_symbol_type type, uint32_t a, uint32_t b)
{
	struct l62_symbol symbol = {.type = type, .a = a, .b = b};

	switch (type) {
	case L62_SYMBOL_PARAM:
		symbol.signs = l62_class_signs(s->function->classes[a]);
		break;
	case L62_SYMBOL_FIELD:
		symbol.slot = l62_flow_slot(s->flow, b);
		symbol.signs = L62_ZERO | L62_POS;
		break;
	case L62_SYMBOL_DEEP:
		symbol.signs = L62_ZERO | L62_POS;
		break;
	case L62_SYMBOL_LOCAL:
		symbol.signs = L62_POS;
		break;
	case L62_SYMBOL_FRESH:
	case L62_SYMBOL_EXTRA:
		break;
	}
	return intern(s, &symbol);
}

int32_t l62_symbol_fresh(struct l62_solver *s, uint32_t op, uint32_t n, uint32_t resource)
{
	const struct l62_resource *r =
	        &g_array_index(s->program->resources, struct l62_resource, resource);
	struct l62_symbol symbol = {
	        .type = L62_SYMBOL_FRESH,
	        .a = op,
	        .b = n,
	        .c = resource,
	        .kind = l62_program_kind(s->program, r->kind),
	        .local = g_array_index(s->function->ops, struct l62_op, op).type ==
	                 L62_OP_ACQUIRE,
	};

	return intern(s, &symbol);
}

static struct l62_object object_at_entry(const struct l62_solver *s, int32_t symbol)
{
	return (struct l62_object){.signs = l62_symbol_at(s, symbol)->signs, .container = -1};
}

struct l62_state *l62_state_new(struct l62_solver *s)
{
	struct l62_state *st;

	if (s->spare->len > 0)
		return g_ptr_array_steal_index_fast(s->spare, s->spare->len - 1);
	st = g_new0(struct l62_state, 1);
	st->vars = g_new(struct l62_val, s->function->nvars + 1);
	st->cells = g_array_new(FALSE, FALSE, sizeof(struct l62_cell));
	return st;
}

void l62_state_free(void *data)
{
	struct l62_state *st = data;

	g_free(st->vars);
	g_free(st->objects);
	g_array_unref(st->cells);
	g_free(st);
}

void l62_state_drop(struct l62_solver *s, struct l62_state *st)
{
	g_ptr_array_add(s->spare, st);
}

static void make_room(struct l62_state *st, uint32_t room)
{
	if (room <= st->room)
		return;
	st->room = MAX(room, st->room * 2);
	st->objects = g_renew(struct l62_object, st->objects, st->room);
}

struct l62_state *l62_state_copy(struct l62_solver *s, const struct l62_state *from)
{
	struct l62_state *st = l62_state_new(s);

	memcpy(st->vars, from->vars, (s->function->nvars + 1) * sizeof(*st->vars));
	make_room(st, from->nobjects);
	if (from->nobjects > 0)
		memcpy(st->objects, from->objects, from->nobjects * sizeof(*st->objects));
	st->nobjects = from->nobjects;
	g_array_set_size(st->cells, 0);
	if (from->cells->len > 0)
		g_array_append_vals(st->cells, from->cells->data, from->cells->len);
	return st;
}

void l62_state_reset(struct l62_solver *s, struct l62_state *st)
{
	memcpy(st->vars, s->unknown, (s->function->nvars + 1) * sizeof(*st->vars));
	st->nobjects = 0;
	g_array_set_size(st->cells, 0);
}

struct l62_object *l62_state_object(const struct l62_solver *s, struct l62_state *st,
                                    int32_t symbol)
{
	if ((uint32_t)symbol >= st->nobjects) {
		make_room(st, s->symbols->len);
		while (st->nobjects < s->symbols->len) {
			st->objects[st->nobjects] = object_at_entry(s, (int32_t)st->nobjects);
			st->nobjects++;
		}
	}
	return &st->objects[symbol];
}

bool l62_object_is_plain(const struct l62_object *o)
{
	return o->kinds == 0 && o->where == L62_HELD && o->refs == 0;
}

bool l62_object_same_status(const struct l62_object *a, const struct l62_object *b)
{
	return a->kinds == b->kinds && a->where == b->where && a->refs == b->refs &&
	       a->container == b->container && a->field == b->field;
}

struct l62_val l62_val_signs(uint32_t signs)
{
	return (struct l62_val){-1, signs, L62_NONE};
}

/* Many things go by the name of a DEEP one: each value has signs of its own. */
static bool has_own_signs(const struct l62_symbol *symbol)
{
	return symbol->type == L62_SYMBOL_DEEP || symbol->type == L62_SYMBOL_LOCAL;
}

struct l62_val l62_val_symbol(const struct l62_solver *s, int32_t symbol)
{
	const struct l62_symbol *sym = l62_symbol_at(s, symbol);

	return (struct l62_val){symbol, has_own_signs(sym) ? sym->signs : 0, L62_NONE};
}

uint32_t l62_state_signs(const struct l62_solver *s, struct l62_state *st, struct l62_val val)
{
	if (val.symbol < 0 || has_own_signs(l62_symbol_at(s, val.symbol)))
		return val.signs;
	return l62_state_object(s, st, val.symbol)->signs;
}

/* Where the cell is or would be. */
static guint cell_index(const struct l62_state *st, int32_t container, uint32_t field)
{
	guint i = 0;

	while (i < st->cells->len) {
		const struct l62_cell *cell = &g_array_index(st->cells, struct l62_cell, i);

		if (cell->container > container ||
		    (cell->container == container && cell->field >= field))
			break;
		i++;
	}
	return i;
}

struct l62_cell *l62_state_cell(struct l62_state *st, int32_t container, uint32_t field)
{
	guint i = cell_index(st, container, field);
	struct l62_cell *cell;

	if (i == st->cells->len)
		return NULL;
	cell = &g_array_index(st->cells, struct l62_cell, i);
	return cell->container == container && cell->field == field ? cell : NULL;
}

void l62_state_set_cell(struct l62_state *st, int32_t container, uint32_t field,
                        struct l62_val val)
{
	struct l62_cell *found = l62_state_cell(st, container, field);
	struct l62_cell cell = {container, field, val};

	if (found)
		found->val = val;
	else
		g_array_insert_val(st->cells, cell_index(st, container, field), cell);
}

void l62_state_set_var(const struct l62_solver *s, struct l62_state *st, uint32_t var,
                       struct l62_val val)
{
	uint32_t possible = l62_class_signs(s->function->classes[var]);

	if (val.symbol < 0)
		val.signs = val.signs & possible ? val.signs & possible : possible;
	st->vars[var] = val;
}

bool l62_state_refine(const struct l62_solver *s, struct l62_state *st, uint32_t var,
                      uint32_t signs)
{
	struct l62_val *val = &st->vars[var];
	struct l62_object *object;

	signs &= l62_state_signs(s, st, *val);
	if (signs == 0)
		return false;
	if (val->symbol < 0 || has_own_signs(l62_symbol_at(s, val->symbol))) {
		val->signs = signs;
		return true;
	}
	object = l62_state_object(s, st, val->symbol);
	/* What was released was something: a null there is another value. */
	if (signs == L62_ZERO && object->kinds)
		*val = l62_val_signs(L62_ZERO);
	else
		object->signs = (uint8_t)signs;
	return true;
}
