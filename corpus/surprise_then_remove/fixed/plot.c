/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The image and the strokes of Quill.
 */
#include "quill.h"

NTSTATUS QuillAcquireBuffers(QUILL_EXTENSION *Quill)
{
    if (Quill->Image)
        return STATUS_SUCCESS;

    Quill->Image = ExAllocatePoolWithTag(NonPagedPool, QUILL_IMAGE_BYTES, QUILL_TAG);
    if (!Quill->Image)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(Quill->Image, QUILL_IMAGE_BYTES);
    return STATUS_SUCCESS;
}

VOID QuillReleaseBuffers(QUILL_EXTENSION *Quill)
{
    if (Quill->Image) {
        ExFreePoolWithTag(Quill->Image, QUILL_TAG);
        Quill->Image = NULL;
    }
}

VOID QuillDropStrokes(QUILL_EXTENSION *Quill)
{
    PLIST_ENTRY entry;

    while ((entry = ExInterlockedRemoveHeadList(&Quill->Strokes, &Quill->StrokeLock)) != NULL)
        ExFreePoolWithTag(CONTAINING_RECORD(entry, QUILL_STROKE, Entry), QUILL_TAG);
}

NTSTATUS QuillTakeStrokes(QUILL_EXTENSION *Quill, const USHORT *Points, ULONG Count)
{
    QUILL_STROKE *stroke;
    ULONG i, bit;

    for (i = 0; i < Count; i++) {
        stroke = ExAllocatePoolWithTag(NonPagedPool, sizeof(*stroke), QUILL_TAG);
        if (!stroke)
            return STATUS_INSUFFICIENT_RESOURCES;
        stroke->X = Points[2 * i];
        stroke->Y = Points[2 * i + 1];
        bit = ((ULONG)stroke->Y * 512 + stroke->X) % (QUILL_IMAGE_BYTES * 8);
        Quill->Image[bit / 8] |= (UCHAR)(1 << (bit % 8));
        ExInterlockedInsertTailList(&Quill->Strokes, &stroke->Entry, &Quill->StrokeLock);
    }
    return STATUS_SUCCESS;
}
