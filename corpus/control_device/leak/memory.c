/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Pool blocks, and the memory of callers: copied in or locked down. */
#include "quillon.h"

PVOID QlAlloc(SIZE_T size)
{
    PVOID block = ExAllocatePoolWithTag(PagedPool, size, QL_TAG);

    if (block != NULL)
        RtlZeroMemory(block, size);
    return block;
}

VOID QlFree(PVOID block)
{
    if (block != NULL)
        ExFreePoolWithTag(block, QL_TAG);
}

/*
 * Copies a caller's bytes into a block from the pool.  On success the block is the
 * caller's of this routine, who frees it with QlFree.
 */
NTSTATUS QlCapture(PIRP irp, const VOID *user, ULONG length, PUCHAR *block)
{
    NTSTATUS status = STATUS_SUCCESS;
    PUCHAR copy;

    *block = NULL;
    copy = QlAlloc(length);
    if (copy == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    __try {
        if (irp->RequestorMode != KernelMode)
            ProbeForRead((PVOID)user, length, sizeof(UCHAR));
        RtlCopyMemory(copy, user, length);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }

    if (!NT_SUCCESS(status)) {
        QlFree(copy);
        return status;
    }
    *block = copy;
    return STATUS_SUCCESS;
}

/*
 * Locks a caller's pages and maps them into the system.  QlUnlockUser undoes it.
 */
NTSTATUS QlLockUser(PIRP irp, PVOID user, ULONG length, LOCK_OPERATION access, PMDL *mdl)
{
    NTSTATUS status = STATUS_SUCCESS;
    PMDL pages;

    *mdl = NULL;
    pages = IoAllocateMdl(user, length, FALSE, FALSE, NULL);
    if (pages == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    __try {
        MmProbeAndLockPages(pages, irp->RequestorMode, access);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    if (!NT_SUCCESS(status)) {
        IoFreeMdl(pages);
        return status;
    }

    if (MmGetSystemAddressForMdlSafe(pages, NormalPagePriority) == NULL) {
        QlUnlockUser(pages);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *mdl = pages;
    return STATUS_SUCCESS;
}

VOID QlUnlockUser(PMDL mdl)
{
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
}

/*
 * Lets go of the window of a file, if it has one.  With closing set there will be no
 * other.
 */
VOID QlReleaseWindow(QL_FILE *file, BOOLEAN closing)
{
    PMDL window;

    ExAcquireFastMutex(&file->Lock);
    window = file->Window;
    file->Window = NULL;
    if (closing)
        file->Closing = TRUE;
    ExReleaseFastMutex(&file->Lock);

    if (window != NULL)
        QlUnlockUser(window);
}
