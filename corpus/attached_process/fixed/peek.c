/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Reads a word of the first process, attached to it only for as long as that takes.
 */
#include <ntifs.h>

#define IOCTL_PEK_READ CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8D4, METHOD_BUFFERED, FILE_ANY_ACCESS)

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD PekUnload;
DRIVER_DISPATCH PekCreateClose;
DRIVER_DISPATCH PekControl;

static UNICODE_STRING PekDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Peek");
static UNICODE_STRING PekLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Peek");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &PekDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&PekLinkName, &PekDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = PekCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = PekCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = PekControl;
    DriverObject->DriverUnload = PekUnload;
    return STATUS_SUCCESS;
}

VOID PekUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&PekLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS PekCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS PekRead(PVOID Address, ULONG Length)
{
    KAPC_STATE state;
    ULONG value;

    if (Length != sizeof(ULONG))
        return STATUS_INVALID_BUFFER_SIZE;

    KeStackAttachProcess((PKPROCESS)PsInitialSystemProcess, &state);

    if (!MmIsAddressValid(Address)) {
        KeUnstackDetachProcess(&state);
        return STATUS_ACCESS_VIOLATION;
    }

    value = *(volatile ULONG *)Address;
    KeUnstackDetachProcess(&state);

    DbgPrint("peek: 0x%08lx\n", value);
    return STATUS_SUCCESS;
}

NTSTATUS PekControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_PEK_READ)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else
        status = PekRead(stack->Parameters.DeviceIoControl.Type3InputBuffer,
                         stack->Parameters.DeviceIoControl.InputBufferLength);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
