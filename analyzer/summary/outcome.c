/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What a state at the exit means to the caller.  What happened to resources of
 * the function's own is no concern of the caller's, except where it finds them in
 * what it gave or got.
 */
#include <string.h>

#include "outcome.h"

struct maker {
	struct l62_solver *s;
	struct l62_state *st;
	struct l62_outcome *outcome;
	struct l62_val ret;
};

static void add(struct maker *m, struct l62_clause clause)
{
	for (guint i = 0; i < m->outcome->clauses->len; i++) {
		struct l62_clause *c =
		        &g_array_index(m->outcome->clauses, struct l62_clause, i);
		uint64_t kinds = c->kinds;

		if (clause.type == L62_CLAUSE_RELEASE)
			c->kinds = clause.kinds;
		if (memcmp(c, &clause, sizeof(clause)) == 0) {
			c->kinds |= kinds;
			return;
		}
		c->kinds = kinds;
	}
	g_array_append_val(m->outcome->clauses, clause);
}

static struct l62_clause about(enum l62_clause_type type, uint32_t arg, uint32_t path)
{
	return (struct l62_clause){.type = type,
	                           .arg = arg,
	                           .path = path,
	                           .target = L62_NONE,
	                           .field = L62_NONE,
	                           .fresh = L62_NONE};
}

static struct l62_clause written(enum l62_clause_type type, uint32_t target, uint32_t field)
{
	struct l62_clause clause = about(type, L62_NONE, L62_NONE);

	clause.target = target;
	clause.field = field;
	return clause;
}

static uint32_t path_of(const struct l62_symbol *sym)
{
	if (sym->type == L62_SYMBOL_PARAM)
		return L62_NONE;
	return sym->type == L62_SYMBOL_FIELD ? sym->b : L62_ATOM_STAR;
}

static const struct l62_symbol *container_of(struct maker *m, const struct l62_object *o)
{
	return l62_symbol_at(m->s, o->container);
}

/* A reference of its own was stored: the caller's is still there. */
static bool stored_reference(struct maker *m, const struct l62_object *o)
{
	const struct l62_symbol *container;

	if (o->refs <= 0 || o->where != L62_INTO)
		return false;
	container = container_of(m, o);
	if (container->type == L62_SYMBOL_PARAM && o->field != L62_ATOM_DEEP)
		add(m, written(L62_CLAUSE_FILL_REF, container->a, o->field));
	return true;
}

/* Where the object is in the end: what it is in may itself be in something. */
static struct l62_object final_object(struct maker *m, struct l62_object o)
{
	while (o.where == L62_INTO && !l62_symbol_is_outer(container_of(m, &o))) {
		const struct l62_object *c = l62_state_object(m->s, m->st, o.container);

		if (c->where != L62_INTO || c->kinds)
			break;
		o.container = c->container;
		o.field = L62_ATOM_DEEP;
	}
	return o;
}

static void add_into(struct maker *m, const struct l62_object *o, uint32_t arg, uint32_t path)
{
	const struct l62_symbol *container = container_of(m, o);
	struct l62_clause clause;

	if (!l62_symbol_is_outer(container)) {
		/* Returned, or something of which nothing is known. */
		add(m, about(L62_CLAUSE_KEEP, arg, path));
		return;
	}
	if (container->a == arg &&
	    (path == L62_NONE || path == L62_ATOM_STAR || container->type != L62_SYMBOL_PARAM))
		return; /* it moved within what it was in */
	clause = written(L62_CLAUSE_INTO, container->a,
	                 container->type == L62_SYMBOL_PARAM ? o->field : L62_ATOM_DEEP);
	clause.arg = arg;
	clause.path = path;
	add(m, clause);
}

static void add_outer(struct maker *m, const struct l62_symbol *sym, struct l62_object o)
{
	struct l62_clause clause;
	uint32_t path = path_of(sym);

	if (o.signs == L62_ZERO && l62_object_is_plain(&o))
		return;
	o = final_object(m, o);
	if (o.kinds) {
		clause = about(L62_CLAUSE_RELEASE, sym->a, path);
		clause.kinds = o.kinds;
		add(m, clause);
	} else if (stored_reference(m, &o)) {
		o.refs--;
	} else if (o.where == L62_KEPT) {
		add(m, about(L62_CLAUSE_KEEP, sym->a, path));
	} else if (o.where == L62_INTO) {
		add_into(m, &o, sym->a, path);
	}
	for (; o.refs > 0; o.refs--)
		add(m, about(L62_CLAUSE_REF, sym->a, path));
	for (; o.refs < 0; o.refs++)
		add(m, about(L62_CLAUSE_UNREF, sym->a, path));
}

static void add_inner(struct maker *m, const struct l62_symbol *sym, const struct l62_object *o)
{
	const struct l62_symbol *container;
	struct l62_clause clause;

	if (o->where != L62_INTO || o->kinds || o->field == L62_ATOM_DEEP)
		return;
	container = container_of(m, o);
	if (container->type != L62_SYMBOL_PARAM)
		return;
	if (sym->type == L62_SYMBOL_FRESH) {
		clause = written(L62_CLAUSE_FILL, container->a, o->field);
		clause.fresh = sym->c;
		add(m, clause);
	} else if (sym->type == L62_SYMBOL_EXTRA && o->refs > 0) {
		add(m, written(L62_CLAUSE_FILL_REF, container->a, o->field));
	}
}

static bool is_written(const struct maker *m, uint32_t target, uint32_t field)
{
	for (guint i = 0; i < m->outcome->clauses->len; i++) {
		const struct l62_clause *c =
		        &g_array_index(m->outcome->clauses, struct l62_clause, i);

		if (c->target == target && c->field == field)
			return true;
	}
	return false;
}

static void add_cells(struct maker *m)
{
	for (guint i = 0; i < m->st->cells->len; i++) {
		const struct l62_cell *cell = &g_array_index(m->st->cells, struct l62_cell, i);
		const struct l62_symbol *sym = l62_symbol_at(m->s, cell->container);
		bool null = cell->val.symbol < 0 && cell->val.signs == L62_ZERO;

		if (sym->type != L62_SYMBOL_PARAM || is_written(m, sym->a, cell->field))
			continue;
		add(m, written(null ? L62_CLAUSE_NULL : L62_CLAUSE_WRITE, sym->a, cell->field));
	}
}

static void add_written(struct maker *m)
{
	for (uint32_t i = 0; i < m->st->nobjects; i++) {
		const struct l62_symbol *sym = l62_symbol_at(m->s, (int32_t)i);

		if (m->st->objects[i].written && !is_written(m, sym->a, sym->b))
			add(m, written(L62_CLAUSE_WRITE, sym->a, sym->b));
	}
}

static void set_value(struct maker *m)
{
	struct l62_result_value *value = &m->outcome->value;
	const struct l62_symbol *sym;
	struct l62_object *o;

	value->type = L62_RESULT_PLAIN;
	if (m->ret.symbol < 0)
		return;
	sym = l62_symbol_at(m->s, m->ret.symbol);
	o = l62_state_object(m->s, m->st, m->ret.symbol);
	if (o->kinds)
		return;
	if (sym->type == L62_SYMBOL_PARAM) {
		if (m->s->function->classes[sym->a] != 'p')
			return;
		value->type = L62_RESULT_PARAM;
		value->arg = sym->a;
	} else if (o->refs > 0 && o->where == L62_HELD && sym->type != L62_SYMBOL_FRESH) {
		value->type = L62_RESULT_REF;
		o->refs--;
	} else if (l62_symbol_is_outer(sym)) {
		value->type = L62_RESULT_FROM;
		value->arg = sym->a;
		value->field = path_of(sym);
	} else if (sym->type == L62_SYMBOL_FRESH && o->where == L62_HELD) {
		value->type = L62_RESULT_FRESH;
		value->fresh = sym->c;
	} else if (sym->type == L62_SYMBOL_FRESH && o->where == L62_INTO &&
	           l62_symbol_is_outer(container_of(m, o))) {
		value->type = L62_RESULT_FROM;
		value->arg = container_of(m, o)->a;
		value->field = container_of(m, o)->type == L62_SYMBOL_PARAM &&
		                               o->field != L62_ATOM_DEEP
		                       ? o->field
		                       : L62_ATOM_STAR;
	}
}

static gint compare_clauses(gconstpointer a, gconstpointer b)
{
	const struct l62_clause *x = a, *y = b;
	const uint32_t *m = &x->type, *n = &y->type;

	for (size_t i = 0; i < offsetof(struct l62_clause, kinds) / sizeof(*m); i++) {
		if (m[i] != n[i])
			return m[i] < n[i] ? -1 : 1;
	}
	return x->kinds < y->kinds ? -1 : x->kinds > y->kinds;
}

void l62_clauses_sort(GArray *clauses)
{
	g_array_sort(clauses, compare_clauses);
}

struct l62_outcome *l62_outcome_new(struct l62_solver *s, struct l62_state *st)
{
	uint32_t nparams = s->function->nparams;
	struct maker m = {.s = s, .st = st, .ret = st->vars[s->function->nvars]};

	m.outcome = g_new0(struct l62_outcome, 1);
	m.outcome->clauses = g_array_new(FALSE, FALSE, sizeof(struct l62_clause));
	m.outcome->pre = g_new(uint8_t, nparams + 1);
	m.outcome->ret = (uint8_t)l62_state_signs(s, st, m.ret);
	for (uint32_t i = 0; i < nparams; i++)
		m.outcome->pre[i] =
		        l62_state_object(s, st, l62_symbol_get(s, L62_SYMBOL_PARAM, i, 0))
		                ->signs;
	set_value(&m);
	for (uint32_t i = 0; i < st->nobjects; i++) {
		const struct l62_symbol *sym = l62_symbol_at(s, (int32_t)i);

		if (l62_symbol_is_outer(sym))
			add_outer(&m, sym, st->objects[i]);
		else
			add_inner(&m, sym, &st->objects[i]);
	}
	add_cells(&m);
	add_written(&m);
	l62_clauses_sort(m.outcome->clauses);
	return m.outcome;
}
