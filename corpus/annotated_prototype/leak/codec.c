/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Calls a library that says in annotations who owns what.  A table that cannot be
 * built loses what was decoded before, and a block that is refused is lost.
 */
#include "codec.h"

#define CDC_TAG 'cdoC'
#define CDC_MAX_LENGTH 4096

#define IOCTL_CDC_DECODE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8D8, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_CDC_ADD CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8D9, METHOD_BUFFERED, FILE_ANY_ACCESS)

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD CdcUnload;
DRIVER_DISPATCH CdcCreateClose;
DRIVER_DISPATCH CdcControl;

static UNICODE_STRING CdcDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Codec");
static UNICODE_STRING CdcLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Codec");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &CdcDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&CdcLinkName, &CdcDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = CdcCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = CdcCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = CdcControl;
    DriverObject->DriverUnload = CdcUnload;
    return STATUS_SUCCESS;
}

VOID CdcUnload(PDRIVER_OBJECT DriverObject)
{
    CodClose();
    IoDeleteSymbolicLink(&CdcLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS CdcCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS CdcDecode(PVOID Input, ULONG Length)
{
    PVOID decoded, table;
    NTSTATUS status;

    decoded = CodDecode(Input, Length);
    if (decoded == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    status = CodBuild(Length, &table);
    if (!NT_SUCCESS(status)) {
        return status; /* leak62: LeakOnPath */
    }

    DbgPrint("codec: %p, %p\n", decoded, table);
    CodFree(table);
    CodFree(decoded);
    return STATUS_SUCCESS;
}

static NTSTATUS CdcAdd(PVOID Input, ULONG Length)
{
    NTSTATUS status;
    PVOID block;

    block = ExAllocatePoolWithTag(PagedPool, CDC_MAX_LENGTH, CDC_TAG);
    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(block, CDC_MAX_LENGTH);
    RtlCopyMemory(block, Input, Length);

    status = CodAdd(block);
    return status; /* leak62: LeakOnPath */
}

static NTSTATUS CdcRequest(ULONG Code, PVOID Input, ULONG Length)
{
    if (Length == 0 || Length > CDC_MAX_LENGTH)
        return STATUS_INVALID_BUFFER_SIZE;
    if (Code == IOCTL_CDC_DECODE)
        return CdcDecode(Input, Length);
    if (Code == IOCTL_CDC_ADD)
        return CdcAdd(Input, Length);
    return STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS CdcControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    status = CdcRequest(stack->Parameters.DeviceIoControl.IoControlCode,
                        Irp->AssociatedIrp.SystemBuffer,
                        stack->Parameters.DeviceIoControl.InputBufferLength);
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
