/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The books of a driver's pool; see tracker.h. */
#include "tracker.h"

#include <string.h>
#include <sys/mman.h>

#include "cpu/trace.h"
#include "host.h"
#include "timeline.h"

struct l62_arena *l62_arena_create(void)
{
	struct l62_arena *arena = mmap(NULL, sizeof(*arena), PROT_READ | PROT_WRITE,
	                               MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (arena == MAP_FAILED)
		return NULL;
	/* Index 0 means none in all of them. */
	arena->blocks_used = 1;
	arena->stacks_used = 1;
	return arena;
}

void l62_arena_destroy(struct l62_arena *arena)
{
	if (arena)
		munmap(arena, sizeof(*arena));
}

static uint64_t mix(uint64_t value)
{
	value ^= value >> 32;
	value *= UINT64_C(0x9e3779b97f4a7c15);
	return value ^ value >> 29;
}

/* In two lanes, for a multiplication has to wait for the one before. */
static uint32_t hash_of(const uint64_t *frames, size_t count)
{
	uint64_t lanes[2] = {count, ~(uint64_t)count};

	for (size_t i = 0; i + 1 < count; i += 2) {
		lanes[0] = (lanes[0] ^ frames[i]) * UINT64_C(0x9e3779b97f4a7c15);
		lanes[1] = (lanes[1] ^ frames[i + 1]) * UINT64_C(0xc2b2ae3d27d4eb4f);
	}
	if (count % 2)
		lanes[0] = (lanes[0] ^ frames[count - 1]) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)mix(mix(lanes[0]) ^ lanes[1]);
}

static size_t recent_place(const uint64_t *frames, size_t count)
{
	uint64_t sum = frames[0] ^ frames[count / 8] * 3 ^ frames[count / 4] * 5;

	return (sum ^ sum >> 8 ^ frames[count - 1] ^ count) % L62_STACKS_RECENT;
}

static bool is_stack(const struct l62_arena *arena, uint32_t index, const uint64_t *frames,
                     size_t count)
{
	const struct l62_stack_entry *entry = &arena->stacks[index];

	return index && entry->count == count &&
	       memcmp(&arena->words[entry->words], frames, count * sizeof(*frames)) == 0;
}

uint32_t l62_stack_store(struct l62_arena *arena, const uint64_t *frames, size_t count)
{
	uint32_t hash, *bucket, *recent, index;
	struct l62_stack_entry *entry;

	if (count > L62_STACK_DEPTH)
		count = L62_STACK_DEPTH;
	if (count == 0)
		return 0;
	/* Most stacks were met a moment ago: comparing is cheaper than hashing. */
	recent = &arena->stacks_recent[recent_place(frames, count)];
	if (is_stack(arena, *recent, frames, count))
		return *recent;
	hash = hash_of(frames, count);
	bucket = &arena->stack_buckets[hash % L62_STACK_BUCKETS];
	for (index = *bucket; index; index = entry->next) {
		entry = &arena->stacks[index];
		if (entry->hash == hash && is_stack(arena, index, frames, count)) {
			*recent = index;
			return index;
		}
	}
	if (arena->stacks_used == L62_STACKS_MOST ||
	    L62_STACK_WORDS - arena->words_used < count)
		return 0;
	index = arena->stacks_used++;
	arena->stacks[index] = (struct l62_stack_entry){
	        .next = *bucket,
	        .hash = hash,
	        .words = arena->words_used,
	        .count = (uint32_t)count,
	};
	memcpy(&arena->words[arena->words_used], frames, count * sizeof(*frames));
	arena->words_used += (uint32_t)count;
	*bucket = index;
	*recent = index;
	return index;
}

static uint32_t *bucket_of(struct l62_arena *arena, uint64_t address)
{
	return &arena->block_buckets[mix(address >> 4) % L62_BLOCK_BUCKETS];
}

static void log_operation(struct l62_arena *arena, const struct l62_operation *operation)
{
	arena->ring[arena->operations % L62_RING_SIZE] = *operation;
	arena->operations++;
}

static void count_block(struct l62_statistics *s, const struct l62_block *block)
{
	unsigned pool = block->pool == L62_POOL_PAGED;

	s->succeeded++;
	s->special += block->special;
	s->no_tag += block->tag == 0;
	s->current_bytes[pool] += block->length;
	if (++s->current[pool] > s->peak[pool])
		s->peak[pool] = s->current[pool];
	if (s->current_bytes[pool] > s->peak_bytes[pool])
		s->peak_bytes[pool] = s->current_bytes[pool];
}

/* The tag's place, or a free one; NULL: the table is full. */
static struct l62_tag *find_tag(struct l62_arena *arena, const struct l62_block *block)
{
	uint64_t at = mix((uint64_t)block->pool << 32 | block->tag);

	for (uint32_t i = 0; i < L62_TAGS_MOST; i++) {
		struct l62_tag *tag = &arena->tags[(at + i) % L62_TAGS_MOST];

		if (tag->allocations == 0 ||
		    (tag->tag == block->tag && tag->pool == block->pool))
			return tag;
	}
	return NULL;
}

static void count_tag(struct l62_arena *arena, const struct l62_block *block, bool is_free,
                      uint64_t operation)
{
	struct l62_tag *tag = find_tag(arena, block);

	if (!tag || (is_free && tag->allocations == 0)) {
		arena->tags_lost += !is_free;
		return;
	}
	tag->tag = block->tag;
	tag->pool = block->pool;
	if (is_free) {
		tag->frees++;
		tag->bytes -= block->length;
		l62_timeline_add(&arena->timelines[tag - arena->tags], operation, tag->bytes);
		return;
	}
	tag->allocations++;
	tag->bytes += block->length;
	if (tag->bytes > tag->peak_bytes)
		tag->peak_bytes = tag->bytes;
	l62_timeline_add(&arena->timelines[tag - arena->tags], operation, tag->bytes);
}

static void count_use(struct l62_arena *arena, const struct l62_block *block)
{
	struct l62_use *use = &arena->uses[block->stack];

	if (use->allocations++ == 0) {
		use->size = block->size;
		use->tag = block->tag;
	}
	use->varied |= use->size != block->size || use->tag != block->tag;
	use->live++;
	use->bytes += block->length;
}

bool l62_tracker_add(struct l62_arena *arena, const struct l62_block *block)
{
	uint32_t *bucket = bucket_of(arena, block->address), index;
	struct l62_operation operation = {
	        .address = block->address,
	        .size = block->size,
	        .thread = block->thread,
	        .stack = block->stack,
	        .irql = block->irql,
	};

	if (arena->blocks_unused) {
		index = arena->blocks_unused;
		arena->blocks_unused = arena->blocks[index].next;
	} else if (arena->blocks_used < L62_BLOCKS_MOST) {
		index = arena->blocks_used++;
	} else {
		return false;
	}
	count_block(&arena->statistics, block);
	count_tag(arena, block, false, arena->operations + 1);
	count_use(arena, block);
	arena->blocks[index] = *block;
	arena->blocks[index].live = 1;
	arena->blocks[index].sequence = arena->statistics.succeeded;
	arena->blocks[index].moment = l62_trace_moment();
	arena->blocks[index].next = *bucket;
	*bucket = index;
	log_operation(arena, &operation);
	return true;
}

struct l62_block *l62_tracker_find(struct l62_arena *arena, uint64_t address)
{
	uint32_t index = *bucket_of(arena, address);

	while (index && arena->blocks[index].address != address)
		index = arena->blocks[index].next;
	return index ? &arena->blocks[index] : NULL;
}

void l62_tracker_remove(struct l62_arena *arena, struct l62_block *block, uint64_t thread,
                        uint32_t stack, uint8_t irql)
{
	struct l62_statistics *s = &arena->statistics;
	uint32_t index = (uint32_t)(block - arena->blocks);
	uint32_t *link = bucket_of(arena, block->address);
	struct l62_operation operation = {
	        .address = block->address,
	        .size = block->size,
	        .thread = thread,
	        .stack = stack,
	        .is_free = 1,
	        .irql = irql,
	};
	unsigned pool = block->pool == L62_POOL_PAGED;

	log_operation(arena, &operation);
	l62_trace_released(block->kind, L62_LEDGER_COUNT, block->tag, block->stack,
	                   block->moment);
	count_tag(arena, block, true, arena->operations);
	arena->uses[block->stack].live--;
	arena->uses[block->stack].bytes -= block->length;
	s->current[pool]--;
	s->current_bytes[pool] -= block->length;
	while (*link != index)
		link = &arena->blocks[*link].next;
	*link = block->next;
	block->live = 0;
	block->next = arena->blocks_unused;
	arena->blocks_unused = index;
}
