/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What a call does to a state: each outcome of the callee's summary is a branch.
 * Something unknown may do anything: it takes what it is given.
 */
#include <string.h>

#include "object.h"

struct call {
	const struct l62_op *op;
	const struct l62_outcome *outcome;
	uint32_t nparams, id; /* of the op */
	const GArray *args;   /* the function's, of struct l62_value */
	struct l62_val *vals; /* of the arguments */
};

static bool refine_value(struct l62_solver *s, struct l62_state *st,
                         const struct l62_value *value, uint8_t signs)
{
	switch (value->type) {
	case L62_VALUE_VAR:
		return l62_state_refine(s, st, value->n, signs);
	case L62_VALUE_SIGN:
		return (value->n & signs) != 0;
	case L62_VALUE_ADDRESS:
		return (signs & L62_POS) != 0;
	case L62_VALUE_UNKNOWN:
		break;
	}
	return true;
}

static const struct l62_value *argument(const struct call *call, uint32_t i)
{
	return &g_array_index(call->args, struct l62_value, call->op->args + i);
}

/* False if the outcome cannot be with these arguments. */
static bool take_arguments(struct l62_solver *s, struct l62_state *st, const struct call *call)
{
	const struct l62_function *callee = call->op->callee;

	for (uint32_t i = 0; i < call->nparams && i < call->op->nargs; i++) {
		uint8_t pre = call->outcome->pre[i];

		if (pre != l62_class_signs(callee->classes[i]) &&
		    !refine_value(s, st, argument(call, i), pre))
			return false;
	}
	for (uint32_t i = 0; i < call->nparams; i++) {
		call->vals[i] = i < call->op->nargs ? l62_eval(s, st, argument(call, i))
		                                    : l62_val_signs(L62_ANY);
	}
	return true;
}

/* A field of what is in a local variable: of which structure in it is not known. */
static int32_t find_in_local(struct l62_solver *s, struct l62_state *st, int32_t local,
                             uint32_t field)
{
	const char *name = l62_program_text(s->program, field);

	for (uint32_t i = 0; i < st->nobjects; i++) {
		const struct l62_object *o = &st->objects[i];
		const char *dot;

		if (o->where != L62_INTO || o->container != local)
			continue;
		dot = strrchr(l62_program_text(s->program, o->field), '.');
		if (o->field == field || (dot && strcmp(dot + 1, name) == 0))
			return (int32_t)i;
	}
	return -1;
}

/* The object that a clause is about; not for "*". */
static struct l62_val clause_source(struct l62_solver *s, struct l62_state *st,
                                    struct l62_val arg, uint32_t path)
{
	struct l62_val val;
	int32_t found;

	if (path == L62_NONE || arg.symbol < 0)
		return arg;
	val = l62_load_field(s, st, arg, path, 'p');
	if (val.symbol >= 0 || l62_symbol_at(s, arg.symbol)->type != L62_SYMBOL_LOCAL)
		return val;
	found = find_in_local(s, st, arg.symbol, path);
	return found >= 0 ? l62_val_symbol(s, found) : val;
}

static void visit_behind(struct l62_solver *s, struct l62_state *st, int32_t symbol, bool deep,
                         void *data)
{
	const struct l62_clause *clause = data;
	struct l62_val val = l62_val_symbol(s, symbol);
	bool outer = l62_symbol_is_outer(l62_symbol_at(s, symbol));

	switch ((enum l62_clause_type)clause->type) {
	case L62_CLAUSE_RELEASE:
		/* Whether what is that deep was released too cannot be said. */
		if (deep && outer)
			l62_keep(s, st, val);
		else
			l62_release(s, st, val, clause->kinds);
		break;
	case L62_CLAUSE_KEEP:
		l62_keep(s, st, val);
		break;
	case L62_CLAUSE_REF:
		l62_count(s, st, val, 1);
		break;
	case L62_CLAUSE_UNREF:
		l62_count(s, st, val, -1);
		break;
	default:
		break;
	}
}

static void apply_effect(struct l62_solver *s, struct l62_state *st, struct l62_val arg,
                         struct l62_val source, const struct l62_clause *clause)
{
	if (clause->path == L62_ATOM_STAR) {
		struct l62_clause copy = *clause;

		if (arg.symbol >= 0)
			l62_behind(s, st, arg, visit_behind, &copy);
		return;
	}
	switch ((enum l62_clause_type)clause->type) {
	case L62_CLAUSE_RELEASE:
		l62_release(s, st, source, clause->kinds);
		break;
	case L62_CLAUSE_KEEP:
		l62_keep(s, st, source);
		break;
	case L62_CLAUSE_REF:
		l62_count(s, st, source, 1);
		break;
	case L62_CLAUSE_UNREF:
		l62_count(s, st, source, -1);
		break;
	default:
		break;
	}
}

/* A new counted reference to something that exists. */
static struct l62_val new_reference(struct l62_solver *s, struct l62_state *st, uint32_t op,
                                    uint32_t n)
{
	struct l62_val val = l62_acquire(s, st, l62_symbol_get(s, L62_SYMBOL_EXTRA, op, n));

	l62_count(s, st, val, 1);
	return val;
}

static void apply_write(struct l62_solver *s, struct l62_state *st, const struct call *call,
                        uint32_t n, struct l62_val source)
{
	const struct l62_clause *clause =
	        &g_array_index(call->outcome->clauses, struct l62_clause, n);
	struct l62_val at = call->vals[clause->target];

	switch ((enum l62_clause_type)clause->type) {
	case L62_CLAUSE_NULL:
		source = l62_val_signs(L62_ZERO);
		break;
	case L62_CLAUSE_WRITE:
		source = l62_val_signs(L62_ANY);
		break;
	case L62_CLAUSE_FILL:
		source =
		        l62_acquire(s, st, l62_symbol_fresh(s, call->id, n + 1, clause->fresh));
		break;
	case L62_CLAUSE_FILL_REF:
		source = new_reference(s, st, call->id, n + 1);
		break;
	default:
		break;
	}
	l62_store_field(s, st, at, clause->field, source);
}

/* A callee that takes a reference to what has no name yet gives it one. */
static void name_counted(struct l62_solver *s, struct l62_state *st, const struct call *call,
                         uint32_t n)
{
	const struct l62_clause *clause =
	        &g_array_index(call->outcome->clauses, struct l62_clause, n);
	const struct l62_value *value;
	struct l62_val *val;

	if (clause->type != L62_CLAUSE_REF || clause->path != L62_NONE ||
	    clause->arg >= call->op->nargs)
		return;
	value = argument(call, clause->arg);
	val = &call->vals[clause->arg];
	if (val->symbol >= 0 || value->type != L62_VALUE_VAR || val->signs == L62_ZERO)
		return;
	*val = l62_acquire(s, st, l62_symbol_get(s, L62_SYMBOL_EXTRA, call->id, n + 1));
	st->vars[value->n] = *val;
}

/* What was where before the call decides: an outcome may move things. */
static void apply_clauses(struct l62_solver *s, struct l62_state *st, const struct call *call)
{
	GArray *clauses = call->outcome->clauses;
	struct l62_val *sources = g_new(struct l62_val, clauses->len);

	for (uint32_t i = 0; i < clauses->len; i++)
		name_counted(s, st, call, i);
	for (uint32_t i = 0; i < clauses->len; i++) {
		const struct l62_clause *c = &g_array_index(clauses, struct l62_clause, i);

		sources[i] = c->arg == L62_NONE
		                     ? l62_val_signs(L62_ANY)
		                     : clause_source(s, st, call->vals[c->arg], c->path);
	}
	for (uint32_t i = 0; i < clauses->len; i++) {
		const struct l62_clause *c = &g_array_index(clauses, struct l62_clause, i);

		if (c->target == L62_NONE)
			apply_effect(s, st, call->vals[c->arg], sources[i], c);
		else
			apply_write(s, st, call, i, sources[i]);
	}
	g_free(sources);
}

static struct l62_val result_before(struct l62_solver *s, struct l62_state *st,
                                    const struct call *call)
{
	const struct l62_result_value *value = &call->outcome->value;

	if (value->type == L62_RESULT_PARAM)
		return call->vals[value->arg];
	if (value->type == L62_RESULT_FROM)
		return clause_source(s, st, call->vals[value->arg], value->field);
	return l62_val_signs(call->outcome->ret);
}

static struct l62_val result_after(struct l62_solver *s, struct l62_state *st,
                                   const struct call *call, struct l62_val before)
{
	const struct l62_result_value *value = &call->outcome->value;

	if (value->type == L62_RESULT_FRESH)
		return l62_acquire(s, st, l62_symbol_fresh(s, call->id, 0, value->fresh));
	if (value->type == L62_RESULT_REF)
		return new_reference(s, st, call->id, 0);
	return before;
}

/* False if the outcome cannot be. */
static bool apply(struct l62_solver *s, struct l62_state *st, const struct call *call)
{
	struct l62_val result;

	if (!take_arguments(s, st, call))
		return false;
	result = result_before(s, st, call);
	apply_clauses(s, st, call);
	result = result_after(s, st, call, result);
	if (call->op->dest == L62_NONE)
		return true;
	l62_state_set_var(s, st, call->op->dest, result);
	return result.symbol < 0 || l62_state_refine(s, st, call->op->dest, call->outcome->ret);
}

void l62_call(struct l62_solver *s, struct l62_state *st, const struct l62_op *op,
              l62_next next, void *data)
{
	const struct l62_function *callee = op->callee;
	struct call call = {
	        .op = op,
	        .nparams = callee->nparams,
	        .id = (uint32_t)(op - (const struct l62_op *)(void *)s->function->ops->data),
	        .args = s->function->args,
	        .vals = g_new(struct l62_val, callee->nparams),
	};

	for (uint32_t i = 0; i < callee->summary.outcomes->len; i++) {
		bool last = i + 1 == callee->summary.outcomes->len;
		struct l62_state *branch = last ? st : l62_state_copy(s, st);

		call.outcome = callee->summary.outcomes->pdata[i];
		if (apply(s, branch, &call))
			next(s, branch, data);
		else
			l62_state_drop(s, branch);
	}
	if (callee->summary.outcomes->len == 0)
		l62_state_drop(s, st);
	g_free(call.vals);
}

/* What is known of the values in a local variable. */
static void forget_values(struct l62_solver *s, struct l62_state *st, struct l62_val val)
{
	const struct l62_symbol *sym;

	if (val.symbol < 0)
		return;
	sym = l62_symbol_at(s, val.symbol);
	if (sym->type != L62_SYMBOL_LOCAL)
		return;
	if (l62_function_is_scalar(s->function, sym->a))
		l62_state_set_var(s, st, sym->a, l62_val_signs(L62_ANY));
	for (guint i = st->cells->len; i-- > 0;) {
		const struct l62_cell *cell = &g_array_index(st->cells, struct l62_cell, i);

		if (cell->container == val.symbol && cell->val.symbol < 0)
			g_array_remove_index(st->cells, i);
	}
}

void l62_call_unknown(struct l62_solver *s, struct l62_state *st, const struct l62_op *op)
{
	for (uint32_t i = 0; i < op->nargs; i++) {
		struct l62_val val = l62_eval(
		        s, st,
		        &g_array_index(s->function->args, struct l62_value, op->args + i));

		if (op->type != L62_OP_KERNEL)
			l62_escape(s, st, val);
		forget_values(s, st, val);
	}
	if (op->dest != L62_NONE)
		l62_state_set_var(s, st, op->dest, l62_val_signs(L62_ANY));
}
