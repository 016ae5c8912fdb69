/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A rack of trays in the device extension.  A request takes any tray out, so that there are
 * gaps; the loop of the unload routine goes past them.
 */
#include <ntddk.h>

#define TRY_TAG 'yrTt'
#define TRY_TRAYS 12
#define TRY_BYTES 256

#define IOCTL_TRY_INSERT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8F0, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_TRY_EJECT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8F1, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _TRY_RACK {
    PVOID Trays[TRY_TRAYS];
    FAST_MUTEX Mutex;
} TRY_RACK, *PTRY_RACK;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD TryUnload;
DRIVER_DISPATCH TryCreateClose;
DRIVER_DISPATCH TryControl;

static UNICODE_STRING TryDeviceName = RTL_CONSTANT_STRING(L"\\Device\\TrayRack");

static NTSTATUS TryInsert(PTRY_RACK Rack)
{
    ULONG i;

    for (i = 0; i < TRY_TRAYS; i++) {
        if (Rack->Trays[i] != NULL)
            continue;
        Rack->Trays[i] = ExAllocatePoolWithTag(PagedPool, TRY_BYTES, TRY_TAG);
        return Rack->Trays[i] != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_TOO_MANY_NODES;
}

static NTSTATUS TryEject(PTRY_RACK Rack, ULONG Number)
{
    if (Number >= TRY_TRAYS || Rack->Trays[Number] == NULL)
        return STATUS_NOT_FOUND;
    ExFreePoolWithTag(Rack->Trays[Number], TRY_TAG);
    Rack->Trays[Number] = NULL;
    return STATUS_SUCCESS;
}

NTSTATUS TryControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTRY_RACK rack = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    ExAcquireFastMutex(&rack->Mutex);
    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_TRY_INSERT:
        status = TryInsert(rack);
        break;
    case IOCTL_TRY_EJECT:
        status = STATUS_BUFFER_TOO_SMALL;
        if (stack->Parameters.DeviceIoControl.InputBufferLength >= sizeof(ULONG))
            status = TryEject(rack, *(PULONG)Irp->AssociatedIrp.SystemBuffer);
        break;
    }
    ExReleaseFastMutex(&rack->Mutex);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS TryCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID TryUnload(PDRIVER_OBJECT DriverObject)
{
    PTRY_RACK rack = DriverObject->DeviceObject->DeviceExtension;
    ULONG i;

    for (i = 0; i < TRY_TRAYS; i++) {
        if (rack->Trays[i] != NULL)
            ExFreePoolWithTag(rack->Trays[i], TRY_TAG);
    }
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    PTRY_RACK rack;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, sizeof(TRY_RACK), &TryDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    rack = device->DeviceExtension;
    ExInitializeFastMutex(&rack->Mutex);
    device->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = TryCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = TryCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = TryControl;
    DriverObject->DriverUnload = TryUnload;
    return STATUS_SUCCESS;
}
