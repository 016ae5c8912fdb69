/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Filling and emptying a record.  The record is the caller's, who frees it alone when
 * it could not be filled; the left track is then still in it.
 */
#include "record.h"

NTSTATUS TapeFill(PTAPE_RECORD Record, const UCHAR *Samples, ULONG Length)
{
    ULONG half = Length / 2, i;

    Record->Left = ExAllocatePoolWithTag(PagedPool, half, TAPE_TAG);
    if (Record->Left == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    Record->Right = ExAllocatePoolWithTag(PagedPool, half, TAPE_TAG);
    if (Record->Right == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    for (i = 0; i < half; i++) {
        Record->Left[i] = Samples[2 * i];
        Record->Right[i] = Samples[2 * i + 1];
    }
    Record->Length = half;
    return STATUS_SUCCESS;
}

VOID TapeEmpty(PTAPE_RECORD Record)
{
    ExFreePoolWithTag(Record->Left, TAPE_TAG);
    ExFreePoolWithTag(Record->Right, TAPE_TAG);
    ExFreePoolWithTag(Record, TAPE_TAG);
}
