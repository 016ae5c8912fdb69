/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Rooms have a lock of their own.  It is deleted before the memory that holds it
 * goes, also when a room finds no name.
 */
#include <ntddk.h>

#define RMS_TAG 'smRr'
#define RMS_NAME_LENGTH 64

#define IOCTL_RMS_TRY CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8D0, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _RMS_ROOM {
    ERESOURCE Lock;
    PWCHAR Name;
} RMS_ROOM, *PRMS_ROOM;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD RmsUnload;
DRIVER_DISPATCH RmsCreateClose;
DRIVER_DISPATCH RmsControl;

static UNICODE_STRING RmsDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Rooms");
static UNICODE_STRING RmsLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Rooms");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &RmsDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&RmsLinkName, &RmsDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = RmsCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = RmsCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = RmsControl;
    DriverObject->DriverUnload = RmsUnload;
    return STATUS_SUCCESS;
}

VOID RmsUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&RmsLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS RmsCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS RmsTry(VOID)
{
    PRMS_ROOM room;

    room = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*room), RMS_TAG);
    if (room == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    ExInitializeResourceLite(&room->Lock);

    room->Name = ExAllocatePoolWithTag(PagedPool, RMS_NAME_LENGTH, RMS_TAG);
    if (room->Name == NULL) {
        ExDeleteResourceLite(&room->Lock);
        ExFreePoolWithTag(room, RMS_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    ExFreePoolWithTag(room->Name, RMS_TAG);
    ExDeleteResourceLite(&room->Lock);
    ExFreePoolWithTag(room, RMS_TAG);
    return STATUS_SUCCESS;
}

NTSTATUS RmsControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_RMS_TRY)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else
        status = RmsTry();

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
