/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What of a driver's functions matters to one slot.
 *
 *   hot       a variable that may hold what the slot holds, or is about to get
 *   watched   a variable that decides whether something of that happens
 *   cell      a field or global that such a decision reads: tracked with the slot
 *   busy      a block in which something of that happens
 *
 * A branch is followed both ways only where what lies between it and the place
 * where its ways meet is busy.
 */
#ifndef LEAK62_SLOTS_SLICE_H
#define LEAK62_SLOTS_SLICE_H

#include "index.h"

enum { L62_CELLS = 12 };

enum l62_branch {
	L62_BRANCH_SKIP, /* go on where the ways meet */
	L62_BRANCH_BOTH, /* nothing depends on it */
	L62_BRANCH_TELLS,
};

struct l62_slice_body {
	struct l62_body *body;
	uint8_t *hot;      /* by class; bits of slice_parts.h */
	bool *leads;       /* by variable: may be the slot's address */
	uint8_t *watched;  /* by class; the same */
	bool *busy;        /* by block */
	uint8_t *branch;   /* by block: enum l62_branch */
	bool does;         /* has a hot variable or an op on the slot or a cell */
	bool rooted;       /* it, or what it calls, names the slot or a cell */
	bool result;       /* what it returns is watched */
	GArray *handovers; /* of uint32_t: ops that pass on what decides */
	uint32_t *next;    /* by op: the first one from there on that is not idle */
	bool stale;        /* while the slice is made: its ops have to be looked at again */
};

struct l62_slice {
	const struct l62_index *index;
	uint32_t slot;
	uint32_t address;          /* what A says of the slot: without "list " */
	GArray *around;            /* of uint32_t: objects that it is a part of */
	bool list, many;           /* many: a list, or an array */
	bool rows;                 /* one pointer in each record of an array */
	bool extension;            /* it is zero in each new device */
	bool context;              /* a field of an object that the driver makes itself */
	bool only_here;            /* what it holds is released from no other slot */
	GHashTable *containers;    /* slots that point to what the slot is a field of */
	uint32_t cells[L62_CELLS]; /* the first is the slot */
	bool counts[L62_CELLS];    /* a cell that is counted up or down */
	uint32_t ncells;
	GPtrArray *bodies;             /* of struct l62_slice_body, in the order found */
	struct l62_slice_body **by_id; /* by the body's id; NULL: not in the slice */
};

/* What matters to slot of the driver that index is of; extension: the slot is zero in each
 * new device.  The index must outlive it and serves one slice at a time; freed by
 * l62_slice_free(). */
struct l62_slice *l62_slice_new(const struct l62_index *index, uint32_t slot, bool extension);
void l62_slice_free(struct l62_slice *slice);

/* idle.c.  Whether plain calls of functions that are not in the slice mean nothing to it. */
bool l62_slice_plain(const struct l62_slice_body *sb);
/* Whether op is such a call; plain: what l62_slice_plain has said. */
static inline bool l62_slice_skips(const struct l62_slice *slice,
                                   const struct l62_slice_body *sb, uint32_t op, bool plain)
{
	uint32_t callee = sb->body->plain[op];

	return plain && callee != L62_NONE && !slice->by_id[callee];
}
/* Fills next. */
void l62_slice_find_idle(struct l62_slice *slice);

/* NULL: the function has nothing to do with the slot. */
struct l62_slice_body *l62_slice_body(const struct l62_slice *slice,
                                      const struct l62_function *f);
/* The number of the cell; L62_NONE if it is none. */
uint32_t l62_slice_cell(const struct l62_slice *slice, uint32_t slot);
/* Whether the value may be what the slot holds, or lead there. */
bool l62_slice_hot(const struct l62_slice_body *sb, const struct l62_value *value);
/* Whether what the variable is has to be known. */
bool l62_slice_kept(const struct l62_slice_body *sb, uint32_t var);
/* Whether the address of slot leads to what is in the slice's: it is that or around it. */
bool l62_slice_leads(const struct l62_slice *slice, uint32_t slot);
/* Whether this call has to do with the slot: one of a helper that others give what is in
 * the slot has not. */
bool l62_slice_concerns(const struct l62_slice_body *sb, const struct l62_op *op,
                        const struct l62_slice_body *callee);

#endif
