/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Dispatching of the polling filter.
 */
#include "poller.h"

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS FilterAny(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PPOLLER p = (PPOLLER)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(Irp);
    UCHAR major = sp->MajorFunction;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&p->RemoveLock, Irp);
    if (!NT_SUCCESS(status)) {
        if (major == IRP_MJ_POWER)
            PoStartNextPowerIrp(Irp);
        return Complete(Irp, status);
    }

    if (major == IRP_MJ_DEVICE_CONTROL &&
        sp->Parameters.DeviceIoControl.IoControlCode == IOCTL_POLL_NOW) {
        status = Complete(Irp, PollerAsk(p));
    } else if (major == IRP_MJ_POWER) {
        PoStartNextPowerIrp(Irp);
        IoSkipCurrentIrpStackLocation(Irp);
        status = PoCallDriver(p->Lower, Irp);
    } else if (major == IRP_MJ_PNP && sp->MinorFunction == IRP_MN_REMOVE_DEVICE) {
        IoReleaseRemoveLockAndWait(&p->RemoveLock, Irp);
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(p->Lower, Irp);
        IoDetachDevice(p->Lower);
        PollerDiscard(p);
        IoDeleteDevice(DeviceObject);
        return status;
    } else {
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(p->Lower, Irp);
    }

    IoReleaseRemoveLock(&p->RemoveLock, Irp);
    return status;
}

static NTSTATUS FilterAdd(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;
    PPOLLER p;

    status = IoCreateDevice(DriverObject, sizeof(POLLER), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;

    p = (PPOLLER)device->DeviceExtension;
    IoInitializeRemoveLock(&p->RemoveLock, 'lloP', 0, 0);
    p->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    if (!p->Lower) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }

    status = PollerPrepare(p);
    if (!NT_SUCCESS(status)) {
        IoDetachDevice(p->Lower);
        IoDeleteDevice(device);
        return status;
    }

    device->DeviceType = p->Lower->DeviceType;
    device->Flags |= p->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID FilterUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = FilterAny;
    DriverObject->DriverExtension->AddDevice = FilterAdd;
    DriverObject->DriverUnload = FilterUnload;
    return STATUS_SUCCESS;
}
