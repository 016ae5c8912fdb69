/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Memory for the driver's pool; see pool.h. */
#include "pool.h"

#include <stdlib.h>
#include <sys/mman.h>

static uint64_t pages(uint64_t size)
{
	return (size + L62_POOL_PAGE - 1) & ~(uint64_t)(L62_POOL_PAGE - 1);
}

void *l62_pool_get(uint64_t size, bool special)
{
	uint64_t room = size ? size : 1;
	uint8_t *memory;

	if (room > SIZE_MAX / 4)
		return NULL;
	if (!special) {
		memory = room >= L62_POOL_PAGE ? aligned_alloc(L62_POOL_PAGE, pages(room))
		                               : malloc(room);
		return memory;
	}
	memory = mmap(NULL, pages(room) + L62_POOL_PAGE, PROT_NONE,
	              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return NULL;
	if (mprotect(memory, pages(room), PROT_READ | PROT_WRITE) != 0) {
		munmap(memory, pages(room) + L62_POOL_PAGE);
		return NULL;
	}
	if (room < L62_POOL_PAGE)
		memory += L62_POOL_PAGE - ((room + L62_POOL_ALIGN - 1) & ~(uint64_t)15);
	return memory;
}

void l62_pool_put(void *address, uint64_t size, bool special)
{
	uint64_t room = size ? size : 1;
	uint8_t *memory = address;

	if (!special) {
		free(address);
		return;
	}
	memory -= (uintptr_t)memory % L62_POOL_PAGE;
	/* The pages are given back, their addresses are not. */
	mmap(memory, pages(room) + L62_POOL_PAGE, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}
