/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Few outcomes instead of many.  Outcomes with the same clauses and value are
 * one.  If there are still too many, those with the same result become one in
 * which everything that they do not agree on is kept: the caller then assumes
 * nothing about it.
 */
#include <string.h>

#include "outcome.h"

enum { L62_OUTCOMES_MAX = 12 };

static gint compare_bytes(const void *a, const void *b, gsize size)
{
	return size > 0 ? memcmp(a, b, size) : 0;
}

/* By value and clauses. */
static gint compare_effects(const struct l62_outcome *x, const struct l62_outcome *y)
{
	gint order = memcmp(&x->value, &y->value, sizeof(x->value));

	if (order == 0)
		order = (x->clauses->len > y->clauses->len) -
		        (x->clauses->len < y->clauses->len);
	if (order == 0)
		order = compare_bytes(x->clauses->data, y->clauses->data,
		                      x->clauses->len * sizeof(struct l62_clause));
	return order;
}

struct order {
	uint32_t nparams;
};

static gint compare(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct l62_outcome *x = *(struct l62_outcome *const *)a;
	const struct l62_outcome *y = *(struct l62_outcome *const *)b;
	const struct order *order = data;
	gint result = (x->ret > y->ret) - (x->ret < y->ret);

	if (result == 0)
		result = compare_effects(x, y);
	return result ? result : compare_bytes(x->pre, y->pre, order->nparams);
}

/* x now also stands for y. */
static void widen(struct l62_outcome *x, const struct l62_outcome *y, uint32_t nparams)
{
	x->ret |= y->ret;
	for (uint32_t i = 0; i < nparams; i++)
		x->pre[i] |= y->pre[i];
}

static void merge_equal(GPtrArray *outcomes, uint32_t nparams)
{
	for (guint i = 0; i < outcomes->len; i++) {
		for (guint j = outcomes->len; j-- > i + 1;) {
			struct l62_outcome *x = outcomes->pdata[i], *y = outcomes->pdata[j];

			if (compare_effects(x, y) != 0)
				continue;
			widen(x, y, nparams);
			g_ptr_array_remove_index(outcomes, j);
		}
	}
}

static bool has_clause(const GArray *clauses, const struct l62_clause *clause)
{
	for (guint i = 0; i < clauses->len; i++) {
		if (memcmp(&g_array_index(clauses, struct l62_clause, i), clause,
		           sizeof(*clause)) == 0)
			return true;
	}
	return false;
}

static void add_clause(GArray *clauses, struct l62_clause clause)
{
	if (!has_clause(clauses, &clause))
		g_array_append_val(clauses, clause);
}

/* What can be said when this clause may be true or not. */
static void add_doubt(GArray *clauses, const struct l62_clause *c)
{
	struct l62_clause doubt = {.type = L62_CLAUSE_KEEP,
	                           .target = L62_NONE,
	                           .field = L62_NONE,
	                           .fresh = L62_NONE};

	if (c->arg != L62_NONE) {
		doubt.arg = c->arg;
		doubt.path = c->path;
		add_clause(clauses, doubt);
	}
	if (c->target != L62_NONE && c->field != L62_ATOM_DEEP) {
		doubt.arg = c->target;
		doubt.path = c->field;
		add_clause(clauses, doubt);
		doubt.type = L62_CLAUSE_WRITE;
		doubt.arg = doubt.path = L62_NONE;
		doubt.target = c->target;
		doubt.field = c->field;
		add_clause(clauses, doubt);
	}
}

/* The same object or the same field. */
static bool is_about_same(const struct l62_clause *x, const struct l62_clause *y)
{
	if (x->target != L62_NONE && x->target == y->target && x->field == y->field)
		return true;
	return x->arg != L62_NONE && x->arg == y->arg && x->path == y->path;
}

static void weaken(struct l62_outcome *x, const struct l62_outcome *y)
{
	GArray *both = g_array_new(FALSE, FALSE, sizeof(struct l62_clause));
	GArray *doubts = g_array_new(FALSE, FALSE, sizeof(struct l62_clause));
	const GArray *sides[] = {x->clauses, y->clauses};

	for (int side = 0; side < 2; side++) {
		for (guint i = 0; i < sides[side]->len; i++) {
			const struct l62_clause *c =
			        &g_array_index(sides[side], struct l62_clause, i);

			if (!has_clause(sides[!side], c))
				add_doubt(doubts, c);
			else if (side == 0)
				add_clause(both, *c);
		}
	}
	for (guint i = 0; i < both->len; i++) {
		const struct l62_clause *c = &g_array_index(both, struct l62_clause, i);
		bool doubted = false;

		for (guint j = 0; j < doubts->len && !doubted; j++)
			doubted =
			        is_about_same(c, &g_array_index(doubts, struct l62_clause, j));
		if (!doubted)
			add_clause(doubts, *c);
		else
			add_doubt(doubts, c);
	}
	g_array_unref(both);
	g_array_unref(x->clauses);
	x->clauses = doubts;
	l62_clauses_sort(x->clauses);
}

/* Those of the same value, and of the same signs unless any_ret. */
static void merge_similar(GPtrArray *outcomes, uint32_t nparams, bool any_ret)
{
	for (guint i = 0; i < outcomes->len; i++) {
		for (guint j = outcomes->len; j-- > i + 1;) {
			struct l62_outcome *x = outcomes->pdata[i], *y = outcomes->pdata[j];

			if (memcmp(&x->value, &y->value, sizeof(x->value)) != 0 ||
			    (!any_ret && x->ret != y->ret))
				continue;
			weaken(x, y);
			widen(x, y, nparams);
			g_ptr_array_remove_index(outcomes, j);
		}
	}
}

bool l62_outcomes_reduce(GPtrArray *outcomes, const struct l62_function *f)
{
	struct order order = {f->nparams};

	g_ptr_array_sort_with_data(outcomes, compare, &order);
	merge_equal(outcomes, f->nparams);
	if (outcomes->len > L62_OUTCOMES_MAX) {
		merge_similar(outcomes, f->nparams, false);
		merge_equal(outcomes, f->nparams);
	}
	if (outcomes->len > L62_OUTCOMES_MAX) {
		merge_similar(outcomes, f->nparams, true);
		merge_equal(outcomes, f->nparams);
	}
	g_ptr_array_sort_with_data(outcomes, compare, &order);
	return outcomes->len <= L62_OUTCOMES_MAX;
}

static void use(bool *uses, const struct l62_function *f, uint32_t param)
{
	if (param < f->nparams)
		uses[param] = true;
}

bool *l62_outcomes_uses(const GPtrArray *outcomes, const struct l62_function *f)
{
	bool *uses = g_new0(bool, f->nparams + 1);

	for (guint i = 0; i < outcomes->len; i++) {
		const struct l62_outcome *o = outcomes->pdata[i];

		if (o->value.type == L62_RESULT_PARAM || o->value.type == L62_RESULT_FROM)
			use(uses, f, o->value.arg);
		for (guint j = 0; j < o->clauses->len; j++) {
			const struct l62_clause *c =
			        &g_array_index(o->clauses, struct l62_clause, j);

			use(uses, f, c->arg);
			use(uses, f, c->target);
		}
		for (uint32_t p = 0; p < f->nparams; p++)
			uses[p] = uses[p] || o->pre[p] != l62_class_signs(f->classes[p]);
	}
	return uses;
}

bool l62_outcomes_equal(const GPtrArray *a, const GPtrArray *b, uint32_t nparams)
{
	if (a->len != b->len)
		return false;
	for (guint i = 0; i < a->len; i++) {
		const struct l62_outcome *x = a->pdata[i], *y = b->pdata[i];

		if (x->ret != y->ret || compare_effects(x, y) != 0 ||
		    compare_bytes(x->pre, y->pre, nparams) != 0)
			return false;
	}
	return true;
}
