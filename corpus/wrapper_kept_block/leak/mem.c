/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "mem.h"

#define MMU_TAG 'yrtS'

static LONG g_Blocks;

PVOID MmuTake(SIZE_T length)
{
	PVOID block = ExAllocatePoolWithTag(NonPagedPool, length, MMU_TAG);

	if (block) {
		RtlZeroMemory(block, length);
		InterlockedIncrement(&g_Blocks);
	}
	return block;
}

VOID MmuGive(PVOID block)
{
	if (!block)
		return;
	InterlockedDecrement(&g_Blocks);
	ExFreePoolWithTag(block, MMU_TAG);
}
