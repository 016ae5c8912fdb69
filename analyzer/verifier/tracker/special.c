/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Faults in special pool: beside a live block it was overrun, anywhere else it was
 * used after it was freed.
 * Source: the documentation of bug checks 0xCC, 0xCD, 0xD5, 0xD6.
 */
#include "special.h"

#include "pool.h"
#include "run/child.h"

enum {
	PAGE_FAULT_IN_FREED_SPECIAL_POOL = 0xcc,
	PAGE_FAULT_BEYOND_END_OF_ALLOCATION = 0xcd,
	DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL = 0xd5,
	DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION = 0xd6,
};

uint32_t l62_special_fault(uint64_t address, bool in_driver)
{
	const struct l62_arena *arena = l62_child_arena();

	if (!l62_pool_is_special(address))
		return 0;
	for (uint32_t i = 1; i < arena->blocks_used; i++) {
		const struct l62_block *block = &arena->blocks[i];

		if (block->live && block->special &&
		    l62_pool_is_near(block->address, block->size, address))
			return in_driver ? DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION
			                 : PAGE_FAULT_BEYOND_END_OF_ALLOCATION;
	}
	return in_driver ? DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL
	                 : PAGE_FAULT_IN_FREED_SPECIAL_POOL;
}
