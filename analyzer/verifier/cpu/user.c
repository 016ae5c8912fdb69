/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The user's half of the address space: L62_USER_START to L62_USER_END, where nothing lies but
 * the buffers of the requests' programs, and what drivers map there.  Each buffer has a
 * second address in the kernel's half, for MDLs; its pages stay as long as it is locked.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "host.h"
#include "run/memory.h"

enum { REGIONS_MOST = 1024, VIEWS_MOST = 256, PAGE = 4096 };

struct region {
	uint64_t address, size, alias;
	uint32_t locks;
	bool mapped; /* in the user's half */
};

static struct region regions[REGIONS_MOST];
static struct view {
	void *address; /* NULL: free */
	uint64_t size;
} views[VIEWS_MOST];
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
	alias = l62_memory_map(pages(size), PROT_NONE);
	if (alias)
		alias = mremap(memory, 0, pages(size), MREMAP_MAYMOVE | MREMAP_FIXED, alias);
	if (!alias || alias == MAP_FAILED) {
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

static void *map_at(uint64_t want, uint64_t size)
{
	void *at = (void *)(uintptr_t)want, *got;

	if (want % PAGE || want < L62_USER_START || want > L62_USER_END ||
	    size > L62_USER_END - want)
		return NULL;
	got = mmap(at, size, PROT_READ | PROT_WRITE,
	           MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (got == at)
		return got;
	if (got != MAP_FAILED)
		munmap(got, size);
	return NULL;
}

/* Of any page, also where AddressSanitizer knows parts of it as nobody's. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
__attribute__((no_sanitize("address")))
#endif
#endif
static void
copy_page(volatile uint64_t *to, const volatile uint64_t *from)
{
	for (size_t i = 0; i < PAGE / sizeof(*to); i++)
		to[i] = from[i];
}

/* A private page cannot be doubled, and the attempt unmaps to: it is replaced by a shared
 * one with the same bytes.  There is one thread, which does nothing in between. */
static bool double_page(uint8_t *page, uint8_t *to)
{
	if (mremap(page, 0, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to)
		return true;
	if (mmap(to, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1,
	         0) != to)
		return false;
	copy_page((volatile uint64_t *)(void *)to, (const volatile uint64_t *)(void *)page);
	return mremap(to, 0, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page) == page;
}

void *l62_user_map(void *memory, uint64_t size, void *want)
{
	struct view *view = NULL;
	uint8_t *address;

	for (int i = 0; i < VIEWS_MOST && !view; i++)
		view = views[i].address ? NULL : &views[i];
	if (!view || size > L62_USER_END - L62_USER_START)
		return NULL;
	address = want ? map_at((uintptr_t)want, size) : map(size);
	for (uint64_t done = 0; address && done < size; done += PAGE) {
		if (!double_page((uint8_t *)memory + done, address + done)) {
			munmap(address, size);
			return NULL;
		}
	}
	if (address)
		*view = (struct view){address, size};
	return address;
}

int32_t l62_user_unmap(void *address)
{
	for (int i = 0; address && i < VIEWS_MOST; i++) {
		if (views[i].address != address)
			continue;
		munmap(address, views[i].size);
		views[i].address = NULL;
		return 1;
	}
	return 0;
}
