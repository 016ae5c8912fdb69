/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reading what the child left in the arena; see verify.h. */
#include <stdlib.h>

#include "verify.h"

static int by_sequence(const void *a, const void *b, void *arg)
{
	const struct l62_block *blocks = arg;
	uint64_t x = blocks[*(const uint32_t *)a].sequence;
	uint64_t y = blocks[*(const uint32_t *)b].sequence;

	return (x > y) - (x < y);
}

bool l62_read_blocks(struct l62_verify *run)
{
	const struct l62_arena *arena = run->arena;
	uint32_t used = arena->blocks_used;

	if (used > L62_BLOCKS_MOST)
		used = L62_BLOCKS_MOST;
	run->block_count = 0;
	run->blocks = calloc(used ? used : 1, sizeof(*run->blocks));
	if (!run->blocks)
		return false;
	for (uint32_t i = 1; i < used; i++) {
		if (arena->blocks[i].live == 1)
			run->blocks[run->block_count++] = i;
	}
	qsort_r(run->blocks, run->block_count, sizeof(*run->blocks), by_sequence,
	        run->arena->blocks);
	return true;
}

size_t l62_read_stack(const struct l62_verify *run, uint32_t stack, const uint64_t **frames)
{
	const struct l62_arena *arena = run->arena;
	const struct l62_stack_entry *entry;

	if (stack == 0 || stack >= L62_STACKS_MOST || stack >= arena->stacks_used)
		return 0;
	entry = &arena->stacks[stack];
	if (entry->count > L62_STACK_DEPTH || entry->words > L62_STACK_WORDS - L62_STACK_DEPTH)
		return 0;
	*frames = &arena->words[entry->words];
	return entry->count;
}

size_t l62_read_operations(const struct l62_verify *run)
{
	uint64_t count = run->arena->operations;

	return count < L62_RING_SIZE ? (size_t)count : L62_RING_SIZE;
}

const struct l62_operation *l62_read_operation(const struct l62_verify *run, size_t back)
{
	return &run->arena->ring[(run->arena->operations - 1 - back) % L62_RING_SIZE];
}
