/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Paged memory that comes and goes with the IRQL; see paged.h. */
#include "paged.h"

#include <stddef.h>
#include <sys/mman.h>

#include "host.h"
#include "run/memory.h"

enum {
	PAGE = 4096,
	SECTIONS_MOST = 16,
	LOCKS_MOST = 255,
	OPENED_MOST = 64,
	DISPATCH_LEVEL = 2
};
#define RANGE (UINT64_C(8) << 30)

static struct {
	uint8_t *base;
	uint64_t used;
	uint8_t *state; /* of each page, 0: of no block, else 1 and how often locked */
} pool;

static struct {
	uint64_t address, size;
	int access;
} sections[SECTIONS_MOST];
static uint32_t section_count;

/* What has been opened since all was closed; OPENED_MOST: too much to know. */
static struct {
	void *pages;
	size_t size;
} opened[OPENED_MOST];
static uint32_t opened_count;

bool l62_paged_open;

static bool open_pages(void *pages, size_t size, int access)
{
	if (opened_count < OPENED_MOST) {
		opened[opened_count].pages = pages;
		opened[opened_count].size = size;
		opened_count++;
	}
	l62_paged_open = true;
	return mprotect(pages, size, access) == 0;
}

static void *reserve(uint64_t size, int access)
{
	return l62_memory_map(size, access);
}

static uint64_t index_of(const void *pages)
{
	return (uint64_t)((const uint8_t *)pages - pool.base) / PAGE;
}

void *l62_paged_take(uint64_t size)
{
	uint8_t *pages;

	if (!pool.base) {
		pool.state = reserve(RANGE / PAGE, PROT_READ | PROT_WRITE);
		pool.base = pool.state ? reserve(RANGE, PROT_NONE) : NULL;
		if (!pool.base)
			return NULL;
		pool.used = PAGE;
	}
	if (size > RANGE - pool.used - PAGE)
		return NULL;
	pages = pool.base + pool.used;
	if (!open_pages(pages, size, PROT_READ | PROT_WRITE))
		return NULL;
	pool.used += size + PAGE;
	for (uint64_t i = 0; i < size / PAGE; i++)
		pool.state[index_of(pages) + i] = 1;
	return pages;
}

void l62_paged_give(void *pages, uint64_t size)
{
	for (uint64_t i = 0; i < size / PAGE; i++)
		pool.state[index_of(pages) + i] = 0;
	mmap(pages, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
	     -1, 0);
}

bool l62_paged_is_pool(uint64_t address)
{
	return pool.base && address - (uintptr_t)pool.base < pool.used;
}

bool l62_paged_add_section(uint64_t address, uint64_t size, int access)
{
	if (section_count == SECTIONS_MOST || address % PAGE != 0)
		return false;
	sections[section_count].address = address;
	sections[section_count].size = (size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
	sections[section_count].access = access;
	section_count++;
	opened_count = OPENED_MOST; /* all sections are open at first */
	l62_paged_open = true;
	return true;
}

static void close_all(void)
{
	if (pool.base)
		mprotect(pool.base, pool.used, PROT_NONE);
	for (uint32_t i = 0; i < section_count; i++)
		mprotect((void *)(uintptr_t)sections[i].address, sections[i].size, PROT_NONE);
}

void l62_paged_close(void)
{
	if (opened_count == OPENED_MOST)
		close_all();
	for (uint32_t i = 0; opened_count < OPENED_MOST && i < opened_count; i++)
		mprotect(opened[i].pages, opened[i].size, PROT_NONE);
	opened_count = 0;
	l62_paged_open = false;
}

/* The state of the page that address is in, or NULL. */
static uint8_t *state_of(uint64_t address)
{
	uint8_t *state;

	if (!l62_paged_is_pool(address))
		return NULL;
	state = &pool.state[(address - (uintptr_t)pool.base) / PAGE];
	return *state ? state : NULL;
}

/* SECTIONS_MOST: none. */
static uint32_t section_of(uint64_t address)
{
	for (uint32_t i = 0; i < section_count; i++) {
		if (address - sections[i].address < sections[i].size)
			return i;
	}
	return SECTIONS_MOST;
}

bool l62_paged_is(uint64_t address)
{
	return state_of(address) || section_of(address) != SECTIONS_MOST;
}

/* All pages of the block, for the others will be wanted soon. */
static bool open_block(const uint8_t *state, bool locked)
{
	const uint8_t *first = state, *last = state;

	while (!locked && first[-1])
		first--;
	while (!locked && last[1])
		last++;
	return open_pages(pool.base + (first - pool.state) * PAGE,
	                  (size_t)(last - first + 1) * PAGE, PROT_READ | PROT_WRITE);
}

bool l62_paged_opened(uint64_t address)
{
	const uint8_t *state = state_of(address);
	bool low = l62_cpu_irql() < DISPATCH_LEVEL;
	uint32_t section;

	if (state)
		return (low || *state > 1) && open_block(state, !low);
	section = low ? section_of(address) : SECTIONS_MOST;
	if (section == SECTIONS_MOST)
		return false;
	return open_pages((void *)(uintptr_t)sections[section].address, sections[section].size,
	                  sections[section].access);
}

void l62_paged_lock(uint64_t address, uint64_t size, int32_t locks)
{
	uint64_t end = address + size;

	for (address -= address % PAGE; address < end; address += PAGE) {
		uint8_t *state = state_of(address);

		if (state && (locks > 0 ? *state < LOCKS_MOST : *state > 1))
			*state = (uint8_t)(*state + locks);
	}
}
