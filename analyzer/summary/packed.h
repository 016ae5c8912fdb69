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

struct l62_packed *l62_packed_new(uint32_t ntail, uint32_t nobjects, uint32_t ncells,
                                  uint32_t nvars);
/* Bytes of all but the tail. */
gsize l62_packed_prefix_size(const struct l62_packed *packed);
void l62_packed_set_hashes(struct l62_packed *packed);
bool l62_object_is_as_at_entry(const struct l62_solver *s, const struct l62_object *object,
                               int32_t symbol);

#endif
