/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The other forms of ExAllocatePool*: zeroed or not, with priority, charged to a
 * process.  Quotas are never exhausted here; what can fail is the pool.
 */
#include "nt.h"

/* Bits of POOL_TYPE: quota forms raise unless told not to. */
enum { RAISES = 0x10, QUOTA_FAILS = 8 };

static PVOID allocate(int type, SIZE_T size, ULONG tag)
{
	return l62_pool_allocate_type(type, size, tag,
	                              L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper,
	                                         L62_FRAME_VerifierExAllocatePoolWithTag));
}

PVOID NTAPI ExAllocatePoolZero(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	return allocate(type | POOL_ZERO_ALLOCATION, size, tag);
}

PVOID NTAPI ExAllocatePoolUninitialized(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	return allocate(type, size, tag);
}

PVOID NTAPI ExAllocatePoolWithTagPriority(POOL_TYPE type, SIZE_T size, ULONG tag,
                                          EX_POOL_PRIORITY priority)
{
	UNREFERENCED_PARAMETER(priority);
	return allocate(type, size, tag);
}

PVOID NTAPI ExAllocatePoolPriorityZero(POOL_TYPE type, SIZE_T size, ULONG tag,
                                       EX_POOL_PRIORITY priority)
{
	UNREFERENCED_PARAMETER(priority);
	return allocate(type | POOL_ZERO_ALLOCATION, size, tag);
}

PVOID NTAPI ExAllocatePoolPriorityUninitialized(POOL_TYPE type, SIZE_T size, ULONG tag,
                                                EX_POOL_PRIORITY priority)
{
	UNREFERENCED_PARAMETER(priority);
	return allocate(type, size, tag);
}

static PVOID charge(int type, SIZE_T size, ULONG tag)
{
	return allocate(type & QUOTA_FAILS ? type & ~QUOTA_FAILS : type | RAISES, size, tag);
}

PVOID NTAPI ExAllocatePoolQuotaZero(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	return charge(type | POOL_ZERO_ALLOCATION, size, tag);
}

PVOID NTAPI ExAllocatePoolQuotaUninitialized(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	return charge(type, size, tag);
}

/* What a parameter asks for that must be had is had or refused, as documented. */
PVOID NTAPI ExAllocatePool3(POOL_FLAGS flags, SIZE_T size, ULONG tag,
                            PCPOOL_EXTENDED_PARAMETER parameters, ULONG count)
{
	for (ULONG i = 0; i < count; i++) {
		if (parameters[i].Type == PoolExtendedParameterSecurePool)
			return NULL; /* there is no secure pool to allocate from */
	}
	return ExAllocatePool2(flags, size, tag);
}

VOID NTAPI ExFreePool2(PVOID memory, ULONG tag, PCPOOL_EXTENDED_PARAMETER parameters,
                       ULONG count)
{
	UNREFERENCED_PARAMETER(parameters);
	UNREFERENCED_PARAMETER(count);
	ExFreePoolWithTag(memory, tag);
}
