/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Mappings one behind the other in a range of addresses where the system puts nothing of its
 * own, with a page left out between them; blocks from chunks of such pages by size:
 *
 *   up to a page    multiples of 16 bytes
 *   up to 1 MiB     multiples of a page
 *   above           a mapping of its own
 */
#include "memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "sched/sanitize.h"

enum { PAGE = 4096, UNIT = 16, CHUNK = 1 << 20, SMALL = PAGE / UNIT, LARGE = CHUNK / PAGE };

/* Half way between the heap of a program at 0x55... and what is below it; also outside of the
 * shadow of AddressSanitizer. */
#define FIRST UINT64_C(0x200000000000)

static uint64_t next_address = FIRST;

static uint64_t pages(uint64_t size)
{
	return (size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

void *l62_memory_map(uint64_t size, int access)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	void *want = (void *)(uintptr_t)next_address;
	void *got = mmap(want, size, access, flags | MAP_FIXED_NOREPLACE, -1, 0);

	if (got != MAP_FAILED && got != want) { /* a kernel that does not know the flag */
		munmap(got, size);
		got = MAP_FAILED;
	}
	if (got == MAP_FAILED)
		got = mmap(NULL, size, access, flags, -1, 0);
	else
		next_address += pages(size) + PAGE;
	return got == MAP_FAILED ? NULL : got;
}

#ifdef L62_SANITIZED
void *l62_memory_get(uint64_t room)
{
	return room >= PAGE ? aligned_alloc(PAGE, pages(room)) : malloc(room ? room : 1);
}

void l62_memory_put(void *memory, uint64_t room)
{
	(void)room;
	free(memory);
}
#else
struct unused {
	struct unused *next;
};

static struct {
	struct unused *lists[SMALL + LARGE + 1];
	uint8_t *chunk[2]; /* of small blocks, of pages: what is left */
	uint64_t left[2];
} heap;

/* Which list, and what its blocks take. */
static size_t class_of(uint64_t room, uint64_t *size)
{
	if (room < PAGE) {
		*size = room ? (room + UNIT - 1) & ~(uint64_t)(UNIT - 1) : UNIT;
		return (size_t)(*size / UNIT) - 1;
	}
	*size = pages(room);
	return SMALL + (size_t)(*size / PAGE);
}

/* A driver that writes to what it has freed must not lead anywhere. */
static bool is_block(const struct unused *block)
{
	uint64_t at = (uintptr_t)block;

	return at >= FIRST && at < next_address && at % UNIT == 0;
}

static void *carve(uint64_t size)
{
	int kind = size >= PAGE;
	uint8_t *block;

	if (heap.left[kind] < size) {
		heap.chunk[kind] = l62_memory_map(CHUNK, PROT_READ | PROT_WRITE);
		heap.left[kind] = heap.chunk[kind] ? CHUNK : 0;
	}
	if (heap.left[kind] < size)
		return NULL;
	block = heap.chunk[kind];
	heap.chunk[kind] += size;
	heap.left[kind] -= size;
	return block;
}

void *l62_memory_get(uint64_t room)
{
	struct unused *block;
	uint64_t size;
	size_t class;

	if (room > CHUNK)
		return room > SIZE_MAX / 4 ? NULL
		                           : l62_memory_map(room, PROT_READ | PROT_WRITE);
	class = class_of(room, &size);
	block = heap.lists[class];
	if (!block)
		return carve(size);
	heap.lists[class] = is_block(block->next) ? block->next : NULL;
	return block;
}

void l62_memory_put(void *memory, uint64_t room)
{
	struct unused *block = memory;
	uint64_t size;
	size_t class;

	if (!memory)
		return;
	if (room > CHUNK) {
		munmap(memory, pages(room));
		return;
	}
	class = class_of(room, &size);
	block->next = heap.lists[class];
	heap.lists[class] = block;
}
#endif
