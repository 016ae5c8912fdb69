/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One dispatch routine serves every major function.  A control code replaces the motto and
 * frees the one before; unload frees the last one.
 */
#include <ntddk.h>

#define MOT_TAG 'toMm'
#define MOT_BYTES_MAX 512

#define IOCTL_MOT_SET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8E0, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _MOT_MOTTO {
    ULONG Bytes;
    UCHAR Text[1];
} MOT_MOTTO, *PMOT_MOTTO;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD MotUnload;
DRIVER_DISPATCH MotDispatch;

static UNICODE_STRING MotDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Motto");
static PMOT_MOTTO MotCurrent;
static FAST_MUTEX MotMutex;

static NTSTATUS MotSet(PVOID Text, ULONG Bytes)
{
    PMOT_MOTTO motto, before;
    SIZE_T bytes;

    if (Bytes == 0 || Bytes > MOT_BYTES_MAX)
        return STATUS_INVALID_BUFFER_SIZE;

    bytes = FIELD_OFFSET(MOT_MOTTO, Text) + Bytes;
    motto = ExAllocatePoolWithTag(PagedPool, bytes, MOT_TAG);
    if (motto == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    motto->Bytes = Bytes;
    RtlCopyMemory(motto->Text, Text, Bytes);

    ExAcquireFastMutex(&MotMutex);
    before = MotCurrent;
    MotCurrent = motto;
    ExReleaseFastMutex(&MotMutex);

    if (before != NULL)
        ExFreePoolWithTag(before, MOT_TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS MotGet(PIRP Irp, ULONG Room)
{
    NTSTATUS status = STATUS_NO_MORE_ENTRIES;

    ExAcquireFastMutex(&MotMutex);
    if (MotCurrent != NULL) {
        if (Room > MotCurrent->Bytes)
            Room = MotCurrent->Bytes;
        RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, MotCurrent->Text, Room);
        Irp->IoStatus.Information = Room;
        status = STATUS_SUCCESS;
    }
    ExReleaseFastMutex(&MotMutex);
    return status;
}

NTSTATUS MotDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Information = 0;
    switch (stack->MajorFunction) {
    case IRP_MJ_CREATE:
    case IRP_MJ_CLEANUP:
    case IRP_MJ_CLOSE:
        break;
    case IRP_MJ_READ:
        status = MotGet(Irp, stack->Parameters.Read.Length);
        break;
    case IRP_MJ_DEVICE_CONTROL:
        status = STATUS_INVALID_DEVICE_REQUEST;
        if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_MOT_SET)
            status = MotSet(Irp->AssociatedIrp.SystemBuffer,
                            stack->Parameters.DeviceIoControl.InputBufferLength);
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }
    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

VOID MotUnload(PDRIVER_OBJECT DriverObject)
{
    if (MotCurrent != NULL)
        ExFreePoolWithTag(MotCurrent, MOT_TAG);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    ExInitializeFastMutex(&MotMutex);
    status = IoCreateDevice(DriverObject, 0, &MotDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    device->Flags |= DO_BUFFERED_IO;
    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = MotDispatch;
    DriverObject->DriverUnload = MotUnload;
    return STATUS_SUCCESS;
}
