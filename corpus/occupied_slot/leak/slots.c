/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The table of slots, under an executive resource. */
#include "slots.h"

static PBLK g_Slot[SLOT_COUNT];
static ERESOURCE g_SlotLock;

static VOID LockTable(BOOLEAN Exclusive)
{
    KeEnterCriticalRegion();
    if (Exclusive)
        ExAcquireResourceExclusiveLite(&g_SlotLock, TRUE);
    else
        ExAcquireResourceSharedLite(&g_SlotLock, TRUE);
}

static VOID UnlockTable(VOID)
{
    ExReleaseResourceLite(&g_SlotLock);
    KeLeaveCriticalRegion();
}

NTSTATUS SlotsSetup(VOID)
{
    RtlZeroMemory(g_Slot, sizeof(g_Slot));
    return ExInitializeResourceLite(&g_SlotLock);
}

VOID SlotsTeardown(VOID)
{
    ULONG i;

    for (i = 0; i < RTL_NUMBER_OF(g_Slot); i++)
        BlkFree(g_Slot[i]);
    ExDeleteResourceLite(&g_SlotLock);
}

NTSTATUS SlotStore(ULONG Index, const VOID *Data, ULONG Size)
{
    PBLK block;

    if (Index >= SLOT_COUNT || Size == 0 || Size > SLOT_MAX_BYTES)
        return STATUS_INVALID_PARAMETER;

    block = BlkNew(Data, Size);
    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    LockTable(TRUE);
    g_Slot[Index] = block; /* leak62: LeakOnOverwrite */
    UnlockTable();
    return STATUS_SUCCESS;
}

NTSTATUS SlotFetch(ULONG Index, PVOID Data, ULONG Room, PULONG Done)
{
    NTSTATUS status = STATUS_NOT_FOUND;

    if (Index >= SLOT_COUNT)
        return STATUS_INVALID_PARAMETER;

    LockTable(FALSE);
    if (g_Slot[Index] != NULL) {
        *Done = min(Room, g_Slot[Index]->Size);
        RtlCopyMemory(Data, g_Slot[Index]->Bytes, *Done);
        status = STATUS_SUCCESS;
    }
    UnlockTable();
    return status;
}

NTSTATUS SlotClear(ULONG Index)
{
    if (Index >= SLOT_COUNT)
        return STATUS_INVALID_PARAMETER;

    LockTable(TRUE);
    BlkFree(g_Slot[Index]);
    g_Slot[Index] = NULL;
    UnlockTable();
    return STATUS_SUCCESS;
}
