/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which variables and fields can still matter.  A value matters if it is tested,
 * released, stored, returned or passed where a summary asks for it, or where that it
 * is null matters; what else is only computed from it, or given to a kernel routine,
 * does not make it matter.  The fewer values a path has to remember, the more paths are
 * the same.
 */
#include <string.h>

#include "flow.h"

static void add_field(GHashTable *slots, uint32_t field)
{
	if (!g_hash_table_contains(slots, GUINT_TO_POINTER(field)))
		g_hash_table_insert(slots, GUINT_TO_POINTER(field),
		                    GUINT_TO_POINTER(g_hash_table_size(slots) + 1));
}

/* What a callee's outcomes read and write of its arguments' fields. */
static void callee_fields(struct l62_flow *flow, const struct l62_function *callee)
{
	if (l62_callee_unknown(callee))
		return;
	for (uint32_t i = 0; i < callee->summary.outcomes->len; i++) {
		const struct l62_outcome *o = callee->summary.outcomes->pdata[i];

		if (o->value.type == L62_RESULT_FROM)
			add_field(flow->slots, o->value.field);
		for (uint32_t c = 0; c < o->clauses->len; c++) {
			const struct l62_clause *clause =
			        &g_array_index(o->clauses, struct l62_clause, c);

			if (clause->path != L62_NONE)
				add_field(flow->slots, clause->path);
			if (clause->type >= L62_CLAUSE_INTO)
				flow->stores_pointer = true;
			if (clause->field != L62_NONE)
				g_hash_table_add(flow->written,
				                 GUINT_TO_POINTER(clause->field));
		}
	}
}

static void pin(struct l62_flow *flow, const struct l62_value *value)
{
	if (value->type == L62_VALUE_ADDRESS)
		flow->pinned[value->n] = true;
}

/* Fields, and variables that are also reached through a pointer. */
static void find_fields(struct l62_flow *flow)
{
	const struct l62_function *f = flow->function;

	for (uint32_t i = 0; i < f->ops->len; i++) {
		const struct l62_op *op = &g_array_index(f->ops, struct l62_op, i);

		switch (op->type) {
		case L62_OP_SET:
			pin(flow, &op->value);
			if (op->place.field != L62_NONE)
				add_field(flow->slots, op->place.field);
			break;
		case L62_OP_LOAD:
			add_field(flow->slots, op->place.field);
			break;
		case L62_OP_RELEASE_AT:
			add_field(flow->slots, op->place.field);
			g_hash_table_add(flow->written, GUINT_TO_POINTER(op->place.field));
			break;
		case L62_OP_STORE:
			pin(flow, &op->value);
			if (op->value.type == L62_VALUE_ADDRESS ||
			    (op->value.type == L62_VALUE_VAR && f->classes[op->value.n] == 'p'))
				flow->stores_pointer = true;
			g_hash_table_add(flow->written, GUINT_TO_POINTER(op->place.field));
			break;
		case L62_OP_ACQUIRE:
			flow->stores_pointer = true;
			g_hash_table_add(flow->written, GUINT_TO_POINTER(op->place.field));
			break;
		case L62_OP_CALL:
			callee_fields(flow, op->callee);
			break;
		default:
			break;
		}
	}
}

struct live {
	struct l62_flow *flow;
	uint64_t *vars, *fields;
};

static bool is_live(const struct live *live, uint32_t var)
{
	return live->vars[var / 64] >> (var % 64) & 1;
}

static void gen_var(struct live *live, uint32_t var)
{
	live->vars[var / 64] |= UINT64_C(1) << (var % 64);
}

static void kill_var(struct live *live, uint32_t var)
{
	if (var != L62_NONE && !live->flow->pinned[var])
		live->vars[var / 64] &= ~(UINT64_C(1) << (var % 64));
}

static void gen_value(struct live *live, const struct l62_value *value)
{
	if (l62_value_names_var(value))
		gen_var(live, value->n);
}

static void gen_field(struct live *live, uint32_t field)
{
	uint32_t slot = GPOINTER_TO_UINT(
	        g_hash_table_lookup(live->flow->slots, GUINT_TO_POINTER(field)));

	if (slot)
		live->fields[(slot - 1) / 64] |= UINT64_C(1) << ((slot - 1) % 64);
}

static void gen_place(struct live *live, const struct l62_place *place)
{
	if (place->var != L62_NONE)
		gen_var(live, place->var);
	gen_field(live, place->field);
}

static bool is_variable(const struct live *live, const struct l62_place *place)
{
	return place->type == L62_PLACE_VAR ||
	       (place->type == L62_PLACE_LOCAL && place->field == L62_ATOM_STAR &&
	        l62_function_is_scalar(live->flow->function, place->var));
}

static void live_store(struct live *live, const struct l62_op *op)
{
	if (is_variable(live, &op->place)) {
		bool needed = is_live(live, op->place.var);

		kill_var(live, op->place.var);
		if (needed)
			gen_value(live, &op->value);
		return;
	}
	if (op->place.type == L62_PLACE_BEHIND)
		gen_var(live, op->place.var);
	if (op->place.type != L62_PLACE_LOCAL || is_live(live, op->place.var))
		gen_value(live, &op->value);
}

static void callee_loads(struct live *live, const struct l62_function *callee)
{
	for (uint32_t i = 0; i < callee->summary.outcomes->len; i++) {
		const struct l62_outcome *o = callee->summary.outcomes->pdata[i];

		if (o->value.type == L62_RESULT_FROM)
			gen_field(live, o->value.field);
		for (uint32_t c = 0; c < o->clauses->len; c++)
			gen_field(live, g_array_index(o->clauses, struct l62_clause, c).path);
	}
}

static void live_call(struct live *live, const struct l62_op *op)
{
	const struct l62_function *callee = op->type == L62_OP_CALL ? op->callee : NULL;
	bool unknown = l62_callee_unknown(callee);

	kill_var(live, op->dest);
	for (uint32_t i = 0; i < op->nargs; i++) {
		const struct l62_value *value = &g_array_index(live->flow->function->args,
		                                               struct l62_value, op->args + i);

		if (unknown || callee->in_progress ||
		    (i < callee->nparams && callee->summary.uses[i]))
			gen_value(live, value);
	}
	if (!unknown)
		callee_loads(live, callee);
}

static void live_kernel(struct live *live, const struct l62_op *op)
{
	const struct l62_function *f = live->flow->function;

	kill_var(live, op->dest);
	for (uint32_t i = 0; i < op->nargs; i++) {
		const struct l62_value *value =
		        &g_array_index(f->args, struct l62_value, op->args + i);

		if (value->type == L62_VALUE_ADDRESS && l62_function_is_scalar(f, value->n))
			kill_var(live, value->n);
	}
}

static void live_acquire(struct live *live, const struct l62_op *op)
{
	bool always = op->fails == L62_FAILS_NULL || op->fails == L62_FAILS_NEVER;

	kill_var(live, op->dest);
	if (is_variable(live, &op->place)) {
		if (always)
			kill_var(live, op->place.var);
	} else if (op->place.type == L62_PLACE_BEHIND) {
		gen_var(live, op->place.var);
	}
}

static void live_op(struct live *live, const struct l62_op *op)
{
	bool needed;

	switch (op->type) {
	case L62_OP_SET:
		needed = is_live(live, op->dest);
		kill_var(live, op->dest);
		if (needed)
			gen_value(live, &op->value);
		break;
	case L62_OP_LOAD:
		needed = is_live(live, op->dest);
		kill_var(live, op->dest);
		if (needed)
			gen_place(live, &op->place);
		break;
	case L62_OP_STORE:
		live_store(live, op);
		break;
	case L62_OP_CALL:
	case L62_OP_INDIRECT:
		live_call(live, op);
		break;
	case L62_OP_KERNEL:
		live_kernel(live, op);
		break;
	case L62_OP_TOUCH:
		break;
	case L62_OP_COMPUTE:
		needed = is_live(live, op->dest) && l62_op_tells_null(op);
		kill_var(live, op->dest);
		if (needed)
			gen_value(live, &op->value);
		break;
	case L62_OP_EMPTY:
		kill_var(live, op->dest);
		break;
	case L62_OP_ACQUIRE:
		live_acquire(live, op);
		break;
	case L62_OP_RELEASE_AT:
		gen_place(live, &op->place);
		break;
	case L62_OP_GIVE_IF:
		gen_var(live, op->dest);
		gen_value(live, &op->value);
		break;
	case L62_OP_RELEASE:
	case L62_OP_GIVE:
	case L62_OP_REF:
	case L62_OP_UNREF:
		gen_value(live, &op->value);
		break;
	}
}

/* What is live at the node's start; true if that grew. */
static bool live_node(struct live *live, struct l62_node *node)
{
	struct l62_flow *flow = live->flow;
	bool grew = false;

	memset(live->vars, 0, flow->words * sizeof(uint64_t));
	memset(live->fields, 0, flow->field_words * sizeof(uint64_t));
	for (uint32_t i = 0; i < l62_flow_successors(flow, node); i++) {
		const struct l62_node *to = &flow->nodes[l62_flow_successor(flow, node, i)];

		for (uint32_t w = 0; w < flow->words; w++)
			live->vars[w] |= to->live[w];
		for (uint32_t w = 0; w < flow->field_words; w++)
			live->fields[w] |= to->fields[w];
	}
	if (node->block && node->block->type == L62_TERM_RETURN) {
		kill_var(live, flow->function->nvars);
		gen_value(live, &node->block->value);
	} else if (node->block && node->block->type == L62_TERM_TEST) {
		gen_var(live, node->block->var);
	}
	for (uint32_t i = node->nops; i-- > 0;)
		live_op(live,
		        &g_array_index(flow->function->ops, struct l62_op, node->ops + i));
	for (uint32_t w = 0; w < flow->words; w++) {
		grew |= (live->vars[w] & ~node->live[w]) != 0;
		node->live[w] |= live->vars[w];
	}
	for (uint32_t w = 0; w < flow->field_words; w++) {
		grew |= (live->fields[w] & ~node->fields[w]) != 0;
		node->fields[w] |= live->fields[w];
	}
	return grew;
}

static void start_bits(struct l62_flow *flow)
{
	uint32_t nvars = flow->function->nvars;

	flow->words = nvars / 64 + 1; /* the last variable is what is returned */
	flow->field_words = g_hash_table_size(flow->slots) / 64 + 1;
	flow->bits = g_new0(uint64_t, (gsize)flow->nnodes *(flow->words + flow->field_words));
	for (uint32_t i = 0; i < flow->nnodes; i++) {
		struct l62_node *node = &flow->nodes[i];

		node->live = flow->bits + (gsize)i * (flow->words + flow->field_words);
		node->fields = node->live + flow->words;
		for (uint32_t v = 0; v < nvars && i != l62_flow_exit(flow); v++) {
			if (flow->pinned[v])
				node->live[v / 64] |= UINT64_C(1) << (v % 64);
		}
	}
	flow->nodes[l62_flow_exit(flow)].live[nvars / 64] |= UINT64_C(1) << (nvars % 64);
}

void l62_flow_find_live(struct l62_flow *flow)
{
	struct live live = {.flow = flow};
	bool grew = true;

	flow->slots = g_hash_table_new(NULL, NULL);
	flow->written = g_hash_table_new(NULL, NULL);
	flow->pinned = g_new0(bool, flow->function->nvars + 1);
	find_fields(flow);
	start_bits(flow);
	live.vars = g_new(uint64_t, flow->words);
	live.fields = g_new(uint64_t, flow->field_words);
	while (grew) {
		grew = false;
		for (uint32_t i = flow->nsequence; i-- > 0;) {
			struct l62_node *node = &flow->nodes[flow->sequence[i]];

			if (node != &flow->nodes[l62_flow_exit(flow)])
				grew |= live_node(&live, node);
		}
	}
	g_free(live.vars);
	g_free(live.fields);
}
