/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The graph that the solver walks: nodes, their order, cycles; see flow.h. */
#include "flow.h"

#include <string.h>

/* Each op that may have several outcomes is a call within a call. */
enum { L62_NODE_OPS = 64 };

static const struct l62_op *op_at(const struct l62_function *f, uint32_t i)
{
	return &g_array_index(f->ops, struct l62_op, i);
}

bool l62_callee_unknown(const struct l62_function *callee)
{
	return !callee || callee->summary.incomplete;
}

bool l62_op_tells_null(const struct l62_op *op)
{
	return op->type == L62_OP_COMPUTE && op->other.type == L62_VALUE_SIGN &&
	       op->other.n == L62_ZERO &&
	       (strcmp(op->operator, "==") == 0 || strcmp(op->operator, "!=") == 0);
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
			if (!splits(op_at(f, block->ops + i)) && node.nops < L62_NODE_OPS)
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

struct jump {
	uint32_t from, to;
};

struct visit {
	uint32_t node;
	uint32_t next, depth; /* the successor to see, and how deep those are now */
};

/* Depth-first: postorder, jumps backwards, strongly connected components. */
struct search {
	struct l62_flow *flow;
	uint32_t *index, *low;
	bool *open, *on_stack; /* being visited; in no component yet */
	GArray *back;          /* of struct jump: those backwards */
	GArray *visits, *stack, *post;
	uint32_t count;
};

static void enter(struct search *s, uint32_t node)
{
	struct visit visit = {node, 0, 0};

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

/* The next successor, those in the fewest loops first: what is visited first comes
 * last in reverse postorder.  False if there is none. */
static bool next_successor(const struct l62_flow *flow, struct visit *visit, uint32_t *to)
{
	const struct l62_node *node = &flow->nodes[visit->node];
	uint32_t count = l62_flow_successors(flow, node);

	for (;;) {
		uint32_t deeper = L62_NONE;

		while (visit->next < count) {
			*to = l62_flow_successor(flow, node, visit->next++);
			if (flow->nodes[*to].depth == visit->depth)
				return true;
		}
		for (uint32_t i = 0; i < count; i++) {
			uint32_t depth = flow->nodes[l62_flow_successor(flow, node, i)].depth;

			if (depth > visit->depth)
				deeper = MIN(deeper, depth);
		}
		if (deeper == L62_NONE)
			return false;
		visit->depth = deeper;
		visit->next = 0;
	}
}

static void search_step(struct search *s)
{
	struct visit *visit = &g_array_index(s->visits, struct visit, s->visits->len - 1);
	struct l62_node *node = &s->flow->nodes[visit->node];
	uint32_t to, from = visit->node;

	if (!next_successor(s->flow, visit, &to)) {
		leave(s, from);
		return;
	}
	if (s->index[to] == 0) {
		enter(s, to);
		return;
	}
	if (s->open[to]) {
		struct jump jump = {from, to};

		s->flow->nodes[to].header = true;
		g_array_append_val(s->back, jump);
	}
	if (to == from)
		node->cyclic = true;
	if (s->on_stack[to])
		s->low[from] = MIN(s->low[from], s->index[to]);
}

static void search_all(struct search *s)
{
	uint32_t count = s->flow->nnodes;

	memset(s->index, 0, count * sizeof(*s->index));
	s->count = 0;
	g_array_set_size(s->post, 0);
	enter(s, 0);
	while (s->visits->len > 0)
		search_step(s);
}

/* Counts the loop that the jumps to one header make in the depth of its nodes. */
static void count_loop(struct l62_flow *flow, const GArray *back, const GPtrArray *before,
                       uint32_t header)
{
	bool *inside = g_new0(bool, flow->nnodes);
	GArray *stack = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	inside[header] = true;
	for (guint i = 0; i < back->len; i++) {
		const struct jump *jump = &g_array_index(back, struct jump, i);

		if (jump->to == header && !inside[jump->from]) {
			inside[jump->from] = true;
			g_array_append_val(stack, jump->from);
		}
	}
	while (stack->len > 0) {
		const GArray *from =
		        before->pdata[g_array_index(stack, uint32_t, stack->len - 1)];

		g_array_set_size(stack, stack->len - 1);
		for (guint i = 0; i < from->len; i++) {
			uint32_t node = g_array_index(from, uint32_t, i);

			if (!inside[node]) {
				inside[node] = true;
				g_array_append_val(stack, node);
			}
		}
	}
	for (uint32_t i = 0; i < flow->nnodes; i++)
		flow->nodes[i].depth += inside[i];
	g_array_unref(stack);
	g_free(inside);
}

static void find_depths(struct l62_flow *flow, const GArray *back)
{
	GPtrArray *before = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

	for (uint32_t i = 0; i < flow->nnodes; i++)
		g_ptr_array_add(before, g_array_new(FALSE, FALSE, sizeof(uint32_t)));
	for (uint32_t i = 0; i < flow->nnodes; i++) {
		for (uint32_t j = 0; j < l62_flow_successors(flow, &flow->nodes[i]); j++)
			g_array_append_val(
			        before->pdata[l62_flow_successor(flow, &flow->nodes[i], j)], i);
	}
	for (uint32_t i = 0; i < flow->nnodes; i++) {
		if (flow->nodes[i].header)
			count_loop(flow, back, before, i);
	}
	g_ptr_array_unref(before);
}

static void set_sequence(struct l62_flow *flow, const GArray *post)
{
	flow->nsequence = post->len;
	flow->sequence = g_new(uint32_t, post->len);
	for (uint32_t i = 0; i < post->len; i++) {
		uint32_t node = g_array_index(post, uint32_t, post->len - 1 - i);

		flow->sequence[i] = node;
		flow->nodes[node].order = i;
	}
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
	        .back = g_array_new(FALSE, FALSE, sizeof(struct jump)),
	};

	/* Once for the loops, and again so that a loop comes before what follows it. */
	search_all(&s);
	if (s.back->len > 0) {
		find_depths(flow, s.back);
		search_all(&s);
	}
	set_sequence(flow, s.post);
	g_array_unref(s.visits);
	g_array_unref(s.stack);
	g_array_unref(s.post);
	g_array_unref(s.back);
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

	return slot ? slot - 1 : L62_NONE;
}

bool l62_flow_slot_live(const struct l62_flow *flow, const struct l62_node *node, uint32_t slot)
{
	return slot != L62_NONE && node != &flow->nodes[l62_flow_exit(flow)] &&
	       (node->fields[slot / 64] >> (slot % 64) & 1);
}
