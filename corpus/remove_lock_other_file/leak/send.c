/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* How requests leave the filter. */
#include "turnpike.h"

static IO_COMPLETION_ROUTINE TpkDone;

/* Keeps the remove lock. */
NTSTATUS TpkPassDown(PTPK_EXTENSION Ext, PIRP Irp)
{
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(Ext->Lower, Irp);
}

static NTSTATUS TpkDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PTPK_EXTENSION ext = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (Irp->PendingReturned)
        IoMarkIrpPending(Irp);
    if (!NT_SUCCESS(Irp->IoStatus.Status))
        InterlockedIncrement(&ext->Failed);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return STATUS_CONTINUE_COMPLETION;
}

/* Releases the remove lock once the drivers below are done. */
NTSTATUS TpkWatch(PTPK_EXTENSION Ext, PIRP Irp)
{
    InterlockedIncrement(&Ext->Reads);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, TpkDone, Ext, TRUE, TRUE, TRUE);
    return IoCallDriver(Ext->Lower, Irp);
}

/* Completes the request and releases the remove lock. */
NTSTATUS TpkFinish(PTPK_EXTENSION Ext, PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
    return Status;
}
