/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Solves a whole driver: strongly connected components of the call graph,
 * callees first (Tarjan).  The functions of a component begin with no outcome at
 * all and are solved until nothing changes; a component that does not come to
 * rest is incomplete.  From L62_ROUNDS_FREE on, outcomes only get more.
 */
#include "outcome.h"

enum { L62_ROUNDS_FREE = 5, L62_ROUNDS_MAX = 16 };

struct search {
	struct l62_program *program;
	GPtrArray *stack, *visits; /* of struct l62_function */
	GArray *next;              /* of uint32_t: the op to see, for each visit */
	uint32_t count;
};

/* How much of their folders two units have in common. */
static size_t nearness(const struct l62_program *p, const struct l62_unit_skeleton *a,
                       const struct l62_unit_skeleton *b)
{
	const char *x = a->path == L62_NONE ? "" : l62_program_text(p, a->path);
	const char *y = b->path == L62_NONE ? "" : l62_program_text(p, b->path);
	size_t common = 0;

	for (size_t i = 0; x[i] && x[i] == y[i]; i++)
		if (x[i] == '/')
			common = i + 1;
	return common;
}

/* Of external functions the one whose folder is the nearest to the unit's: another
 * driver may have one of the same name.  NULL: which of them is not known. */
static struct l62_function *nearest(const struct l62_program *p,
                                    const struct l62_unit_skeleton *unit,
                                    const GPtrArray *functions)
{
	struct l62_function *found = NULL;
	size_t best = 0;

	if (functions->len == 1)
		return functions->pdata[0];
	for (guint i = 0; i < functions->len; i++) {
		struct l62_function *f = functions->pdata[i];
		size_t common = nearness(p, unit, f->unit);

		if (i == 0 || common > best) {
			found = f;
			best = common;
		} else if (common == best) {
			found = NULL;
		}
	}
	return found;
}

static void free_array(gpointer array)
{
	g_ptr_array_unref(array);
}

/* Name -> external functions. */
static GHashTable *index_externals(const struct l62_program *p)
{
	GHashTable *index = g_hash_table_new_full(NULL, NULL, NULL, free_array);

	for (guint u = 0; u < p->units->len; u++) {
		const struct l62_unit_skeleton *unit = p->units->pdata[u];

		for (guint i = 0; i < unit->functions->len; i++) {
			struct l62_function *f = unit->functions->pdata[i];
			GPtrArray *same;

			if (f->is_static)
				continue;
			same = g_hash_table_lookup(index, GUINT_TO_POINTER(f->name));
			if (!same) {
				same = g_ptr_array_new();
				g_hash_table_insert(index, GUINT_TO_POINTER(f->name), same);
			}
			g_ptr_array_add(same, f);
		}
	}
	return index;
}

static struct l62_function *find_callee(const struct l62_program *p, GHashTable *externals,
                                        const struct l62_unit_skeleton *unit, uint32_t name,
                                        bool is_static)
{
	struct l62_function *own = g_hash_table_lookup(unit->names, GUINT_TO_POINTER(name));
	const GPtrArray *others;

	if (own || is_static)
		return own;
	others = g_hash_table_lookup(externals, GUINT_TO_POINTER(name));
	return others ? nearest(p, unit, others) : NULL;
}

void l62_program_bind(struct l62_program *p)
{
	GHashTable *externals = index_externals(p);

	for (guint u = 0; u < p->units->len; u++) {
		const struct l62_unit_skeleton *unit = p->units->pdata[u];

		for (guint i = 0; i < unit->functions->len; i++) {
			struct l62_function *f = unit->functions->pdata[i];

			for (guint k = 0; k < f->ops->len; k++) {
				struct l62_op *op = &g_array_index(f->ops, struct l62_op, k);

				if (op->type == L62_OP_CALL)
					op->callee = find_callee(p, externals, unit, op->name,
					                         op->is_static);
			}
		}
		for (guint i = 0; i < unit->routines->len; i++) {
			struct l62_routine *routine =
			        &g_array_index(unit->routines, struct l62_routine, i);

			routine->function = find_callee(p, externals, unit, routine->name,
			                                routine->is_static);
		}
	}
	g_hash_table_unref(externals);
	l62_program_find_lent(p);
}

static struct l62_outcome *copy_outcome(const struct l62_outcome *o, uint32_t nparams)
{
	struct l62_outcome *copy = g_memdup2(o, sizeof(*o));

	copy->pre = g_memdup2(o->pre, nparams + 1);
	copy->clauses = g_array_copy(o->clauses);
	return copy;
}

/* Solves f; true if that changed its outcomes.  With growing, those it had stay:
 * then the rounds end. */
static bool solve_again(struct l62_program *p, struct l62_function *f, bool growing)
{
	GPtrArray *before = g_ptr_array_ref(f->summary.outcomes);
	bool changed;

	if (f->summary.incomplete) {
		g_ptr_array_unref(before);
		return false;
	}
	l62_function_solve(p, f);
	for (guint i = 0; growing && !f->summary.incomplete && i < before->len; i++)
		g_ptr_array_add(f->summary.outcomes,
		                copy_outcome(before->pdata[i], f->nparams));
	if (growing && !l62_outcomes_reduce(f->summary.outcomes, f)) {
		f->summary.incomplete = true;
		g_ptr_array_set_size(f->summary.outcomes, 0);
	}
	changed = f->summary.incomplete ||
	          !l62_outcomes_equal(before, f->summary.outcomes, f->nparams);
	g_ptr_array_unref(before);
	if (changed) {
		g_free(f->summary.uses);
		f->summary.uses = l62_outcomes_uses(f->summary.outcomes, f);
	}
	return changed;
}

static void solve_component(struct l62_program *p, GPtrArray *component, bool recursive)
{
	bool changed = true;
	guint round = 0;

	for (guint i = 0; i < component->len; i++) {
		struct l62_function *f = component->pdata[i];

		f->in_progress = recursive;
		f->summary.outcomes =
		        g_ptr_array_new_with_free_func((GDestroyNotify)l62_outcome_free);
		f->summary.uses = g_new0(bool, f->nparams + 1);
	}
	for (; changed && round < L62_ROUNDS_MAX; round++) {
		changed = false;
		for (guint i = 0; i < component->len; i++) {
			struct l62_function *f = component->pdata[i];
			changed |= solve_again(p, f, round >= L62_ROUNDS_FREE);
		}
		changed = changed && recursive;
	}
	for (guint i = 0; i < component->len; i++) {
		struct l62_function *f = component->pdata[i];

		f->in_progress = false;
		if (changed) {
			f->summary.incomplete = true;
			g_ptr_array_set_size(f->summary.outcomes, 0);
		}
	}
}

static void enter(struct search *s, struct l62_function *f)
{
	uint32_t first = 0;

	f->index = f->low = ++s->count;
	f->on_stack = true;
	g_ptr_array_add(s->stack, f);
	g_ptr_array_add(s->visits, f);
	g_array_append_val(s->next, first);
}

static bool calls_itself(const struct l62_function *f)
{
	for (guint i = 0; i < f->ops->len; i++) {
		if (g_array_index(f->ops, struct l62_op, i).callee == f)
			return true;
	}
	return false;
}

static void leave(struct search *s, struct l62_function *f)
{
	g_ptr_array_set_size(s->visits, (gint)s->visits->len - 1);
	g_array_set_size(s->next, s->next->len - 1);
	if (s->visits->len > 0) {
		struct l62_function *caller = s->visits->pdata[s->visits->len - 1];

		caller->low = MIN(caller->low, f->low);
	}
	if (f->low == f->index) {
		GPtrArray *component = g_ptr_array_new();
		struct l62_function *member;

		do {
			member = s->stack->pdata[s->stack->len - 1];
			g_ptr_array_set_size(s->stack, (gint)s->stack->len - 1);
			member->on_stack = false;
			g_ptr_array_add(component, member);
		} while (member != f);
		solve_component(s->program, component, component->len > 1 || calls_itself(f));
		g_ptr_array_unref(component);
	}
}

static void step(struct search *s)
{
	struct l62_function *f = s->visits->pdata[s->visits->len - 1];
	uint32_t *next = &g_array_index(s->next, uint32_t, s->next->len - 1);

	while (*next < f->ops->len) {
		struct l62_function *callee =
		        g_array_index(f->ops, struct l62_op, (*next)++).callee;

		if (callee && callee->index == 0) {
			enter(s, callee);
			return;
		}
		if (callee && callee->on_stack)
			f->low = MIN(f->low, callee->index);
	}
	leave(s, f);
}

void l62_program_solve(struct l62_program *p)
{
	struct search s = {
	        .program = p,
	        .stack = g_ptr_array_new(),
	        .visits = g_ptr_array_new(),
	        .next = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
	};

	l62_program_bind(p);
	for (guint i = 0; i < p->units->len; i++) {
		const struct l62_unit_skeleton *unit = p->units->pdata[i];

		for (guint j = 0; j < unit->functions->len; j++) {
			struct l62_function *f = unit->functions->pdata[j];

			if (f->index == 0)
				enter(&s, f);
			while (s.visits->len > 0)
				step(&s);
		}
	}
	g_array_unref(s.next);
	g_ptr_array_unref(s.visits);
	g_ptr_array_unref(s.stack);
}
