/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Solves one function: property simulation over its nodes.  Each state of a node
 * is run through the node's ops; where an op has several outcomes, or a test can
 * go both ways, it becomes several.  What arrives at the exit becomes the
 * function's outcomes.
 */
#include <string.h>

#include "object.h"
#include "outcome.h"
#include "store.h"

enum { L62_STEPS_MAX = 100000, L62_SIZE_MAX = 20000 };

struct resume {
	uint32_t op; /* in the function */
};

static void run(struct l62_solver *s, struct l62_state *st, uint32_t op);

static void resume(struct l62_solver *s, struct l62_state *st, void *data)
{
	const struct resume *r = data;

	run(s, st, r->op);
}

static void acquire(struct l62_solver *s, struct l62_state *st, const struct l62_op *op,
                    uint32_t index)
{
	static const uint32_t failed[] = {L62_ANY, L62_NEG, L62_ZERO, L62_ANY};
	static const uint32_t done[] = {L62_ANY, L62_ZERO, L62_POS, L62_ANY};
	struct l62_state *other = op->fails == L62_FAILS_NEVER ? NULL : l62_state_copy(s, st);

	l62_store_at(s, st, &op->place,
	             l62_acquire(s, st, l62_symbol_fresh(s, index, 0, op->fresh)));
	if (op->dest != L62_NONE)
		l62_state_set_var(s, st, op->dest, l62_val_signs(done[op->fails]));
	run(s, st, index + 1);
	if (!other)
		return;
	if (op->fails == L62_FAILS_NULL)
		l62_store_at(s, other, &op->place, l62_val_signs(L62_ZERO));
	if (op->dest != L62_NONE)
		l62_state_set_var(s, other, op->dest, l62_val_signs(failed[op->fails]));
	run(s, other, index + 1);
}

static void give_if(struct l62_solver *s, struct l62_state *st, const struct l62_op *op,
                    uint32_t index)
{
	struct l62_state *other = l62_state_copy(s, st);

	if (l62_state_refine(s, st, op->dest, L62_ZERO | L62_POS)) {
		l62_keep(s, st, l62_eval(s, st, &op->value));
		run(s, st, index + 1);
	} else {
		l62_state_drop(s, st);
	}
	if (l62_state_refine(s, other, op->dest, L62_NEG))
		run(s, other, index + 1);
	else
		l62_state_drop(s, other);
}

/* A reference to what has no name yet gives it one. */
static void reference(struct l62_solver *s, struct l62_state *st, const struct l62_op *op,
                      uint32_t index)
{
	struct l62_val val = l62_eval(s, st, &op->value);

	if (val.symbol < 0 && op->value.type == L62_VALUE_VAR && val.signs != L62_ZERO) {
		val = l62_acquire(s, st, l62_symbol_get(s, L62_SYMBOL_EXTRA, index, 0));
		st->vars[op->value.n] = val;
	}
	l62_count(s, st, val, 1);
}

static void release_at(struct l62_solver *s, struct l62_state *st, const struct l62_op *op)
{
	l62_release(s, st, l62_load(s, st, &op->place, 'p'), op->kinds);
	l62_store_at(s, st, &op->place, l62_val_signs(L62_ZERO));
}

static void set(struct l62_solver *s, struct l62_state *st, const struct l62_op *op)
{
	struct l62_val val = l62_eval(s, st, &op->value);

	if (op->inside && val.symbol >= 0)
		val.field = op->place.field;
	l62_state_set_var(s, st, op->dest, val);
}

/* Whether something is null says what a callee has got: such a result is kept. */
static void compute(struct l62_solver *s, struct l62_state *st, const struct l62_op *op)
{
	bool equal = strcmp(op->operator, "==") == 0;
	uint32_t signs, result = 0;

	if (!l62_op_tells_null(op)) {
		l62_call_unknown(s, st, op);
		return;
	}
	signs = l62_state_signs(s, st, l62_eval(s, st, &op->value));
	if (signs & L62_ZERO)
		result |= equal ? L62_POS : L62_ZERO;
	if (signs & (L62_NEG | L62_POS))
		result |= equal ? L62_ZERO : L62_POS;
	l62_state_set_var(s, st, op->dest, l62_val_signs(result));
}

/* Runs one op that has one outcome. */
static void run_simple(struct l62_solver *s, struct l62_state *st, const struct l62_op *op,
                       uint32_t index)
{
	switch (op->type) {
	case L62_OP_SET:
		set(s, st, op);
		break;
	case L62_OP_LOAD:
		l62_state_set_var(s, st, op->dest,
		                  l62_load(s, st, &op->place, s->function->classes[op->dest]));
		break;
	case L62_OP_STORE: {
		struct l62_val val = l62_eval(s, st, &op->value);

		if (op->lends)
			break;
		/* Where the other one comes, nobody knows. */
		if (op->form != L62_SLOT_LIST && l62_element_is_taken(s, st, &op->place, val))
			l62_keep(s, st, val);
		else
			l62_store_at(s, st, &op->place, val);
		break;
	}
	case L62_OP_COMPUTE:
		compute(s, st, op);
		break;
	case L62_OP_RELEASE:
		l62_release(s, st, l62_eval(s, st, &op->value), op->kinds);
		break;
	case L62_OP_RELEASE_AT:
		release_at(s, st, op);
		break;
	case L62_OP_GIVE:
		l62_keep(s, st, l62_eval(s, st, &op->value));
		break;
	case L62_OP_REF:
		reference(s, st, op, index);
		break;
	case L62_OP_UNREF:
		l62_count(s, st, l62_eval(s, st, &op->value), -1);
		break;
	default:
		l62_call_unknown(s, st, op);
		break;
	}
}

static void go(struct l62_solver *s, struct l62_state *st, uint32_t i)
{
	l62_store_add(s->store, l62_flow_successor(s->flow, s->node, i), st);
}

static void test(struct l62_solver *s, struct l62_state *st, const struct l62_block *block)
{
	struct l62_state *other = l62_state_copy(s, st);

	if (l62_state_refine(s, st, block->var, block->if_true))
		go(s, st, 0);
	else
		l62_state_drop(s, st);
	if (l62_state_refine(s, other, block->var, block->if_false))
		go(s, other, 1);
	else
		l62_state_drop(s, other);
}

static void set_result(struct l62_solver *s, struct l62_state *st,
                       const struct l62_value *value)
{
	uint32_t possible = l62_class_signs(s->function->ret);
	struct l62_val val = l62_eval(s, st, value);

	if (s->function->ret == 'v')
		val = l62_val_signs(L62_ANY);
	else if (val.symbol < 0)
		val.signs = val.signs & possible ? val.signs & possible : possible;
	st->vars[s->function->nvars] = val;
}

static void finish(struct l62_solver *s, struct l62_state *st)
{
	const struct l62_block *block = s->node->block;
	uint32_t count = l62_flow_successors(s->flow, s->node);

	if (block && block->type == L62_TERM_TEST) {
		test(s, st, block);
		return;
	}
	if (block && block->type == L62_TERM_RETURN)
		set_result(s, st, &block->value);
	for (uint32_t i = 0; i < count; i++)
		go(s, i + 1 < count ? l62_state_copy(s, st) : st, i);
	if (count == 0)
		l62_state_drop(s, st);
}

static void run(struct l62_solver *s, struct l62_state *st, uint32_t index)
{
	for (; index < s->node->ops + s->node->nops; index++) {
		const struct l62_op *op =
		        &g_array_index(s->function->ops, struct l62_op, index);
		struct resume after = {index + 1};

		if (op->type == L62_OP_ACQUIRE) {
			acquire(s, st, op, index);
			return;
		}
		if (op->type == L62_OP_GIVE_IF) {
			give_if(s, st, op, index);
			return;
		}
		if (op->type == L62_OP_CALL && !l62_callee_unknown(op->callee)) {
			l62_call(s, st, op, resume, &after);
			return;
		}
		run_simple(s, st, op, index);
	}
	finish(s, st);
}

static void start(struct l62_solver *s)
{
	struct l62_state *st = l62_state_new(s);

	l62_state_reset(s, st);
	for (uint32_t i = 0; i < s->function->nparams; i++) {
		int32_t symbol = l62_symbol_get(s, L62_SYMBOL_PARAM, i, 0);

		if (s->function->classes[i] != 'a')
			st->vars[i] = l62_val_symbol(s, symbol);
	}
	l62_store_add(s->store, 0, st);
}

static void add_outcome(struct l62_solver *s, struct l62_state *st, void *data)
{
	g_ptr_array_add(data, l62_outcome_new(s, st));
}

/* Whether control can come to the exit if the values are left out of account. */
static bool may_return(const struct l62_solver *s)
{
	const struct l62_flow *flow = s->flow;
	bool *reached = g_new0(bool, flow->nnodes), result;

	reached[0] = true;
	for (bool again = true; again;) {
		again = false;
		for (uint32_t i = 0; i < flow->nsequence; i++) {
			const struct l62_node *node = &flow->nodes[flow->sequence[i]];
			bool ends = false;

			for (uint32_t j = 0; j < node->nops && !ends; j++) {
				const struct l62_op *op = &g_array_index(
				        s->function->ops, struct l62_op, node->ops + j);

				ends = op->type == L62_OP_CALL &&
				       !l62_callee_unknown(op->callee) &&
				       op->callee->summary.outcomes->len == 0;
			}
			if (!reached[flow->sequence[i]] || ends)
				continue;
			for (uint32_t j = 0; j < l62_flow_successors(flow, node); j++) {
				uint32_t to = l62_flow_successor(flow, node, j);

				again = again || !reached[to];
				reached[to] = true;
			}
		}
	}
	result = reached[l62_flow_exit(flow)];
	g_free(reached);
	return result;
}

static void set_summary(struct l62_solver *s)
{
	struct l62_summary *summary = &s->function->summary;
	GPtrArray *outcomes = g_ptr_array_new_with_free_func((GDestroyNotify)l62_outcome_free);

	if (!s->incomplete) {
		l62_store_each(s->store, l62_flow_exit(s->flow), add_outcome, outcomes);
		s->incomplete = !l62_outcomes_reduce(outcomes, s->function) ||
		                (outcomes->len == 0 && may_return(s));
	}
	if (s->incomplete)
		g_ptr_array_set_size(outcomes, 0);
	l62_summary_clear(summary);
	summary->outcomes = outcomes;
	summary->incomplete = s->incomplete;
	summary->uses = l62_outcomes_uses(outcomes, s->function);
}

/* Of a size that nobody writes by hand. */
static bool is_huge(const struct l62_function *f)
{
	return f->blocks->len > L62_SIZE_MAX || f->ops->len > 10 * L62_SIZE_MAX ||
	       (uint64_t)f->blocks->len * f->nvars > (uint64_t)L62_SIZE_MAX * L62_SIZE_MAX;
}

static void solve(struct l62_solver *s)
{
	const struct l62_function *f = s->function;
	struct l62_state *st;
	uint32_t node;

	s->flow = l62_flow_new(f);
	s->unknown = g_new(struct l62_val, f->nvars + 1);
	for (uint32_t i = 0; i <= f->nvars; i++)
		s->unknown[i] = l62_val_signs(L62_ANY);
	s->store = l62_store_new(s);
	s->node = &s->flow->nodes[0];
	start(s);
	while (!s->incomplete && (st = l62_store_next(s->store, &node))) {
		s->node = &s->flow->nodes[node];
		s->incomplete = s->steps++ == L62_STEPS_MAX;
		run(s, st, s->node->ops);
	}
	set_summary(s);
	l62_store_free(s->store);
	l62_flow_free(s->flow);
	g_free(s->unknown);
}

void l62_function_solve(struct l62_program *program, struct l62_function *function)
{
	struct l62_solver s = {
	        .program = program,
	        .function = function,
	        .symbols = g_array_new(FALSE, FALSE, sizeof(struct l62_symbol)),
	        .symbol_ids =
	                g_hash_table_new_full(l62_symbol_hash, l62_symbol_equal, g_free, NULL),
	        .spare = g_ptr_array_new_with_free_func(l62_state_free),
	        .referenced = g_array_new(FALSE, FALSE, sizeof(bool)),
	        .addressed = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
	        .incomplete = is_huge(function),
	};

	if (s.incomplete)
		set_summary(&s);
	else
		solve(&s);
	g_ptr_array_unref(s.spare);
	g_array_unref(s.referenced);
	g_array_unref(s.addressed);
	g_hash_table_unref(s.symbol_ids);
	g_array_unref(s.symbols);
}
