/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Bytes in use over a run, in the child: as many parts of equally many operations as there
 * is room for.  When the room is used up, each two neighbours become one, and parts take
 * twice as many operations from then on; of each the peak and the last value are kept.
 */
#ifndef LEAK62_VERIFIER_TIMELINE_H
#define LEAK62_VERIFIER_TIMELINE_H

#include "arena.h"

/* bytes: in use after that operation; operations are numbered from 1 and only rise. */
void l62_timeline_add(struct l62_timeline *timeline, uint64_t operation, uint64_t bytes);

#endif
