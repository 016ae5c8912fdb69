/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * ring.c - the ring between the writers and the readers.
 */
#include "halyard.h"

NTSTATUS HyRingCreate(PHY_EXTENSION Ext, ULONG Size)
{
    PUCHAR base = (PUCHAR)ExAllocatePoolWithTag(PagedPool, Size, HY_TAG);

    if (base == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    ExAcquireFastMutex(&Ext->Lock);
    Ext->Ring.Base = base;
    Ext->Ring.Size = Size;
    Ext->Ring.Head = 0;
    Ext->Ring.Count = 0;
    ExReleaseFastMutex(&Ext->Lock);
    return STATUS_SUCCESS;
}

/* Another size; what is stored moves along, as far as it fits. */
NTSTATUS HyRingResize(PHY_EXTENSION Ext, ULONG Size)
{
    PUCHAR spare;
    PUCHAR fresh;
    ULONG count;

    if (Size < HY_RING_MIN || Size > HY_RING_MAX)
        return STATUS_INVALID_PARAMETER;
    fresh = (PUCHAR)ExAllocatePoolWithTag(PagedPool, Size, HY_TAG);
    if (fresh == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    ExAcquireFastMutex(&Ext->Lock);
    if (Ext->Ring.Base == NULL || Ext->State != HyStarted) {
        ExReleaseFastMutex(&Ext->Lock);
        ExFreePoolWithTag(fresh, HY_TAG);
        return STATUS_DEVICE_NOT_READY;
    }
    count = HyRingGet(&Ext->Ring, fresh, Size);
    spare = Ext->Ring.Base;
    Ext->Ring.Base = fresh;
    Ext->Ring.Size = Size;
    Ext->Ring.Head = 0;
    Ext->Ring.Count = count;
    ExReleaseFastMutex(&Ext->Lock);

    ExFreePoolWithTag(spare, HY_TAG);
    return STATUS_SUCCESS;
}

VOID HyRingDestroy(PHY_EXTENSION Ext)
{
    PUCHAR base;

    ExAcquireFastMutex(&Ext->Lock);
    base = Ext->Ring.Base;
    RtlZeroMemory(&Ext->Ring, sizeof(HY_RING));
    ExReleaseFastMutex(&Ext->Lock);

    if (base != NULL)
        ExFreePoolWithTag(base, HY_TAG);
}

/* The next two are called with the lock held and a ring in place. */
ULONG HyRingPut(PHY_RING Ring, const UCHAR *From, ULONG Length)
{
    ULONG room = Ring->Size - Ring->Count;
    ULONG i;

    if (Length > room)
        Length = room;
    for (i = 0; i < Length; i++)
        Ring->Base[(Ring->Head + Ring->Count + i) % Ring->Size] = From[i];
    Ring->Count += Length;
    return Length;
}

ULONG HyRingGet(PHY_RING Ring, PUCHAR To, ULONG Length)
{
    ULONG i;

    if (Length > Ring->Count)
        Length = Ring->Count;
    for (i = 0; i < Length; i++)
        To[i] = Ring->Base[(Ring->Head + i) % Ring->Size];
    Ring->Head = (Ring->Head + Length) % Ring->Size;
    Ring->Count -= Length;
    return Length;
}
