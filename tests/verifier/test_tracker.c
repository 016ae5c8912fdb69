/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The books: blocks, equal stacks, the ring and the statistics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host.h"
#include "tracker/objects.h"
#include "tracker/pool.h"
#include "tracker/growth.h"
#include "tracker/timeline.h"
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

static const struct l62_tag *tag_of(uint32_t tag, uint8_t pool)
{
	for (int i = 0; i < L62_TAGS_MOST; i++) {
		const struct l62_tag *t = &arena->tags[i];

		if (t->allocations && t->tag == tag && t->pool == pool)
			return t;
	}
	return NULL;
}

static void counts_tags(void **state)
{
	const struct l62_tag *tag;

	(void)state;
	l62_tracker_remove(arena, add(0x1000, 0x20, L62_POOL_NONPAGED), 0, 0, 0);
	add(0x2000, 0x30, L62_POOL_NONPAGED);
	add(0x3000, 0x40, L62_POOL_PAGED);
	tag = tag_of(1, L62_POOL_NONPAGED);
	assert_non_null(tag);
	assert_int_equal(tag->allocations, 2);
	assert_int_equal(tag->frees, 1);
	assert_int_equal(tag->bytes, 0x30);
	assert_int_equal(tag->peak_bytes, 0x30);
	tag = tag_of(1, L62_POOL_PAGED);
	assert_non_null(tag);
	assert_int_equal(tag->allocations, 1);
	assert_null(tag_of(2, L62_POOL_PAGED));
}

/* Those that the table has no room for are counted as lost. */
static void tags_end(void **state)
{
	struct l62_block block = {.size = 8, .length = 8};

	(void)state;
	for (uint32_t i = 0; i < L62_TAGS_MOST + 3; i++) {
		block.address = 0x1000 + (uint64_t)i * 16;
		block.tag = i + 1;
		assert_true(l62_tracker_add(arena, &block));
	}
	assert_int_equal(arena->tags_lost, 3);
	l62_tracker_remove(arena, l62_tracker_find(arena, block.address), 0, 0, 0);
	assert_int_equal(arena->tags_lost, 3);
	assert_non_null(tag_of(1, L62_POOL_NONPAGED));
	assert_null(tag_of(L62_TAGS_MOST + 3, L62_POOL_NONPAGED));
}

static const void *at(uintptr_t address)
{
	return (const void *)address;
}

static void active_objects(void **state)
{
	(void)state;
	assert_null(l62_objects_find(0x1000, 0x100));
	l62_object_add(L62_OBJECT_TIMER, at(0x10f8), 16);
	l62_object_add(L62_OBJECT_RESOURCE, at(0x2000), 16);
	assert_int_equal(l62_objects_find(0x1000, 0x100)->kind, L62_OBJECT_TIMER);
	assert_int_equal(l62_objects_find(0x1100, 8)->kind, L62_OBJECT_TIMER);
	assert_null(l62_objects_find(0x1000, 0xf8));
	assert_null(l62_objects_find(0x1108, 0x10));
	assert_int_equal(l62_objects_find(0x1000, 0x2000)->kind, L62_OBJECT_RESOURCE);
	l62_object_remove(L62_OBJECT_RESOURCE, at(0x10f8)); /* it is none */
	l62_object_remove(L62_OBJECT_TIMER, at(0x10f8));
	assert_null(l62_objects_find(0x1000, 0x200));
	l62_object_remove(L62_OBJECT_RESOURCE, at(0x2000));
	assert_null(l62_objects_find(0, UINT64_MAX));
}

/* What lies around a block of special pool is watched, and only that. */
static void special_pool_sees_damage(void **state)
{
	uint8_t *block = l62_pool_get(30, true);

	(void)state;
	assert_non_null(block);
	assert_int_equal((uintptr_t)block % L62_POOL_PAGE, L62_POOL_PAGE - 32);
	memset(block, 0, 30);
	assert_null(l62_pool_damage(block, 30));
	block[31] = 0;
	assert_ptr_equal(l62_pool_damage(block, 30), block + 31);
	block[-1] = 0;
	assert_ptr_equal(l62_pool_damage(block, 30), block + 31);
	assert_true(l62_pool_is_special((uintptr_t)block));
	assert_false(l62_pool_is_special((uintptr_t)&block));
	assert_true(l62_pool_is_near((uintptr_t)block, 30, (uintptr_t)block + 32));
	assert_true(l62_pool_is_near((uintptr_t)block, 30, (uintptr_t)block - L62_POOL_PAGE));
	assert_false(
	        l62_pool_is_near((uintptr_t)block, 30, (uintptr_t)block + 32 + L62_POOL_PAGE));
	l62_pool_put(block, 30, true);
	l62_pool_verify_start(true);
	block = l62_pool_get(30, true);
	l62_pool_verify_start(false);
	assert_int_equal((uintptr_t)block % L62_POOL_PAGE, 0);
	assert_null(l62_pool_damage(block, 30));
	l62_pool_put(block, 30, true);
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

/* However many operations: the first, the last and the highest, in rising order. */
static void timelines_keep_ends_and_peak(void **state)
{
	(void)state;
	for (uint64_t count = 1; count < 3000000; count = count * 7 + 3) {
		struct l62_timeline timeline = {0};
		uint64_t bytes = 0, highest = 0, highest_at = 0, seed = count, before = 0;
		bool found = false;

		for (uint64_t i = 1; i <= count; i++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
			bytes = seed >> 40;
			if (bytes > highest) {
				highest = bytes;
				highest_at = i * 3;
			}
			l62_timeline_add(&timeline, i * 3, bytes);
			if (i == 1)
				assert_int_equal(timeline.first, bytes);
		}
		assert_int_equal(timeline.first_at, 3);
		assert_in_range(timeline.used, 1, L62_TIMELINE_MOST);
		for (uint32_t i = 0; i < timeline.used; i++) {
			const struct l62_timeline_part *part = &timeline.parts[i];

			if (!part->last_at)
				continue;
			assert_true(part->peak_at > before && part->peak_at <= part->last_at);
			assert_true(part->peak >= part->last);
			before = part->last_at;
			found |= part->peak_at == highest_at && part->peak == highest;
		}
		assert_int_equal(before, count * 3);
		assert_true(found);
	}
}

/* Rounds as a driver makes them: one stack keeps more each time, one once, one now and then,
 * one gives back as much as it takes. */
static void growth_is_growth_each_time(void **state)
{
	enum { ROUNDS = 6 };
	uint32_t stacks[4];
	uint64_t address = 0x1000, replaced = 0;

	(void)state;
	for (uint64_t i = 0; i < 4; i++) {
		uint64_t frame = (i + 1) * 10;

		stacks[i] = l62_stack_store(arena, &frame, 1);
	}
	for (int round = 0; round < ROUNDS; round++) {
		int counts[] = {2 + (round == 3), round == 0, round % 2, 1};

		if (replaced)
			l62_tracker_remove(arena, l62_tracker_find(arena, replaced), 0, 0, 0);
		for (int i = 0; i < 4; i++) {
			for (int n = 0; n < counts[i]; n++) {
				struct l62_block block = {.address = address += 0x100,
				                          .size = 16,
				                          .length = 16,
				                          .stack = stacks[i]};

				assert_true(l62_tracker_add(arena, &block));
				replaced = block.address;
			}
		}
		l62_growth_note(arena);
	}
	assert_int_equal(arena->iterations, ROUNDS);
	assert_int_equal(arena->uses[stacks[0]].grown, ROUNDS - 1);
	assert_int_equal(arena->uses[stacks[0]].least, 2);
	assert_int_equal(arena->uses[stacks[0]].live_then, ROUNDS * 2 + 1);
	assert_int_equal(arena->uses[stacks[1]].grown, 0);
	assert_int_not_equal(arena->uses[stacks[2]].grown, ROUNDS - 1);
	assert_int_equal(arena->uses[stacks[3]].grown, 0);
	assert_int_equal(arena->uses[stacks[3]].allocations, ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(finds_what_was_added, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(counts_and_keeps_peaks, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(counts_tags, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(tags_end, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(active_objects, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(special_pool_sees_damage, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(survives_collisions, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(uses_freed_entries_again, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(ring_keeps_the_last, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(stores_equal_stacks_once, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(full_store_gives_none, set_up, tear_down),
	        cmocka_unit_test(timelines_keep_ends_and_peak),
	        cmocka_unit_test_setup_teardown(growth_is_growth_each_time, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
