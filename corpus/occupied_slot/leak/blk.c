/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Blocks: data with its size in front. */
#include "slots.h"

#define BLK_TAG 'klBS'

PBLK BlkNew(const VOID *Source, ULONG Size)
{
    PBLK block = ExAllocatePoolWithTag(PagedPool, FIELD_OFFSET(BLK, Bytes) + Size, BLK_TAG);

    if (block != NULL) {
        block->Size = Size;
        RtlCopyMemory(block->Bytes, Source, Size);
    }
    return block;
}

VOID BlkFree(PBLK Block)
{
    if (Block != NULL)
        ExFreePoolWithTag(Block, BLK_TAG);
}
