/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The driver's pool. */
#include "mem.h"

#define MEM_TAG ' meM'

PVOID MemAllocate(SIZE_T Size)
{
	PVOID memory = ExAllocatePoolWithTag(NonPagedPool, Size, MEM_TAG);

	if (memory != NULL)
		RtlZeroMemory(memory, Size);
	return memory;
}

VOID MemFree(PVOID Memory)
{
	if (Memory != NULL)
		ExFreePoolWithTag(Memory, MEM_TAG);
}
