/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Pool charged to the process's quota, of which there is always enough; these raise when
 * there is no memory, unless they are told not to. */
#include "nt.h"

#define POOL_PAGED_BIT 1
#define PROTECTED 0x80000000u
#define TAG_NONE 0x656e6f4e /* 'None' */

static PVOID allocate(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	struct l62_pool_request request = {
	        .size = size,
	        .tag = tag & ~PROTECTED,
	        .kind = L62_KIND_POOL,
	        .pool = type & POOL_PAGED_BIT ? L62_POOL_PAGED : L62_POOL_NONPAGED,
	        .zeroed = (type & POOL_ZERO_ALLOCATION) != 0,
	        .frames = L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper,
	                             L62_FRAME_VerifierExAllocatePoolWithQuotaTag),
	};
	PVOID memory = l62_pool_allocate(&request);

	if (!memory && !(type & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE))
		l62_raise(STATUS_INSUFFICIENT_RESOURCES, 0, NULL);
	return memory;
}

#undef ExAllocatePoolWithQuota
PVOID NTAPI ExAllocatePoolWithQuota(POOL_TYPE type, SIZE_T size)
{
	return allocate(type, size, TAG_NONE);
}

PVOID NTAPI ExAllocatePoolWithQuotaTag(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	return allocate(type, size, tag);
}
