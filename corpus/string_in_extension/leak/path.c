/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * DriverEntry keeps a copy of the registry path in the device extension: the
 * string is a field there, its buffer is pool.  Unload frees neither.
 */
#include <ntifs.h>

#define IOCTL_PTH_SHOW CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8A0, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _PTH_EXTENSION {
    ULONG Shown;
    UNICODE_STRING Path;
} PTH_EXTENSION, *PPTH_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD PthUnload;
DRIVER_DISPATCH PthCreateClose;
DRIVER_DISPATCH PthControl;

NTSTATUS
DriverEntry(
    IN PDRIVER_OBJECT DriverObject,
    IN PUNICODE_STRING RegistryPath
    )
{
    UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\Path");
    UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Path");
    PPTH_EXTENSION extension;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(PTH_EXTENSION), &deviceName,
                            FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (status != STATUS_SUCCESS)
        return status;

    extension = (PPTH_EXTENSION)device->DeviceExtension;
    extension->Shown = 0;

    status = RtlDuplicateUnicodeString(0, RegistryPath, &extension->Path); /* leak62: LeakAtUnload */
    if (status != STATUS_SUCCESS) {
        IoDeleteDevice(device);
        return status;
    }

    status = IoCreateSymbolicLink(&linkName, &deviceName);
    if (status != STATUS_SUCCESS) {
        RtlFreeUnicodeString(&extension->Path);
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = PthCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = PthCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = PthControl;
    DriverObject->DriverUnload = PthUnload;
    return STATUS_SUCCESS;
}

VOID
PthUnload(
    IN PDRIVER_OBJECT DriverObject
    )
{
    UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Path");
    PDEVICE_OBJECT device = DriverObject->DeviceObject;

    IoDeleteSymbolicLink(&linkName);
    IoDeleteDevice(device);
}

NTSTATUS
PthCreateClose(
    IN PDEVICE_OBJECT DeviceObject,
    IN PIRP Irp
    )
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS
PthControl(
    IN PDEVICE_OBJECT DeviceObject,
    IN PIRP Irp
    )
{
    PPTH_EXTENSION extension = (PPTH_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_PTH_SHOW) {
        extension->Shown++;
        DbgPrint("path: %wZ\n", &extension->Path);
        status = STATUS_SUCCESS;
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
