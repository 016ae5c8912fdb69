/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Keeping the books of a driver's pool, in the child.  Frees are recorded before the
 * memory is given back, allocations after it was had.  Knows nothing of where
 * memory comes from (pool.h) nor of how stacks are captured: both are passed in.
 */
#ifndef LEAK62_VERIFIER_TRACKER_H
#define LEAK62_VERIFIER_TRACKER_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

/* An arena of zeroes, shared with children; NULL if there is no memory. */
struct l62_arena *l62_arena_create(void);
void l62_arena_destroy(struct l62_arena *arena);

/* The index of a stack of up to L62_STACK_DEPTH addresses; 0: empty or no room. */
uint32_t l62_stack_store(struct l62_arena *arena, const uint64_t *frames, size_t count);

/* Books an allocation; block->next, live and sequence are set here.  False: the
 * books are full. */
bool l62_tracker_add(struct l62_arena *arena, const struct l62_block *block);
/* The live block that begins at address, or NULL. */
struct l62_block *l62_tracker_find(struct l62_arena *arena, uint64_t address);
/* Books the free of a live block by thread with the stack. */
void l62_tracker_remove(struct l62_arena *arena, struct l62_block *block, uint64_t thread,
                        uint32_t stack, uint8_t irql);

#endif
