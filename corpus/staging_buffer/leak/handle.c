/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A handle's staging area; it is there from the first write to the handle on.
 */
#include "txpipe.h"

PTX_HANDLE TxHandleCreate(VOID)
{
    PTX_HANDLE handle;

    handle = (PTX_HANDLE)ExAllocatePoolWithTag(NonPagedPool, sizeof(TX_HANDLE), TX_TAG);
    if (handle) {
        RtlZeroMemory(handle, sizeof(TX_HANDLE));
        KeInitializeMutex(&handle->Mutex, 0);
    }
    return handle;
}

VOID TxHandleDestroy(PTX_HANDLE Handle)
{
    ExFreePool(Handle); /* leak62: LeakWithOwner */
}

NTSTATUS TxHandleAppend(PTX_HANDLE Handle, const VOID *Data, ULONG Length)
{
    NTSTATUS status = STATUS_SUCCESS;

    KeWaitForMutexObject(&Handle->Mutex, Executive, KernelMode, FALSE, NULL);

    if (!Handle->Stage)
        Handle->Stage = (PUCHAR)ExAllocatePoolWithTag(PagedPool, TX_STAGE_SIZE, TX_TAG);

    if (!Handle->Stage) {
        status = STATUS_INSUFFICIENT_RESOURCES;
    } else if (Length > TX_STAGE_SIZE - Handle->StageUsed) {
        status = STATUS_LOG_FILE_FULL;
    } else {
        RtlCopyMemory(Handle->Stage + Handle->StageUsed, Data, Length);
        Handle->StageUsed += Length;
    }

    KeReleaseMutex(&Handle->Mutex, FALSE);
    return status;
}

ULONG TxHandleDrain(PTX_HANDLE Handle)
{
    ULONG used;

    KeWaitForMutexObject(&Handle->Mutex, Executive, KernelMode, FALSE, NULL);
    used = Handle->StageUsed;
    Handle->StageUsed = 0;
    KeReleaseMutex(&Handle->Mutex, FALSE);
    return used;
}
