/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Dispatch routines of the toaster upper filter.
 */
#include "filter.h"

static NTSTATUS
FilterFail(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS
FilterPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFILTER_EXTENSION fx = (PFILTER_EXTENSION)DeviceObject->DeviceExtension;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&fx->RemoveLock, Irp);
    if (!NT_SUCCESS(status)) {
        return FilterFail(Irp, status);
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(fx->NextLower, Irp);
    IoReleaseRemoveLock(&fx->RemoveLock, Irp);
    return status;
}

NTSTATUS
FilterDispatchPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFILTER_EXTENSION fx = (PFILTER_EXTENSION)DeviceObject->DeviceExtension;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&fx->RemoveLock, Irp);
    if (!NT_SUCCESS(status)) {
        PoStartNextPowerIrp(Irp);
        return FilterFail(Irp, status);
    }
    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(fx->NextLower, Irp);
    IoReleaseRemoveLock(&fx->RemoveLock, Irp);
    return status;
}

NTSTATUS
FilterDispatchPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFILTER_EXTENSION fx = (PFILTER_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION irpSp = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    PAGED_CODE();

    status = IoAcquireRemoveLock(&fx->RemoveLock, Irp);
    if (!NT_SUCCESS(status)) {
        return FilterFail(Irp, status);
    }

    switch (irpSp->MinorFunction) {
    case IRP_MN_REMOVE_DEVICE:
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(fx->NextLower, Irp);
        IoReleaseRemoveLockAndWait(&fx->RemoveLock, Irp);
        IoDetachDevice(fx->NextLower);
        Globals.AttachCount--;
        IoDeleteDevice(DeviceObject);
        return status;

    default:
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(fx->NextLower, Irp);
        break;
    }

    IoReleaseRemoveLock(&fx->RemoveLock, Irp);
    return status;
}
