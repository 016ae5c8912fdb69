/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A board of scores whose lock is allocated by itself, for it must be resident.  Unload
 * deletes the ERESOURCE and forgets the memory that it lies in.
 */
#include <ntddk.h>

#define SCB_TAG 'bcSs'
#define SCB_PLAYERS 16

typedef struct _SCB_BOARD {
    PERESOURCE Lock;
    ULONG Scores[SCB_PLAYERS];
} SCB_BOARD, *PSCB_BOARD;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD ScbUnload;
DRIVER_DISPATCH ScbCreateClose;
DRIVER_DISPATCH ScbRead;

static UNICODE_STRING ScbDeviceName = RTL_CONSTANT_STRING(L"\\Device\\ScoreBoard");

static VOID ScbDropLock(PSCB_BOARD Board)
{
    if (Board->Lock == NULL)
        return;
    ExDeleteResourceLite(Board->Lock);
    Board->Lock = NULL;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    PSCB_BOARD board;
    PERESOURCE lock;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, sizeof(SCB_BOARD), &ScbDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    board = device->DeviceExtension;
    lock = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*lock), SCB_TAG); /* leak62: LeakAtUnload */
    if (lock == NULL) {
        IoDeleteDevice(device);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ExInitializeResourceLite(lock);
    board->Lock = lock;

    device->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = ScbCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = ScbCreateClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = ScbRead;
    DriverObject->DriverUnload = ScbUnload;
    return STATUS_SUCCESS;
}

VOID ScbUnload(PDRIVER_OBJECT DriverObject)
{
    ScbDropLock(DriverObject->DeviceObject->DeviceExtension);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS ScbCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS ScbRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PSCB_BOARD board = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_BUFFER_TOO_SMALL;

    Irp->IoStatus.Information = 0;
    if (stack->Parameters.Read.Length >= sizeof(board->Scores)) {
        KeEnterCriticalRegion();
        ExAcquireResourceSharedLite(board->Lock, TRUE);
        RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, board->Scores, sizeof(board->Scores));
        ExReleaseResourceLite(board->Lock);
        KeLeaveCriticalRegion();
        Irp->IoStatus.Information = sizeof(board->Scores);
        status = STATUS_SUCCESS;
    }
    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
