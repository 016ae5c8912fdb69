/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Adds up the bytes of a block of the caller's memory.  The block is locked down and mapped,
 * so that the sum could be made in any process.
 */
#include <ntddk.h>

#define IOCTL_SUM CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8C0, METHOD_NEITHER, FILE_READ_DATA)
#define SUM_LARGEST (1024 * 1024)

static NTSTATUS
LockUserBlock(PVOID Address, ULONG Length, KPROCESSOR_MODE Mode, PMDL *Result)
{
    NTSTATUS status = STATUS_SUCCESS;
    PMDL mdl;

    mdl = IoAllocateMdl(Address, Length, FALSE, FALSE, NULL);
    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    __try {
        MmProbeAndLockPages(mdl, Mode, IoReadAccess);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = STATUS_INVALID_USER_BUFFER;
    }
    if (!NT_SUCCESS(status)) {
        IoFreeMdl(mdl);
        return status;
    }

    *Result = mdl;
    return STATUS_SUCCESS;
}

static VOID
UnlockUserBlock(PMDL Mdl)
{
    MmUnlockPages(Mdl);
    IoFreeMdl(Mdl);
}

static NTSTATUS
SumUserBlock(PVOID Address, ULONG Length, KPROCESSOR_MODE Mode, PULONG64 Sum)
{
    NTSTATUS status;
    PUCHAR bytes;
    PMDL mdl;
    ULONG i;

    if (Length == 0 || Length > SUM_LARGEST)
        return STATUS_INVALID_BUFFER_SIZE;

    status = LockUserBlock(Address, Length, Mode, &mdl);
    if (!NT_SUCCESS(status))
        return status;

    bytes = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    if (bytes == NULL) {
        UnlockUserBlock(mdl);
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    *Sum = 0;
    for (i = 0; i < Length; i++)
        *Sum += bytes[i];

    UnlockUserBlock(mdl);
    return STATUS_SUCCESS;
}

static NTSTATUS
SumControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    ULONG_PTR info = 0;
    ULONG64 sum;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (sp->Parameters.DeviceIoControl.IoControlCode == IOCTL_SUM) {
        status = SumUserBlock(sp->Parameters.DeviceIoControl.Type3InputBuffer,
                              sp->Parameters.DeviceIoControl.InputBufferLength,
                              Irp->RequestorMode, &sum);
        if (NT_SUCCESS(status) &&
            sp->Parameters.DeviceIoControl.OutputBufferLength < sizeof(sum))
            status = STATUS_BUFFER_TOO_SMALL;
        if (NT_SUCCESS(status)) {
            __try {
                if (Irp->RequestorMode != KernelMode)
                    ProbeForWrite(Irp->UserBuffer, sizeof(sum), 1);
                RtlCopyMemory(Irp->UserBuffer, &sum, sizeof(sum));
                info = sizeof(sum);
            } __except (EXCEPTION_EXECUTE_HANDLER) {
                status = STATUS_ACCESS_VIOLATION;
            }
        }
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = info;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS
SumCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID
SumUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\??\\MdlNeither");

    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\MdlNeither");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\??\\MdlNeither");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = SumCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = SumCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = SumControl;
    DriverObject->DriverUnload = SumUnload;
    return STATUS_SUCCESS;
}
