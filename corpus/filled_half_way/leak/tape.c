/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Each write is a new record in place of the old one. */
#include "record.h"

#define TAPE_MAX 65536

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD TapeUnload;
DRIVER_DISPATCH TapeCreateClose;
DRIVER_DISPATCH TapeWrite;

static FAST_MUTEX TapeLock;
static PTAPE_RECORD Tape;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    ExInitializeFastMutex(&TapeLock);
    RtlInitUnicodeString(&name, L"\\Device\\Tape");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_TAPE, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = TapeCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = TapeCreateClose;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = TapeWrite;
    DriverObject->DriverUnload = TapeUnload;
    return STATUS_SUCCESS;
}

VOID TapeUnload(PDRIVER_OBJECT DriverObject)
{
    if (Tape != NULL)
        TapeEmpty(Tape);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS TapeCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS TapeReplace(const UCHAR *Samples, ULONG Length)
{
    PTAPE_RECORD record, old;
    NTSTATUS status;

    record = ExAllocatePoolWithTag(PagedPool, sizeof(*record), TAPE_TAG);
    if (record == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    status = TapeFill(record, Samples, Length);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(record, TAPE_TAG);
        return status; /* leak62: LeakOnPath */
    }

    ExAcquireFastMutex(&TapeLock);
    old = Tape;
    Tape = record;
    ExReleaseFastMutex(&TapeLock);
    if (old != NULL)
        TapeEmpty(old);
    return STATUS_SUCCESS;
}

NTSTATUS TapeWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.Write.Length;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (length >= 2 && length <= TAPE_MAX)
        status = TapeReplace(Irp->AssociatedIrp.SystemBuffer, length);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = NT_SUCCESS(status) ? length : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
