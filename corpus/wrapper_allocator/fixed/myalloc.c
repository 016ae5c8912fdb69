/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "myalloc.h"

#define MY_TAG 'pmWA'

PVOID MyAlloc(SIZE_T size)
{
	PVOID memory = ExAllocatePoolWithTag(NonPagedPool, size, MY_TAG);

	if (memory)
		RtlZeroMemory(memory, size);
	return memory;
}

VOID MyFree(PVOID memory)
{
	if (memory)
		ExFreePoolWithTag(memory, MY_TAG);
}
