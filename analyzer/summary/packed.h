/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A state at rest: only what differs from the state at entry, in one block of
 * memory.  Its tail is the status of outer objects that no value refers to any
 * more; all else is its prefix.  Two states of the same prefix behave alike from
 * here on, so that only their tails decide whether they can be one.
 */
#ifndef LEAK62_SUMMARY_PACKED_H
#define LEAK62_SUMMARY_PACKED_H

#include "state.h"

struct l62_packed_object {
	int32_t symbol;
	uint32_t unused;
	struct l62_object object;
};

struct l62_packed_var {
	uint32_t var;
	struct l62_val val;
};

struct l62_packed {
	uint32_t hash;        /* of the prefix */
	uint32_t status_hash; /* of all but signs */
	uint32_t ntail, nobjects, ncells, nvars;
	bool pending, dead;
	bool blurred; /* stands for states that have little in common */
	/* tail, objects, cells, variables */
	struct l62_packed_object objects[];
};

/* With room for so many of each, to be filled.  Freed with g_free(). */
struct l62_packed *l62_packed_new(uint32_t ntail, uint32_t nobjects, uint32_t ncells,
                                  uint32_t nvars);
/* Bytes of all but the tail. */
gsize l62_packed_prefix_size(const struct l62_packed *packed);
/* Fills hash and status_hash, once all else is filled. */
void l62_packed_set_hashes(struct l62_packed *packed);
/* Whether the object of symbol is what it was when the function began: not packed then. */
bool l62_object_is_as_at_entry(const struct l62_solver *s, const struct l62_object *object,
                               int32_t symbol);

/* canonical.c: forgets what cannot matter from node on.  Returns a flag for each
 * symbol: something that can still be used holds it.  It is the solver's and good
 * until the next call. */
const bool *l62_state_forget(struct l62_solver *s, struct l62_state *st,
                             const struct l62_node *node);

/* Whether the field of that slot can be loaded from node on, in the state that
 * l62_state_forget() was called for. */
bool l62_state_slot_live(const struct l62_solver *s, const struct l62_node *node,
                         uint32_t slot);

/* A state as it matters from node on, to be freed with g_free(), and back: st is
 * overwritten. */
struct l62_packed *l62_pack(struct l62_solver *s, struct l62_state *st,
                            const struct l62_node *node);
void l62_unpack(struct l62_solver *s, const struct l62_packed *packed, struct l62_state *st);
/* Whether all but the tail is the same. */
bool l62_packed_same_prefix(const struct l62_packed *a, const struct l62_packed *b);

/* What may be done to make one state of two: nothing; unite what became of objects
 * where there is no contradiction; unite signs too. */
enum l62_effort { L62_EFFORT_COVER, L62_EFFORT_STATUS, L62_EFFORT_SIGNS };
enum l62_relation { L62_APART, L62_COVERED, L62_COVERS, L62_MERGED };
/* merge.c: how a relates to b, which has the same prefix: a is covered by b, a covers
 * b, both are *merged, a new state. */
enum l62_relation l62_packed_relate(struct l62_solver *s, const struct l62_packed *a,
                                    const struct l62_packed *b, enum l62_effort effort,
                                    struct l62_packed **merged);
/* blur.c */
/* A new state in which nothing but signs is less certain, or NULL. */
struct l62_packed *l62_packed_join(struct l62_solver *s, const struct l62_packed *a,
                                   const struct l62_packed *b, const struct l62_node *node);
/* A new state that stands for both: what they do not agree on is kept. */
struct l62_packed *l62_packed_blur(struct l62_solver *s, const struct l62_packed *a,
                                   const struct l62_packed *b, const struct l62_node *node);

#endif
