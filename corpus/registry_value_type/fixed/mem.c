/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Where Dimmer's memory comes from: paged pool, cleared.
 */
#include "dimmer.h"

#define DIMMER_TAG 'rmmD'

void *mem_take(SIZE_T bytes)
{
    void *block = ExAllocatePoolWithTag(PagedPool, bytes, DIMMER_TAG);

    if (block)
        RtlZeroMemory(block, bytes);
    return block;
}

void mem_give(void *block)
{
    if (block)
        ExFreePoolWithTag(block, DIMMER_TAG);
}
