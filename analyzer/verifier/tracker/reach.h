/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which live blocks somebody still points to, in the child, when the run has come to its end:
 * "forgotten" by unload, or "lost" with the last pointer to them.
 *
 *   marked from   writable sections of the image
 *                 devices that are left, with their extensions
 *                 what the kernel keeps for the driver: l62_root_add() of host.h
 *                 the stacks of the driver's threads that have not ended
 *                 timers, DPCs, lookaside lists and ERESOURCEs that are left: the system
 *                 has them in lists of its own, so that the block one lies in is held
 *   on through    marked blocks, contiguous memory and common buffers
 *   then, as lost: from devices that were deleted; from blocks that nothing points to
 *
 * A pointer is any 8 bytes, at a multiple of 8, that are an address in the block, be it not
 * its first.  So what looks like a pointer holds a block, and a pointer that is kept
 * encoded, or unaligned in a packed structure, does not.
 */
#ifndef LEAK62_VERIFIER_REACH_H
#define LEAK62_VERIFIER_REACH_H

#include "arena.h"

/* Fills arena->held from the live blocks and from arena->left, which l62_ledger_report() has
 * written. */
void l62_reach_mark(struct l62_arena *arena);

#endif
