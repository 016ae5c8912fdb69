/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The filter around it.
 */
#include "sonar.h"

DRIVER_INITIALIZE DriverEntry;
DRIVER_ADD_DEVICE SonarAddDevice;
DRIVER_UNLOAD SonarUnload;
DRIVER_DISPATCH SonarForward;
DRIVER_DISPATCH SonarRead;
DRIVER_DISPATCH SonarPower;
DRIVER_DISPATCH SonarPnp;

static NTSTATUS SonarFail(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS SonarForward(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PSONAR_FILTER filter = DeviceObject->DeviceExtension;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&filter->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return SonarFail(Irp, status);

    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(filter->Lower, Irp);
    IoReleaseRemoveLock(&filter->RemoveLock, Irp);
    return status;
}

NTSTATUS SonarRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PSONAR_FILTER filter = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    if (KeGetCurrentIrql() == PASSIVE_LEVEL)
        SonarPing(filter,
                  stack->Parameters.Read.ByteOffset.QuadPart + stack->Parameters.Read.Length);
    return SonarForward(DeviceObject, Irp);
}

NTSTATUS SonarPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PSONAR_FILTER filter = DeviceObject->DeviceExtension;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&filter->RemoveLock, Irp);
    PoStartNextPowerIrp(Irp);
    if (!NT_SUCCESS(status))
        return SonarFail(Irp, status);

    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(filter->Lower, Irp);
    IoReleaseRemoveLock(&filter->RemoveLock, Irp);
    return status;
}

NTSTATUS SonarPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PSONAR_FILTER filter = DeviceObject->DeviceExtension;
    NTSTATUS status;

    if (IoGetCurrentIrpStackLocation(Irp)->MinorFunction != IRP_MN_REMOVE_DEVICE)
        return SonarForward(DeviceObject, Irp);

    status = IoAcquireRemoveLock(&filter->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return SonarFail(Irp, status);

    /* Waits for the pings that are still under way. */
    IoReleaseRemoveLockAndWait(&filter->RemoveLock, Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(filter->Lower, Irp);
    IoDetachDevice(filter->Lower);
    IoDeleteDevice(DeviceObject);
    return status;
}

NTSTATUS SonarAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    PSONAR_FILTER filter;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(SONAR_FILTER), NULL, FILE_DEVICE_DISK, 0, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;

    filter = device->DeviceExtension;
    RtlZeroMemory(filter, sizeof(*filter));
    IoInitializeRemoveLock(&filter->RemoveLock, SONAR_TAG, 0, 0);
    filter->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    if (filter->Lower == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags |= filter->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
    device->Characteristics = filter->Lower->Characteristics;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

VOID SonarUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = SonarForward;
    DriverObject->MajorFunction[IRP_MJ_READ] = SonarRead;
    DriverObject->MajorFunction[IRP_MJ_PNP] = SonarPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = SonarPower;
    DriverObject->DriverExtension->AddDevice = SonarAddDevice;
    DriverObject->DriverUnload = SonarUnload;
    return STATUS_SUCCESS;
}
