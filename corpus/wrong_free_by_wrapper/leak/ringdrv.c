/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Capture card with a descriptor ring in contiguous memory: entry and plug and play. */
#include "ring.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD RingUnload;
static DRIVER_DISPATCH RingOther;

static const struct {
    UCHAR Major;
    PDRIVER_DISPATCH Routine;
} RingTable[] = {
    {IRP_MJ_CREATE, RingOther},         {IRP_MJ_CLOSE, RingOther},
    {IRP_MJ_DEVICE_CONTROL, RingOther}, {IRP_MJ_SYSTEM_CONTROL, RingOther},
    {IRP_MJ_POWER, RingOther},          {IRP_MJ_PNP, RingPnp},
};

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (i = 0; i < ARRAYSIZE(RingTable); i++)
        DriverObject->MajorFunction[RingTable[i].Major] = RingTable[i].Routine;
    DriverObject->DriverExtension->AddDevice = RingAddDevice;
    DriverObject->DriverUnload = RingUnload;
    return STATUS_SUCCESS;
}

static VOID RingUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

static NTSTATUS RingEnd(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS RingOther(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PRING_EXT ext = DeviceObject->DeviceExtension;
    UCHAR major = IoGetCurrentIrpStackLocation(Irp)->MajorFunction;
    NTSTATUS status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);

    if (!NT_SUCCESS(status)) {
        if (major == IRP_MJ_POWER)
            PoStartNextPowerIrp(Irp);
        return RingEnd(Irp, status);
    }
    switch (major) {
    case IRP_MJ_CREATE:
    case IRP_MJ_CLOSE:
        status = RingEnd(Irp, STATUS_SUCCESS);
        break;
    case IRP_MJ_POWER:
        PoStartNextPowerIrp(Irp);
        IoSkipCurrentIrpStackLocation(Irp);
        status = PoCallDriver(ext->Lower, Irp);
        break;
    default:
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(ext->Lower, Irp);
        break;
    }
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}

NTSTATUS RingAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    PDEVICE_OBJECT self;
    PRING_EXT ext;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(RING_EXT), NULL, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &self);
    if (!NT_SUCCESS(status))
        return status;

    ext = self->DeviceExtension;
    RtlZeroMemory(ext, sizeof(*ext));
    ext->Self = self;
    IoInitializeRemoveLock(&ext->RemoveLock, RING_TAG, 0, 0);
    ext->Lower = IoAttachDeviceToDeviceStack(self, PhysicalDeviceObject);
    if (!ext->Lower) {
        IoDeleteDevice(self);
        return STATUS_NO_SUCH_DEVICE;
    }
    self->Flags |= DO_DIRECT_IO;
    self->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID RingHalt(PRING_EXT Ext)
{
    if (Ext->Started) {
        Ext->Started = FALSE;
        RingDestroy(&Ext->Set);
    }
}

NTSTATUS RingPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PRING_EXT ext = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return RingEnd(Irp, status);

    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
        status = STATUS_UNSUCCESSFUL;
        if (IoForwardIrpSynchronously(ext->Lower, Irp))
            status = Irp->IoStatus.Status;
        if (NT_SUCCESS(status)) {
            RingHalt(ext);
            status = RingBuild(&ext->Set);
            if (NT_SUCCESS(status))
                ext->Started = TRUE;
        }
        RingEnd(Irp, status);
        IoReleaseRemoveLock(&ext->RemoveLock, Irp);
        return status;

    case IRP_MN_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(ext->Lower, Irp);
        IoReleaseRemoveLockAndWait(&ext->RemoveLock, Irp);
        RingHalt(ext);
        IoDetachDevice(ext->Lower);
        IoDeleteDevice(DeviceObject);
        return status;

    case IRP_MN_STOP_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
        RingHalt(ext);
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
    status = IoCallDriver(ext->Lower, Irp);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}
