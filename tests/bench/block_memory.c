/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a live block takes of the tracker's memory, by what the kernel says is resident:
 * many blocks of few stacks, without the ring, which is there once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "tracker/tracker.h"

enum { BLOCKS = 500000, STACKS = 10, FRAMES = 16 };

static long shared_bytes(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[128];
	long value = -1;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "RssShmem: %ld kB", &value) == 1)
			break;
	}
	if (file)
		fclose(file);
	return value * 1024;
}

int main(void)
{
	struct l62_arena *arena = l62_arena_create();
	uint64_t frames[FRAMES] = {0};
	long before;

	if (!arena)
		return EXIT_FAILURE;
	memset(arena->ring, 1, sizeof(arena->ring));
	before = shared_bytes();
	for (uint64_t i = 1; i <= BLOCKS; i++) {
		struct l62_block block = {
		        .address = i * 64, .size = 64, .length = 64, .tag = 1};

		frames[0] = i % STACKS;
		block.stack = l62_stack_store(arena, frames, FRAMES);
		if (!l62_tracker_add(arena, &block))
			return EXIT_FAILURE;
	}
	if (before < 0)
		return EXIT_FAILURE;
	printf("bytes %.1f\n", (double)(shared_bytes() - before) / BLOCKS);
	l62_arena_destroy(arena);
	return EXIT_SUCCESS;
}
