/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The books: blocks, equal stacks, the ring and the statistics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host.h"
#include "tracker/tracker.h"

static struct l62_arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = l62_arena_create();
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	l62_arena_destroy(arena);
	return 0;
}

static struct l62_block *add(uint64_t address, uint64_t size, uint8_t pool)
{
	struct l62_block block = {
	        .address = address, .size = size, .length = size, .tag = 1, .pool = pool};

	assert_true(l62_tracker_add(arena, &block));
	return l62_tracker_find(arena, address);
}

static void finds_what_was_added(void **state)
{
	struct l62_block *block = add(0x1000, 0x20, L62_POOL_NONPAGED);

	(void)state;
	assert_non_null(block);
	assert_int_equal(block->size, 0x20);
	assert_int_equal(block->live, 1);
	assert_null(l62_tracker_find(arena, 0x1010));
	l62_tracker_remove(arena, block, 0, 0, 0);
	assert_null(l62_tracker_find(arena, 0x1000));
}

static void counts_and_keeps_peaks(void **state)
{
	struct l62_statistics *s = &arena->statistics;
	struct l62_block *first = add(0x1000, 0x20, L62_POOL_NONPAGED);

	(void)state;
	add(0x2000, 0x30, L62_POOL_NONPAGED);
	add(0x3000, 0x40, L62_POOL_PAGED);
	l62_tracker_remove(arena, first, 0, 0, 0);
	assert_int_equal(s->succeeded, 3);
	assert_int_equal(s->current[0], 1);
	assert_int_equal(s->current_bytes[0], 0x30);
	assert_int_equal(s->peak[0], 2);
	assert_int_equal(s->peak_bytes[0], 0x50);
	assert_int_equal(s->current[1], 1);
	assert_int_equal(s->peak_bytes[1], 0x40);
}

/* Blocks whose addresses fall into one bucket, freed from the middle. */
static void survives_collisions(void **state)
{
	enum { MANY = 3 * L62_BLOCK_BUCKETS };

	(void)state;
	for (uint64_t i = 1; i <= MANY; i++)
		add(i * 0x1000, 8, L62_POOL_NONPAGED);
	for (uint64_t i = 1; i <= MANY; i += 2)
		l62_tracker_remove(arena, l62_tracker_find(arena, i * 0x1000), 0, 0, 0);
	for (uint64_t i = 1; i <= MANY; i++)
		assert_int_equal(l62_tracker_find(arena, i * 0x1000) == NULL, i & 1);
}

static void uses_freed_entries_again(void **state)
{
	uint32_t used;

	(void)state;
	l62_tracker_remove(arena, add(0x1000, 8, L62_POOL_NONPAGED), 0, 0, 0);
	used = arena->blocks_used;
	for (int i = 0; i < 1000; i++)
		l62_tracker_remove(arena, add(0x1000, 8, L62_POOL_NONPAGED), 0, 0, 0);
	assert_int_equal(arena->blocks_used, used);
}

static void ring_keeps_the_last(void **state)
{
	enum { PAIRS = 35000 };

	(void)state;
	for (uint64_t i = 1; i <= PAIRS; i++)
		l62_tracker_remove(arena, add(i * 16, 8, L62_POOL_NONPAGED), 7, 0, 0);
	assert_int_equal(arena->operations, 2 * PAIRS);
	/* 70,000 operations: 4,464 were overwritten, so the oldest one left is an
	 * allocation, number 2,233. */
	assert_int_equal(arena->ring[arena->operations % L62_RING_SIZE].address, 2233 * 16);
	assert_int_equal(arena->ring[arena->operations % L62_RING_SIZE].is_free, 0);
	assert_int_equal(arena->ring[(arena->operations - 1) % L62_RING_SIZE].address,
	                 PAIRS * 16);
	assert_int_equal(arena->ring[(arena->operations - 1) % L62_RING_SIZE].is_free, 1);
	assert_int_equal(arena->ring[(arena->operations - 1) % L62_RING_SIZE].thread, 7);
}

static void stores_equal_stacks_once(void **state)
{
	const uint64_t a[] = {1, 2, 3}, b[] = {1, 2, 4};
	uint32_t first = l62_stack_store(arena, a, 3);

	(void)state;
	assert_int_not_equal(first, 0);
	assert_int_equal(l62_stack_store(arena, a, 3), first);
	assert_int_not_equal(l62_stack_store(arena, b, 3), first);
	assert_int_not_equal(l62_stack_store(arena, a, 2), first);
	assert_int_equal(l62_stack_store(arena, a, 0), 0);
	assert_int_equal(arena->words_used, 3 + 3 + 2);
	assert_memory_equal(&arena->words[arena->stacks[first].words], a, sizeof(a));
}

static void full_store_gives_none(void **state)
{
	uint64_t frame = 0;
	uint32_t last;

	(void)state;
	do {
		frame++;
		last = l62_stack_store(arena, &frame, 1);
	} while (last);
	assert_int_equal(arena->stacks_used, L62_STACKS_MOST);
	frame = 1;
	assert_int_equal(l62_stack_store(arena, &frame, 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(finds_what_was_added, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(counts_and_keeps_peaks, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(survives_collisions, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(uses_freed_entries_again, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(ring_keeps_the_last, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(stores_equal_stacks_once, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(full_store_gives_none, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
