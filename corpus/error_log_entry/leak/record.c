/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Writes what it is sent to the error log.  An empty text is refused after the
 * entry was allocated.
 */
#include <ntddk.h>

#define REC_MAX_LENGTH 64

#define IOCTL_REC_WRITE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8D5, METHOD_BUFFERED, FILE_ANY_ACCESS)

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD RecUnload;
DRIVER_DISPATCH RecCreateClose;
DRIVER_DISPATCH RecControl;

static UNICODE_STRING RecDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Record");
static UNICODE_STRING RecLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Record");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &RecDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&RecLinkName, &RecDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = RecCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = RecCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = RecControl;
    DriverObject->DriverUnload = RecUnload;
    return STATUS_SUCCESS;
}

VOID RecUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&RecLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS RecCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS RecWrite(PDEVICE_OBJECT DeviceObject, PVOID Text, ULONG Length)
{
    PIO_ERROR_LOG_PACKET entry;

    if (Length > REC_MAX_LENGTH)
        return STATUS_INVALID_BUFFER_SIZE;

    entry = IoAllocateErrorLogEntry(DeviceObject,
                                    (UCHAR)(sizeof(IO_ERROR_LOG_PACKET) + REC_MAX_LENGTH));
    if (entry == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    if (Length == 0) {
        return STATUS_INVALID_PARAMETER; /* leak62: KernelObjectLeak */
    }

    RtlZeroMemory(entry, sizeof(IO_ERROR_LOG_PACKET) + REC_MAX_LENGTH);
    entry->DumpDataSize = (USHORT)(Length & ~(sizeof(ULONG) - 1));
    RtlCopyMemory(entry->DumpData, Text, entry->DumpDataSize);
    IoWriteErrorLogEntry(entry);
    return STATUS_SUCCESS;
}

NTSTATUS RecControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_REC_WRITE)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else
        status = RecWrite(DeviceObject, Irp->AssociatedIrp.SystemBuffer,
                          stack->Parameters.DeviceIoControl.InputBufferLength);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
