/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The graph that the solver walks: nodes, their order, cycles; see flow.h. */
#include "flow.h"

#include <string.h>

static const struct l62_op *op_at(const struct l62_function *f, uint32_t i)
{
	return &g_array_index(f->ops, struct l62_op, i);
}

bool l62_callee_unknown(const struct l62_function *callee)
{
	return !callee || callee->summary.incomplete;
}

static bool splits(const struct l62_op *op)
{
	switch (op->type) {
	case L62_OP_ACQUIRE:
		return op->fails != L62_FAILS_NEVER;
	case L62_OP_GIVE_IF:
		return true;
	case L62_OP_CALL:
		return !l62_callee_unknown(op->callee) &&
		       (op->callee->in_progress || op->callee->summary.outcomes->len > 1);
	default:
		return false;
	}
}

static void cut_blocks(struct l62_flow *flow)
{
	const struct l62_function *f = flow->function;
	GArray *nodes = g_array_new(FALSE, TRUE, sizeof(struct l62_node));

	flow->block_nodes = g_new(uint32_t, f->blocks->len);
	for (uint32_t b = 0; b < f->blocks->len; b++) {
		const struct l62_block *block = &g_array_index(f->blocks, struct l62_block, b);
		struct l62_node node = {.ops = block->ops, .order = L62_NONE};

		flow->block_nodes[b] = nodes->len;
		for (uint32_t i = 0; i < block->nops; i++) {
			node.nops++;
			if (!splits(op_at(f, block->ops + i)))
				continue;
			node.next = nodes->len + 1;
			g_array_append_val(nodes, node);
			node.ops = block->ops + i + 1;
			node.nops = 0;
		}
		node.block = block;
		g_array_append_val(nodes, node);
	}
	g_array_set_size(nodes, nodes->len + 1);
	g_array_index(nodes, struct l62_node, nodes->len - 1).order = L62_NONE;
	flow->nnodes = nodes->len;
	flow->nodes = (struct l62_node *)g_array_free(nodes, FALSE);
}

uint32_t l62_flow_exit(const struct l62_flow *flow)
{
	return flow->nnodes - 1;
}

uint32_t l62_flow_successors(const struct l62_flow *flow, const struct l62_node *node)
{
	if (!node->block)
		return node != &flow->nodes[l62_flow_exit(flow)];
	return node->block->type == L62_TERM_RETURN ? 1 : node->block->ntargets;
}

uint32_t l62_flow_successor(const struct l62_flow *flow, const struct l62_node *node,
                            uint32_t i)
{
	if (!node->block)
		return node->next;
	if (node->block->type == L62_TERM_RETURN)
		return l62_flow_exit(flow);
	return flow->block_nodes[g_array_index(flow->function->targets, uint32_t,
	                                       node->block->targets + i)];
}

struct visit {
	uint32_t node, next; /* successor to see */
};

/* Depth-first: postorder, jumps backwards, strongly connected components. */
struct search {
	struct l62_flow *flow;
	uint32_t *index, *low;
	bool *open, *on_stack; /* being visited; in no component yet */
	GArray *visits, *stack, *post;
	uint32_t count;
};

static void enter(struct search *s, uint32_t node)
{
	struct visit visit = {node, 0};

	s->index[node] = s->low[node] = ++s->count;
	s->open[node] = s->on_stack[node] = true;
	g_array_append_val(s->visits, visit);
	g_array_append_val(s->stack, node);
}

static void close_component(struct search *s, uint32_t root)
{
	uint32_t node, size = 0;

	do {
		node = g_array_index(s->stack, uint32_t, s->stack->len - 1);
		g_array_set_size(s->stack, s->stack->len - 1);
		s->on_stack[node] = false;
		if (node != root || size > 0)
			s->flow->nodes[node].cyclic = true;
		size++;
	} while (node != root);
}

static void leave(struct search *s, uint32_t node)
{
	s->open[node] = false;
	g_array_append_val(s->post, node);
	if (s->low[node] == s->index[node])
		close_component(s, node);
	g_array_set_size(s->visits, s->visits->len - 1);
	if (s->visits->len > 0) {
		uint32_t parent =
		        g_array_index(s->visits, struct visit, s->visits->len - 1).node;

		s->low[parent] = MIN(s->low[parent], s->low[node]);
	}
}

static void search_step(struct search *s)
{
	struct visit *visit = &g_array_index(s->visits, struct visit, s->visits->len - 1);
	struct l62_node *node = &s->flow->nodes[visit->node];
	uint32_t to, from = visit->node;

	if (visit->next == l62_flow_successors(s->flow, node)) {
		leave(s, from);
		return;
	}
	to = l62_flow_successor(s->flow, node, visit->next++);
	if (s->index[to] == 0) {
		enter(s, to);
		return;
	}
	if (s->open[to])
		s->flow->nodes[to].header = true;
	if (to == from)
		node->cyclic = true;
	if (s->on_stack[to])
		s->low[from] = MIN(s->low[from], s->index[to]);
}

static void find_order(struct l62_flow *flow)
{
	struct search s = {
	        .flow = flow,
	        .index = g_new0(uint32_t, flow->nnodes),
	        .low = g_new0(uint32_t, flow->nnodes),
	        .open = g_new0(bool, flow->nnodes),
	        .on_stack = g_new0(bool, flow->nnodes),
	        .visits = g_array_new(FALSE, FALSE, sizeof(struct visit)),
	        .stack = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
	        .post = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
	};

	enter(&s, 0);
	while (s.visits->len > 0)
		search_step(&s);
	flow->nsequence = s.post->len;
	flow->sequence = g_new(uint32_t, s.post->len);
	for (uint32_t i = 0; i < s.post->len; i++) {
		uint32_t node = g_array_index(s.post, uint32_t, s.post->len - 1 - i);

		flow->sequence[i] = node;
		flow->nodes[node].order = i;
	}
	g_array_unref(s.visits);
	g_array_unref(s.stack);
	g_array_unref(s.post);
	g_free(s.index);
	g_free(s.low);
	g_free(s.open);
	g_free(s.on_stack);
}

struct l62_flow *l62_flow_new(const struct l62_function *function)
{
	struct l62_flow *flow = g_new0(struct l62_flow, 1);

	flow->function = function;
	cut_blocks(flow);
	find_order(flow);
	l62_flow_find_live(flow);
	return flow;
}

void l62_flow_free(struct l62_flow *flow)
{
	g_hash_table_unref(flow->slots);
	g_hash_table_unref(flow->written);
	g_hash_table_unref(flow->kept_fields);
	g_free(flow->nodes);
	g_free(flow->block_nodes);
	g_free(flow->sequence);
	g_free(flow->pinned);
	g_free(flow->bits);
	g_free(flow);
}

bool l62_flow_var_live(const struct l62_node *node, uint32_t var)
{
	return node->live[var / 64] >> (var % 64) & 1;
}

uint32_t l62_flow_next_live(const struct l62_flow *flow, const struct l62_node *node,
                            uint32_t var)
{
	for (uint32_t word = var / 64; word < flow->words; word++) {
		uint64_t bits = node->live[word];

		if (word == var / 64)
			bits &= ~UINT64_C(0) << (var % 64);
		if (bits)
			return word * 64 + (uint32_t)__builtin_ctzll(bits);
	}
	return L62_NONE;
}

uint32_t l62_flow_slot(const struct l62_flow *flow, uint32_t field)
{
	uint32_t slot =
	        GPOINTER_TO_UINT(g_hash_table_lookup(flow->slots, GUINT_TO_POINTER(field)));

	if (g_hash_table_contains(flow->kept_fields, GUINT_TO_POINTER(field)))
		return L62_SLOT_ALWAYS;
	return slot ? slot - 1 : L62_NONE;
}

bool l62_flow_slot_live(const struct l62_flow *flow, const struct l62_node *node, uint32_t slot)
{
	if (slot == L62_NONE || node == &flow->nodes[l62_flow_exit(flow)])
		return false;
	return slot == L62_SLOT_ALWAYS || (node->fields[slot / 64] >> (slot % 64) & 1);
}

bool l62_flow_field_live(const struct l62_flow *flow, const struct l62_node *node,
                         uint32_t field)
{
	return l62_flow_slot_live(flow, node, l62_flow_slot(flow, field));
}
