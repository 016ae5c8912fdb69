/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Entry, plug and play and writes of Quill.
 */
#include "quill.h"

DRIVER_INITIALIZE DriverEntry;
DRIVER_ADD_DEVICE QuillAddDevice;
DRIVER_UNLOAD QuillUnload;
DRIVER_DISPATCH QuillDispatch;

static NTSTATUS Finish(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS Start(QUILL_EXTENSION *quill, PIRP Irp)
{
    NTSTATUS status;

    status = IoForwardIrpSynchronously(quill->NextLower, Irp) ? Irp->IoStatus.Status
                                                              : STATUS_UNSUCCESSFUL;
    if (NT_SUCCESS(status))
        status = QuillAcquireBuffers(quill);
    if (NT_SUCCESS(status))
        quill->State = QuillWorking;
    IoReleaseRemoveLock(&quill->Lock, Irp);
    return Finish(Irp, status, Irp->IoStatus.Information);
}

static NTSTATUS Remove(QUILL_EXTENSION *quill, PIRP Irp)
{
    PDEVICE_OBJECT device = quill->DeviceObject;
    QUILL_STATE before = quill->State;
    NTSTATUS status;

    quill->State = QuillGone;
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(quill->NextLower, Irp);
    IoReleaseRemoveLockAndWait(&quill->Lock, Irp);
    QuillDropStrokes(quill);

    if (before == QuillGone) {
        /* It was pulled out: there is no pen to park. */
        QuillReleaseBuffers(quill);
        IoDetachDevice(quill->NextLower);
        IoDeleteDevice(device);
        return status;
    }

    DbgPrint("quill: parking the pen\n");
    QuillReleaseBuffers(quill);
    IoDetachDevice(quill->NextLower);
    IoDeleteDevice(device);
    return status;
}

static NTSTATUS Pnp(QUILL_EXTENSION *quill, PIRP Irp)
{
    NTSTATUS status;

    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
        return Start(quill, Irp);
    case IRP_MN_REMOVE_DEVICE:
        return Remove(quill, Irp);
    case IRP_MN_SURPRISE_REMOVAL:
        quill->State = QuillGone;
        QuillDropStrokes(quill);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_STOP_DEVICE:
        quill->State = QuillStopped;
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(quill->NextLower, Irp);
    IoReleaseRemoveLock(&quill->Lock, Irp);
    return status;
}

NTSTATUS QuillDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    QUILL_EXTENSION *quill = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    status = IoAcquireRemoveLock(&quill->Lock, Irp);
    if (!NT_SUCCESS(status)) {
        if (sp->MajorFunction == IRP_MJ_POWER)
            PoStartNextPowerIrp(Irp);
        return Finish(Irp, status, 0);
    }

    switch (sp->MajorFunction) {
    case IRP_MJ_PNP:
        return Pnp(quill, Irp);

    case IRP_MJ_POWER:
        PoStartNextPowerIrp(Irp);
        IoSkipCurrentIrpStackLocation(Irp);
        status = PoCallDriver(quill->NextLower, Irp);
        IoReleaseRemoveLock(&quill->Lock, Irp);
        return status;

    case IRP_MJ_CREATE:
    case IRP_MJ_CLEANUP:
    case IRP_MJ_CLOSE:
        status = STATUS_SUCCESS;
        break;

    case IRP_MJ_WRITE:
        if (quill->State != QuillWorking) {
            status = STATUS_DEVICE_NOT_READY;
            break;
        }
        status = QuillTakeStrokes(quill, Irp->AssociatedIrp.SystemBuffer,
                                  sp->Parameters.Write.Length / (2 * sizeof(USHORT)));
        IoReleaseRemoveLock(&quill->Lock, Irp);
        return Finish(Irp, status, NT_SUCCESS(status) ? sp->Parameters.Write.Length : 0);

    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }
    IoReleaseRemoveLock(&quill->Lock, Irp);
    return Finish(Irp, status, 0);
}

NTSTATUS QuillAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    QUILL_EXTENSION *quill;
    PDEVICE_OBJECT fdo;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(QUILL_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0,
                            FALSE, &fdo);
    if (!NT_SUCCESS(status))
        return status;

    quill = fdo->DeviceExtension;
    quill->DeviceObject = fdo;
    quill->State = QuillAdded;
    quill->Image = NULL;
    IoInitializeRemoveLock(&quill->Lock, QUILL_TAG, 0, 0);
    KeInitializeSpinLock(&quill->StrokeLock);
    InitializeListHead(&quill->Strokes);

    quill->NextLower = IoAttachDeviceToDeviceStack(fdo, Pdo);
    if (!quill->NextLower) {
        IoDeleteDevice(fdo);
        return STATUS_DEVICE_REMOVED;
    }
    fdo->Flags |= DO_BUFFERED_IO | DO_POWER_PAGABLE;
    fdo->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

VOID QuillUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = QuillDispatch;
    DriverObject->DriverExtension->AddDevice = QuillAddDevice;
    DriverObject->DriverUnload = QuillUnload;
    return STATUS_SUCCESS;
}
