/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * io.c - the requests of programs.  None of them waits: a read of an empty line gets
 * nothing, a write to a full one is cut short.
 */
#include "halyard.h"

/* Call with the lock held. */
static NTSTATUS HyCheckStarted(PHY_EXTENSION Ext)
{
    switch (Ext->State) {
    case HyStarted:
    case HyRemovePending:
        return Ext->Ring.Base != NULL ? STATUS_SUCCESS : STATUS_DEVICE_NOT_READY;
    case HySurpriseRemoved:
    case HyRemoved:
        return STATUS_NO_SUCH_DEVICE;
    default:
        return STATUS_DEVICE_NOT_READY;
    }
}

NTSTATUS HyCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PHY_EXTENSION ext = (PHY_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;

    ExAcquireFastMutex(&ext->Lock);
    if (stack->MajorFunction == IRP_MJ_CLOSE) {
        ext->Stats.Opens--;
    } else
    {
        status = HyCheckStarted(ext);
        if (NT_SUCCESS(status))
            ext->Stats.Opens++;
    }
    ExReleaseFastMutex(&ext->Lock);
    return HyComplete(Irp, status, 0);
}

NTSTATUS HyReadWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PHY_EXTENSION ext = (PHY_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PUCHAR buffer = (PUCHAR)Irp->AssociatedIrp.SystemBuffer;
    ULONG done = 0;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return HyComplete(Irp, status, 0);

    ExAcquireFastMutex(&ext->Lock);
    status = HyCheckStarted(ext);
    if (NT_SUCCESS(status) && stack->MajorFunction == IRP_MJ_READ) {
        done = HyRingGet(&ext->Ring, buffer, stack->Parameters.Read.Length);
        ext->Stats.BytesOut += done;
    } else if (NT_SUCCESS(status)) {
        done = HyRingPut(&ext->Ring, buffer, stack->Parameters.Write.Length);
        ext->Stats.BytesIn += done;
        ext->Stats.BytesRefused += stack->Parameters.Write.Length - done;
    }
    ExReleaseFastMutex(&ext->Lock);

    HyComplete(Irp, status, done);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}

NTSTATUS HyDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PHY_EXTENSION ext = (PHY_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG inLength = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG outLength = stack->Parameters.DeviceIoControl.OutputBufferLength;
    PVOID buffer = Irp->AssociatedIrp.SystemBuffer;
    ULONG_PTR information = 0;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return HyComplete(Irp, status, 0);

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_HALYARD_GET_STATS:
        if (outLength < sizeof(HY_STATS)) {
            status = STATUS_BUFFER_TOO_SMALL;
            break;
        }
        ExAcquireFastMutex(&ext->Lock);
        ext->Stats.Stored = ext->Ring.Count;
        RtlCopyMemory(buffer, &ext->Stats, sizeof(HY_STATS));
        ExReleaseFastMutex(&ext->Lock);
        information = sizeof(HY_STATS);
        break;

    case IOCTL_HALYARD_SET_LABEL:
        status = HySetLabel(ext, buffer, inLength);
        break;

    case IOCTL_HALYARD_RESIZE:
        if (inLength < sizeof(ULONG)) {
            status = STATUS_INVALID_PARAMETER;
            break;
        }
        status = HyRingResize(ext, *(PULONG)buffer);
        break;

    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }

    HyComplete(Irp, status, information);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}
