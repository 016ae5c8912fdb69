/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* ExAllocatePool* and ExFreePool*: pool types, flags and what failure looks like. */
#include "nt.h"

/* Bits of POOL_TYPE besides the pool itself. */
#define POOL_RAISES 0x10
#define POOL_PAGED_BIT 1
#define PROTECTED 0x80000000u
#define TAG_NONE 0x656e6f4e /* 'None', what ExAllocatePool books */

PVOID l62_pool_allocate_kind(int type, SIZE_T size, ULONG tag, uint16_t kind,
                             const uint16_t *frames)
{
	struct l62_pool_request request = {
	        .size = size,
	        .tag = tag & ~PROTECTED,
	        .kind = kind,
	        .pool = type & POOL_PAGED_BIT ? L62_POOL_PAGED : L62_POOL_NONPAGED,
	        .zeroed = (type & POOL_ZERO_ALLOCATION) != 0,
	        .frames = frames,
	};
	PVOID memory = l62_pool_allocate(&request);

	if (!memory && type & POOL_RAISES)
		l62_raise(STATUS_INSUFFICIENT_RESOURCES, 0, NULL);
	return memory;
}

PVOID l62_pool_allocate_type(int type, SIZE_T size, ULONG tag, const uint16_t *frames)
{
	return l62_pool_allocate_kind(type, size, tag, L62_KIND_POOL, frames);
}

PVOID NTAPI ExAllocatePoolWithTag(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	return l62_pool_allocate_type(type, size, tag,
	                              L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper,
	                                         L62_FRAME_VerifierExAllocatePoolWithTag));
}

PVOID NTAPI ExAllocatePool(POOL_TYPE type, SIZE_T size)
{
	return l62_pool_allocate_type(
	        type, size, TAG_NONE,
	        L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper, L62_FRAME_VerifierExAllocatePool));
}

PVOID NTAPI ExAllocatePool2(POOL_FLAGS flags, SIZE_T size, ULONG tag)
{
	int type = flags & POOL_FLAG_PAGED ? PagedPool : NonPagedPool;

	/* Documented: none or both of the pools, no tag, no size: NULL, not a bug check. */
	if (tag == 0 || size == 0 ||
	    !(flags & (POOL_FLAG_PAGED | POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE)))
		return NULL;
	if (!(flags & POOL_FLAG_UNINITIALIZED))
		type |= POOL_ZERO_ALLOCATION;
	if (flags & POOL_FLAG_RAISE_ON_FAILURE)
		type |= POOL_RAISES;
	return l62_pool_allocate_type(type, size, tag,
	                              L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper,
	                                         L62_FRAME_VerifierExAllocatePool2));
}

VOID NTAPI ExFreePoolWithTag(PVOID memory, ULONG tag)
{
	l62_pool_free(memory, tag & ~PROTECTED,
	              L62_FRAMES(L62_FRAME_VerifierExFreePoolWithTag));
}

#undef ExFreePool
VOID NTAPI ExFreePool(PVOID memory)
{
	l62_pool_free(memory, 0, L62_FRAMES(L62_FRAME_VerifierExFreePool));
}
