/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Memory for the driver's pool; see pool.h.  Special pool lies in one range of
 * addresses, of which each is used once:
 *
 *   guard | pages of a block | guard | pages of a block | guard ...
 */
#include "pool.h"

#include "paged.h"
#include "run/memory.h"

#include <string.h>
#include <sys/mman.h>

enum { SLACK = 0x6b }; /* what the rest of a block's pages is filled with */
#define SPECIAL_RANGE (UINT64_C(8) << 30)

static struct {
	uint8_t *range;
	uint64_t used;
	bool at_start, paged_is_special;
} pool;

static uint64_t pages(uint64_t size)
{
	return (size + L62_POOL_PAGE - 1) & ~(uint64_t)(L62_POOL_PAGE - 1);
}

static uint64_t room_of(uint64_t size)
{
	return size ? size : 1;
}

void l62_pool_verify_start(bool at_start)
{
	pool.at_start = at_start;
}

static uint8_t *take_pages(uint64_t size)
{
	uint8_t *memory;

	if (!pool.range) {
		memory = l62_memory_map(SPECIAL_RANGE, PROT_NONE);
		if (!memory)
			return NULL;
		pool.range = memory;
		pool.used = L62_POOL_PAGE;
	}
	if (size > SPECIAL_RANGE - pool.used - L62_POOL_PAGE)
		return NULL;
	memory = pool.range + pool.used;
	if (mprotect(memory, size, PROT_READ | PROT_WRITE) != 0)
		return NULL;
	pool.used += size + L62_POOL_PAGE;
	return memory;
}

/* Where in its pages a block of special pool begins. */
static void *place(uint8_t *memory, uint64_t room)
{
	memset(memory, SLACK, pages(room));
	if (room < L62_POOL_PAGE && !pool.at_start)
		memory += L62_POOL_PAGE - ((room + L62_POOL_ALIGN - 1) & ~(uint64_t)15);
	return memory;
}

void *l62_pool_get(uint64_t size, bool special)
{
	uint64_t room = room_of(size);
	uint8_t *memory;

	if (room > SIZE_MAX / 4)
		return NULL;
	if (!special)
		return l62_memory_get(room);
	memory = take_pages(pages(room));
	return memory ? place(memory, room) : NULL;
}

void *l62_pool_get_paged(uint64_t size, bool special)
{
	uint64_t room = room_of(size);
	uint8_t *memory = room > SIZE_MAX / 4 ? NULL : l62_paged_take(pages(room));

	if (!memory)
		return l62_pool_get(size, special);
	pool.paged_is_special = special;
	return special ? place(memory, room) : memory;
}

/* The first byte from first on, before end, that is not as it was filled; or NULL. */
static const uint8_t *written(const uint8_t *first, const uint8_t *end)
{
	if (first == end ||
	    (*first == SLACK && memcmp(first, first + 1, (size_t)(end - first) - 1) == 0))
		return NULL;
	while (*first == SLACK)
		first++;
	return first;
}

const void *l62_pool_damage(const void *address, uint64_t size)
{
	const uint8_t *block = address, *end = block + room_of(size);
	const uint8_t *first = block - (uintptr_t)block % L62_POOL_PAGE;
	const uint8_t *damage = written(end, first + pages(room_of(size)));

	return damage ? damage : written(first, block);
}

bool l62_pool_is_special(uint64_t address)
{
	return (pool.range && address - (uintptr_t)pool.range < pool.used) ||
	       (pool.paged_is_special && l62_paged_is_pool(address));
}

bool l62_pool_is_near(uint64_t block, uint64_t size, uint64_t address)
{
	uint64_t low = block - block % L62_POOL_PAGE - L62_POOL_PAGE;

	return address - low < pages(room_of(size)) + (uint64_t)2 * L62_POOL_PAGE;
}

void l62_pool_put(void *address, uint64_t size, bool special)
{
	uint8_t *memory = address;

	if (l62_paged_is_pool((uintptr_t)address)) {
		memory -= (uintptr_t)memory % L62_POOL_PAGE;
		l62_paged_give(memory, pages(room_of(size)));
		return;
	}
	if (!special) {
		l62_memory_put(address, room_of(size));
		return;
	}
	memory -= (uintptr_t)memory % L62_POOL_PAGE;
	/* The pages are given back, their addresses are not. */
	mmap(memory, pages(room_of(size)), PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}
