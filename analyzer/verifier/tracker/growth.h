/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What grows from one iteration of the same requests to the next, in the child: for each
 * stack the number of live blocks that it has made, when each iteration ends.
 *
 *   grows         it has more than before at the end of every iteration behind the first
 *   does not      a cache that is filled, a block that replaces the one before
 *
 * A cache that takes longer than the iterations to be filled looks like what grows: more
 * iterations tell.
 */
#ifndef LEAK62_VERIFIER_GROWTH_H
#define LEAK62_VERIFIER_GROWTH_H

#include "arena.h"

/* At the end of an iteration. */
void l62_growth_note(struct l62_arena *arena);

#endif
