/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * file.c - open files, their reads and the history of these.
 */
#include "tamarisk.h"

PTM_FILE TmFileOf(PIO_STACK_LOCATION Stack)
{
    return Stack->FileObject != NULL ? (PTM_FILE)Stack->FileObject->FsContext2 : NULL;
}

/*
 * The drivers below decide about an open; the file's context waits for their answer.
 */
NTSTATUS TmCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTM_EXTENSION ext = (PTM_EXTENSION)DeviceObject->DeviceExtension;
    PFILE_OBJECT fileObject = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    PTM_FILE file;
    NTSTATUS status;

    if (fileObject == NULL)
    {
        return TmPass(DeviceObject, Irp);
    }

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
    {
        return TmComplete(Irp, status, 0);
    }

    file = ExAllocatePoolWithTag(NonPagedPool, sizeof(*file), TAG_FILE); /* leak62: LeakAtUnload */
    if (file == NULL)
    {
        TmComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
        IoReleaseRemoveLock(&ext->RemoveLock, Irp);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlZeroMemory(file, sizeof(TM_FILE));
    KeInitializeSpinLock(&file->Lock);

    status = TmForwardAndWait(ext, Irp);
    if (NT_SUCCESS(status))
    {
        fileObject->FsContext2 = file;
        InterlockedIncrement(&ext->OpenFiles);
    }
    else
    {
        /* There will be no cleanup and no close. */
        ExFreePoolWithTag(file, TAG_FILE);
    }

    TmComplete(Irp, status, Irp->IoStatus.Information);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}

/*
 * The last handle is closed.  Reads may still be on their way back, but from now on
 * nobody will ask for the history.
 */
NTSTATUS TmCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTM_FILE file = TmFileOf(IoGetCurrentIrpStackLocation(Irp));
    PTM_HISTORY history;
    KIRQL irql;

    if (file != NULL)
    {
        KeAcquireSpinLock(&file->Lock, &irql);
        file->Closing = TRUE;
        history = file->History;
        file->History = NULL;
        KeReleaseSpinLock(&file->Lock, irql);

        if (history != NULL)
        {
            ExFreePoolWithTag(history, TAG_HISTORY);
        }
    }
    return TmPass(DeviceObject, Irp);
}

NTSTATUS TmClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTM_EXTENSION ext = (PTM_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PTM_FILE file = TmFileOf(stack);

    if (file != NULL)
    {
        InterlockedDecrement(&ext->OpenFiles);
    }
    return TmPass(DeviceObject, Irp);
}

/*
 * Gives the file a history, unless it has one or will not need one any more.
 */
VOID TmEnsureHistory(PTM_FILE File)
{
    SIZE_T size = FIELD_OFFSET(TM_HISTORY, Entries) + TmHistoryDepth * sizeof(TM_ENTRY);
    PTM_HISTORY history;
    KIRQL irql;

    if (File->History != NULL)
    {
        return;
    }
    history = (PTM_HISTORY)ExAllocatePoolWithTag(NonPagedPool, size, TAG_HISTORY);
    if (history == NULL)
    {
        return;
    }
    RtlZeroMemory(history, size);
    history->Depth = TmHistoryDepth;

    KeAcquireSpinLock(&File->Lock, &irql);
    if (File->History == NULL && !File->Closing)
    {
        File->History = history;
        history = NULL;
    }
    KeReleaseSpinLock(&File->Lock, irql);

    if (history != NULL)
    {
        ExFreePoolWithTag(history, TAG_HISTORY);
    }
}

VOID TmAddHistory(PTM_FILE File, const TM_ENTRY *Entry)
{
    PTM_HISTORY history;
    KIRQL irql;

    KeAcquireSpinLock(&File->Lock, &irql);
    File->Reads++;
    history = File->History;
    if (history != NULL)
    {
        history->Entries[history->Next] = *Entry;
        history->Next = (history->Next + 1) % history->Depth;
        if (history->Used < history->Depth)
        {
            history->Used++;
        }
    }
    KeReleaseSpinLock(&File->Lock, irql);
}

/*
 * The newest entries come first.
 */
NTSTATUS TmCopyHistory(PTM_FILE File, PTM_ENTRY To, ULONG Room, PULONG_PTR Copied)
{
    PTM_HISTORY history;
    ULONG count = 0;
    ULONG at;
    KIRQL irql;

    KeAcquireSpinLock(&File->Lock, &irql);
    history = File->History;
    if (history != NULL)
    {
        at = history->Next;
        while (count < history->Used && count < Room)
        {
            at = (at == 0 ? history->Depth : at) - 1;
            To[count++] = history->Entries[at];
        }
    }
    KeReleaseSpinLock(&File->Lock, irql);

    *Copied = count * sizeof(TM_ENTRY);
    return count != 0 ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
}

/*
 * A read has come back.  The trace is ours, and so is the remove lock that TmRead took.
 */
NTSTATUS TmReadDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PTM_EXTENSION ext = (PTM_EXTENSION)DeviceObject->DeviceExtension;
    PTM_TRACE trace = (PTM_TRACE)Context;
    TM_ENTRY entry;

    entry.Started = trace->Started;
    KeQuerySystemTime(&entry.Finished);
    entry.Length = (ULONG)Irp->IoStatus.Information;
    entry.Status = Irp->IoStatus.Status;
    TmAddHistory(trace->File, &entry);
    ExFreePoolWithTag(trace, TAG_TRACE);

    if (NT_SUCCESS(Irp->IoStatus.Status) && (DeviceObject->Flags & DO_BUFFERED_IO))
    {
        TmApplyMask(ext, (PUCHAR)Irp->AssociatedIrp.SystemBuffer, Irp->IoStatus.Information);
    }

    if (Irp->PendingReturned)
    {
        IoMarkIrpPending(Irp);
    }
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return STATUS_CONTINUE_COMPLETION;
}

NTSTATUS TmRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTM_EXTENSION ext = (PTM_EXTENSION)DeviceObject->DeviceExtension;
    PTM_FILE file = TmFileOf(IoGetCurrentIrpStackLocation(Irp));
    PTM_TRACE trace;
    NTSTATUS status;

    if (file == NULL)
    {
        return TmPass(DeviceObject, Irp);
    }

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
    {
        return TmComplete(Irp, status, 0);
    }

    trace = (PTM_TRACE)ExAllocatePoolWithTag(NonPagedPool, sizeof(TM_TRACE), TAG_TRACE);
    if (trace == NULL)
    {
        TmComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
        IoReleaseRemoveLock(&ext->RemoveLock, Irp);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    TmEnsureHistory(file);
    trace->File = file;
    KeQuerySystemTime(&trace->Started);

    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, TmReadDone, trace, TRUE, TRUE, TRUE);
    return IoCallDriver(ext->Lower, Irp);
}
