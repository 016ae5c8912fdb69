/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Rings: arrays whose elements are filled one after the other, round and round.  What is
 * put in an element then meets what an earlier request has put there.
 */
#ifndef LEAK62_SLOTS_RINGS_H
#define LEAK62_SLOTS_RINGS_H

#include "index.h"

/* Whether body's index of an element is Next % SIZE or Next & MASK, Next being a number of
 * the driver's, and neither body nor who calls it asks how many elements are in use: what
 * is refused when all are never meets anything. */
bool l62_rings_come_round(const struct l62_index *index, const struct l62_body *body,
                          const struct l62_value *value);

#endif
