/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * METHOD_NEITHER with the caller's pages locked.
 */
#include <ntddk.h>

#define DIR_MAX_LENGTH 0x8000

#define IOCTL_DIR_PARITY CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8C0, METHOD_NEITHER, FILE_ANY_ACCESS)

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD DirUnload;
DRIVER_DISPATCH DirCreateClose;
DRIVER_DISPATCH DirControl;

static UNICODE_STRING DirDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Direct");
static UNICODE_STRING DirLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Direct");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &DirDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&DirLinkName, &DirDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = DirCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DirCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DirControl;
    DriverObject->DriverUnload = DirUnload;
    return STATUS_SUCCESS;
}

VOID DirUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&DirLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DirCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS DirParity(PVOID UserBuffer, ULONG Length, KPROCESSOR_MODE Mode, PULONG Parity)
{
    PUCHAR bytes;
    PMDL mdl;
    ULONG i;

    mdl = IoAllocateMdl(UserBuffer, Length, FALSE, FALSE, NULL);
    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    __try {
        MmProbeAndLockPages(mdl, Mode, IoReadAccess);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        IoFreeMdl(mdl);
        return GetExceptionCode();
    }

    bytes = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    if (bytes == NULL) {
        MmUnlockPages(mdl);
        IoFreeMdl(mdl);
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    *Parity = 0;
    for (i = 0; i < Length; i++)
        *Parity ^= bytes[i];

    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    return STATUS_SUCCESS;
}

NTSTATUS DirControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG parity = 0;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_DIR_PARITY)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else if (length == 0 || length > DIR_MAX_LENGTH)
        status = STATUS_INVALID_BUFFER_SIZE;
    else
        status = DirParity(stack->Parameters.DeviceIoControl.Type3InputBuffer, length,
                           Irp->RequestorMode, &parity);
    if (NT_SUCCESS(status))
        DbgPrint("direct: parity 0x%02lx\n", parity);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
