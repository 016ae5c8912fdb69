/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Upper filter that puts vendor queries to the device below: entry and dispatch. */
#include "vend.h"

DRIVER_INITIALIZE DriverEntry;
DRIVER_ADD_DEVICE VendAddDevice;
DRIVER_UNLOAD VendUnload;
DRIVER_DISPATCH VendPass;
DRIVER_DISPATCH VendPower;
DRIVER_DISPATCH VendPnp;
DRIVER_DISPATCH VendDeviceControl;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, VendAddDevice)
#endif

NTSTATUS
DriverEntry(
    PDRIVER_OBJECT DriverObject,
    PUNICODE_STRING RegistryPath
    )
{
    int major;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; ++major)
        DriverObject->MajorFunction[major] = VendPass;

    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = VendDeviceControl;
    DriverObject->MajorFunction[IRP_MJ_POWER] = VendPower;
    DriverObject->MajorFunction[IRP_MJ_PNP] = VendPnp;
    DriverObject->DriverExtension->AddDevice = VendAddDevice;
    DriverObject->DriverUnload = VendUnload;
    return STATUS_SUCCESS;
}

VOID
VendUnload(
    PDRIVER_OBJECT DriverObject
    )
{
    UNREFERENCED_PARAMETER(DriverObject);
    ASSERT(DriverObject->DeviceObject == NULL);
}

NTSTATUS
VendAddDevice(
    PDRIVER_OBJECT DriverObject,
    PDEVICE_OBJECT PhysicalDeviceObject
    )
{
    PDEVICE_OBJECT device;
    PFILTER_DATA filter;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(FILTER_DATA), NULL,
                            PhysicalDeviceObject->DeviceType, FILE_DEVICE_SECURE_OPEN, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;

    filter = device->DeviceExtension;
    filter->Queries = 0;
    filter->Malformed = 0;
    IoInitializeRemoveLock(&filter->Lock, VEND_TAG, 0, 0);
    filter->Target = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
    if (filter->Target == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }

    device->Characteristics = filter->Target->Characteristics;
    device->Flags |= filter->Target->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static NTSTATUS
VendRefuse(
    PIRP Irp,
    NTSTATUS Status
    )
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS
VendPass(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    PFILTER_DATA filter = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&filter->Lock, Irp);

    if (!NT_SUCCESS(status))
        return VendRefuse(Irp, status);
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(filter->Target, Irp);
    IoReleaseRemoveLock(&filter->Lock, Irp);
    return status;
}

NTSTATUS
VendPower(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    PFILTER_DATA filter = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&filter->Lock, Irp);

    PoStartNextPowerIrp(Irp);
    if (!NT_SUCCESS(status))
        return VendRefuse(Irp, status);
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(filter->Target, Irp);
    IoReleaseRemoveLock(&filter->Lock, Irp);
    return status;
}

NTSTATUS
VendPnp(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    PFILTER_DATA filter = DeviceObject->DeviceExtension;
    UCHAR minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;
    NTSTATUS status;

    if (minor != IRP_MN_REMOVE_DEVICE)
        return VendPass(DeviceObject, Irp);

    status = IoAcquireRemoveLock(&filter->Lock, Irp);
    if (!NT_SUCCESS(status))
        return VendRefuse(Irp, status);
    IoReleaseRemoveLockAndWait(&filter->Lock, Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(filter->Target, Irp);
    IoDetachDevice(filter->Target);
    IoDeleteDevice(DeviceObject);
    return status;
}

NTSTATUS
VendDeviceControl(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    PFILTER_DATA filter = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG_PTR returned = 0;
    NTSTATUS status;

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_VEND_QUERY)
        return VendPass(DeviceObject, Irp);

    status = IoAcquireRemoveLock(&filter->Lock, Irp);
    if (!NT_SUCCESS(status))
        return VendRefuse(Irp, status);

    status = VendQuery(filter, Irp->AssociatedIrp.SystemBuffer,
                       stack->Parameters.DeviceIoControl.InputBufferLength,
                       Irp->AssociatedIrp.SystemBuffer,
                       stack->Parameters.DeviceIoControl.OutputBufferLength, &returned);
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = returned;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    IoReleaseRemoveLock(&filter->Lock, Irp);
    return status;
}
