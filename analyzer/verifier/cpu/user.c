/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The user's half of the address space: L62_USER_START to L62_USER_END, where nothing lies but
 * the buffers of the requests' programs.  Each has a second address in the kernel's half,
 * for MDLs; its pages stay as long as it is locked.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "host.h"

enum { REGIONS_MOST = 1024, PAGE = 4096 };

struct region {
	uint64_t address, size, alias;
	uint32_t locks;
	bool mapped; /* in the user's half */
};

static struct region regions[REGIONS_MOST];
static uint64_t next = L62_USER_START;

static uint64_t pages(uint64_t size)
{
	return (size + (size == 0) + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

static struct region *find(uint64_t address, uint64_t size)
{
	for (int i = 0; i < REGIONS_MOST; i++) {
		struct region *region = &regions[i];

		if (region->size && address >= region->address &&
		    address - region->address < region->size &&
		    size <= region->size - (address - region->address))
			return region;
	}
	return NULL;
}

/* Pages not used before, as long as there are any, with one free behind them. */
static void *map(uint64_t size)
{
	for (int round = 0; round < 2; round++) {
		while (next + size + PAGE <= L62_USER_END) {
			void *want = (void *)(uintptr_t)next;
			void *got =
			        mmap(want, size, PROT_READ | PROT_WRITE,
			             MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

			next += size + PAGE;
			if (got == want)
				return got;
			if (got != MAP_FAILED)
				munmap(got, size);
		}
		next = L62_USER_START;
	}
	return NULL;
}

void *l62_user_alloc(uint64_t size)
{
	struct region *region = NULL;
	void *memory, *alias;

	for (int i = 0; i < REGIONS_MOST && !region; i++)
		region = regions[i].size ? NULL : &regions[i];
	if (!region || size > L62_USER_END - L62_USER_START)
		return NULL;
	memory = map(pages(size));
	if (!memory)
		return NULL;
	/* A shared mapping moved with an old size of 0 is doubled. */
	alias = mremap(memory, 0, pages(size), MREMAP_MAYMOVE);
	if (alias == MAP_FAILED) {
		munmap(memory, pages(size));
		return NULL;
	}
	*region = (struct region){(uintptr_t)memory, pages(size), (uintptr_t)alias, 0, true};
	return memory;
}

static void release(struct region *region)
{
	if (region->mapped || region->locks)
		return;
	munmap((void *)(uintptr_t)region->alias, region->size);
	region->size = 0;
}

int32_t l62_user_free(void *address)
{
	for (int i = 0; i < REGIONS_MOST; i++) {
		struct region *region = &regions[i];

		if (!region->size || !region->mapped || region->address != (uintptr_t)address)
			continue;
		munmap(address, region->size);
		region->mapped = false;
		release(region);
		return 1;
	}
	return 0;
}

void *l62_user_lock(uint64_t address, uint64_t size)
{
	struct region *region = find(address, size);

	if (!region || !region->mapped)
		return NULL;
	region->locks++;
	return (void *)(uintptr_t)(region->alias + (address - region->address));
}

void l62_user_unlock(const void *alias)
{
	for (int i = 0; i < REGIONS_MOST; i++) {
		struct region *region = &regions[i];

		if (region->size && region->locks &&
		    (uintptr_t)alias - region->alias < region->size) {
			region->locks--;
			release(region);
			return;
		}
	}
}
