/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The device shows the snapshot that it took last.  A snapshot counts its users and
 * goes with the last of them: the request that makes it, and the driver, which keeps
 * it for others.  A snapshot that is of no use is not given back.
 */
#include <wdm.h>

#define SNAP_TAG 'panS'
#define SNAP_WORDS 16

typedef struct _SNAPSHOT {
    volatile LONG RefCount;
    LARGE_INTEGER Taken;
    ULONG Words[SNAP_WORDS];
} SNAPSHOT, *PSNAPSHOT;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD SnapUnload;
DRIVER_DISPATCH SnapCreateClose;
DRIVER_DISPATCH SnapRead;

static PSNAPSHOT SnapLast;

static PSNAPSHOT SnapTake(VOID)
{
    PSNAPSHOT snap = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(SNAPSHOT), SNAP_TAG);
    ULONG i;

    if (snap == NULL)
        return NULL;
    snap->RefCount = 1;
    KeQuerySystemTime(&snap->Taken);
    for (i = 0; i < SNAP_WORDS; i++)
        snap->Words[i] = snap->Taken.LowPart >> i;
    return snap;
}

static VOID SnapReference(PSNAPSHOT Snap)
{
    InterlockedIncrement(&Snap->RefCount);
}

static VOID SnapRelease(PSNAPSHOT Snap)
{
    if (InterlockedDecrement(&Snap->RefCount) == 0)
        ExFreePoolWithTag(Snap, SNAP_TAG);
}

static NTSTATUS SnapAnswer(PVOID Buffer, ULONG Length)
{
    PSNAPSHOT snap = SnapTake();
    PSNAPSHOT old;

    if (snap == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (snap->Words[0] == 0) {
        return STATUS_DEVICE_NOT_READY; /* leak62: LeakOnPath */
    }

    SnapReference(snap);
    old = InterlockedExchangePointer((PVOID volatile *)&SnapLast, snap);
    if (old != NULL)
        SnapRelease(old);

    RtlCopyMemory(Buffer, snap->Words, Length);
    SnapRelease(snap);
    return STATUS_SUCCESS;
}

NTSTATUS SnapRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.Read.Length;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (length > SNAP_WORDS * sizeof(ULONG))
        length = SNAP_WORDS * sizeof(ULONG);
    status = SnapAnswer(Irp->AssociatedIrp.SystemBuffer, length);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = NT_SUCCESS(status) ? length : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS SnapCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID SnapUnload(PDRIVER_OBJECT DriverObject)
{
    PSNAPSHOT last = InterlockedExchangePointer((PVOID volatile *)&SnapLast, NULL);

    if (last != NULL)
        SnapRelease(last);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\Snapshot");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = SnapCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = SnapCreateClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = SnapRead;
    DriverObject->DriverUnload = SnapUnload;
    return STATUS_SUCCESS;
}
