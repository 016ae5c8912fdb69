/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The graph that the solver walks: a function's blocks, cut after each op that
 * has several outcomes, and what can still matter where.
 */
#ifndef LEAK62_SUMMARY_FLOW_H
#define LEAK62_SUMMARY_FLOW_H

#include "program.h"

struct l62_node {
	uint32_t ops, nops;
	const struct l62_block *block; /* whose terminator ends it; NULL: goes on at next */
	uint32_t next;
	uint32_t order;   /* reverse postorder; L62_NONE: not reached */
	uint32_t depth;   /* how many loops it lies in */
	bool cyclic;      /* lies on a cycle */
	bool header;      /* a jump backwards ends here */
	uint64_t *live;   /* bits: variables whose value can still matter at its start */
	uint64_t *fields; /* bits: fields that can still be loaded, by their slot */
};

struct l62_flow {
	const struct l62_function *function;
	struct l62_node *nodes;
	uint32_t nnodes; /* the last one is where all returns meet */
	uint32_t *block_nodes;
	uint32_t *sequence; /* the reached nodes in reverse postorder */
	uint32_t nsequence;
	uint32_t words, field_words;
	GHashTable *slots;   /* atoms of loaded fields -> slot + 1 */
	GHashTable *written; /* atoms of fields that the function writes */
	bool stores_pointer; /* through a pointer: what "*" holds may be one */
	bool *pinned;        /* variables whose address is kept: always live */
	uint64_t *bits;      /* of all nodes */
};

/* The graph of function, which must outlive it; freed by l62_flow_free(). */
struct l62_flow *l62_flow_new(const struct l62_function *function);
void l62_flow_free(struct l62_flow *flow);

/* The number of the node where all returns meet. */
uint32_t l62_flow_exit(const struct l62_flow *flow);
/* How many nodes may come after node, and the number of the i-th of them. */
uint32_t l62_flow_successors(const struct l62_flow *flow, const struct l62_node *node);
uint32_t l62_flow_successor(const struct l62_flow *flow, const struct l62_node *node,
                            uint32_t i);

/* Where a field's bit is; L62_NONE: it is never loaded. */
uint32_t l62_flow_slot(const struct l62_flow *flow, uint32_t field);
bool l62_flow_slot_live(const struct l62_flow *flow, const struct l62_node *node,
                        uint32_t slot);

/* The next live variable from var on; L62_NONE: no more. */
uint32_t l62_flow_next_live(const struct l62_flow *flow, const struct l62_node *node,
                            uint32_t var);
bool l62_flow_var_live(const struct l62_node *node, uint32_t var);

/* Whether op computes if a pointer is null. */
bool l62_op_tells_null(const struct l62_op *op);
/* True if a callee's summary cannot be used: it may do anything. */
bool l62_callee_unknown(const struct l62_function *callee);

/* liveness.c: fills the nodes' bits. */
void l62_flow_find_live(struct l62_flow *flow);

#endif
