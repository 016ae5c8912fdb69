/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the parts of the interpreter of ops share. */
#ifndef LEAK62_SLOTS_OPS_H
#define LEAK62_SLOTS_OPS_H

#include "walk.h"

enum where { AT_CELL, AT_KEY, AT_OUTSIDE, AT_MEMORY };

struct at {
	enum where where;
	uint32_t cell;
	uint64_t key;
};

/* What an op's place is. */
struct at l62_op_find(const struct l62_frame *fr, const struct l62_sstate *st,
                      const struct l62_op *op);

/* A step more of st's trail. */
void l62_op_note(struct l62_frame *fr, struct l62_sstate *st, enum l62_trail_type type,
                 uint32_t line);
/* Puts val there. */
void l62_op_store(struct l62_frame *fr, struct l62_sstate *st, struct at at,
                  struct l62_sval val, const struct l62_op *op);
/* The address that op makes, of an element perhaps. */
struct l62_sval l62_op_address_of(const struct l62_frame *fr, const struct l62_sstate *st,
                                  const struct l62_op *op);

/* What op loads. */
struct l62_sval l62_op_load(const struct l62_frame *fr, const struct l62_sstate *st,
                            const struct l62_op *op);
/* An entry of many: the one that is followed, or another. */
bool l62_op_load_one_of_many(struct l62_frame *fr, struct l62_sstate *st,
                             const struct l62_op *op, uint32_t block, uint32_t index);
/* An empty element stands before the one that is followed, and the loop ends there. */
void l62_op_load_gap(struct l62_frame *fr, const struct l62_sstate *st, const struct l62_op *op,
                     uint32_t block, uint32_t index);
/* Zero if what is followed is in that list. */
struct l62_sval l62_op_empty(const struct l62_sstate *st, struct at at);

#endif
