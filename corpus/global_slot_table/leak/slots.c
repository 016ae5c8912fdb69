/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The places themselves.  A place gets its memory when it is first put to use.
 */
#include "slots.h"

#define CBY_TAG 'bbuC'

typedef struct _CUBBY
{
    ULONG Length;
    UCHAR Data[CUBBY_SLOT_SIZE];
} CUBBY, *PCUBBY;

static PCUBBY     g_Cubbies[CUBBY_SLOTS];
static FAST_MUTEX g_CubbyLock;
static BOOLEAN    g_CubbyOpen;

VOID SlotsStartup(VOID)
{
    ExInitializeFastMutex(&g_CubbyLock);
    RtlZeroMemory(g_Cubbies, sizeof(g_Cubbies));
    g_CubbyOpen = TRUE;
}

VOID SlotsShutdown(VOID)
{
    ExAcquireFastMutex(&g_CubbyLock);
    g_CubbyOpen = FALSE;
    ExReleaseFastMutex(&g_CubbyLock);
}

NTSTATUS SlotsPut(const CUBBY_REQUEST *Request)
{
    NTSTATUS status = STATUS_SUCCESS;
    PCUBBY cubby;

    if (Request->Slot >= CUBBY_SLOTS || Request->Length > CUBBY_SLOT_SIZE)
    {
        return STATUS_INVALID_PARAMETER;
    }

    ExAcquireFastMutex(&g_CubbyLock);
    if (!g_CubbyOpen)
    {
        ExReleaseFastMutex(&g_CubbyLock);
        return STATUS_DEVICE_NOT_READY;
    }

    cubby = g_Cubbies[Request->Slot];
    if (cubby == NULL)
    {
        cubby = ExAllocatePoolWithTag(PagedPool, sizeof(CUBBY), CBY_TAG); /* leak62: LeakAtUnload */
        g_Cubbies[Request->Slot] = cubby;
    }
    if (cubby != NULL)
    {
        RtlCopyMemory(cubby->Data, Request->Data, Request->Length);
        cubby->Length = Request->Length;
    }
    else
    {
        status = STATUS_INSUFFICIENT_RESOURCES;
    }
    ExReleaseFastMutex(&g_CubbyLock);
    return status;
}

NTSTATUS SlotsGet(PCUBBY_REQUEST Request)
{
    NTSTATUS status = STATUS_NOT_FOUND;
    PCUBBY cubby;

    if (Request->Slot >= CUBBY_SLOTS)
    {
        return STATUS_INVALID_PARAMETER;
    }
    ExAcquireFastMutex(&g_CubbyLock);
    cubby = g_Cubbies[Request->Slot];
    if (cubby != NULL)
    {
        Request->Length = cubby->Length;
        RtlCopyMemory(Request->Data, cubby->Data, cubby->Length);
        status = STATUS_SUCCESS;
    }
    ExReleaseFastMutex(&g_CubbyLock);
    return status;
}

NTSTATUS SlotsDrop(ULONG Slot)
{
    PCUBBY cubby;

    if (Slot >= CUBBY_SLOTS)
    {
        return STATUS_INVALID_PARAMETER;
    }
    ExAcquireFastMutex(&g_CubbyLock);
    cubby = g_Cubbies[Slot];
    g_Cubbies[Slot] = NULL;
    ExReleaseFastMutex(&g_CubbyLock);

    if (cubby == NULL)
    {
        return STATUS_NOT_FOUND;
    }
    ExFreePoolWithTag(cubby, CBY_TAG);
    return STATUS_SUCCESS;
}
