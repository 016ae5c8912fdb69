/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Tally: every open handle has a tally sheet of its own that writes add to and reads
 * show.  At most eight sheets are handed out at a time.
 */
#include <ntddk.h>

#define TLY_TAG 'ylaT'
#define TALLY_MAX_OPEN 8
#define TALLY_COLUMNS 32

typedef struct _TALLY_SHEET {
    KSPIN_LOCK Lock;
    ULONG Writes;
    ULONGLONG Column[TALLY_COLUMNS];
} TALLY_SHEET, *PTALLY_SHEET;

typedef struct _TALLY_DEVICE {
    volatile LONG OpenCount;
} TALLY_DEVICE, *PTALLY_DEVICE;

static NTSTATUS
TallyEnd(
    PIRP Irp,
    NTSTATUS Status,
    ULONG_PTR Information
    )
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS
TallyCreate(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    PTALLY_DEVICE Device = DeviceObject->DeviceExtension;
    PFILE_OBJECT File = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    PTALLY_SHEET Sheet;

    if (File->FileName.Length != 0) {
        return TallyEnd(Irp, STATUS_OBJECT_NAME_INVALID, 0);
    }

    Sheet = ExAllocatePoolWithTag(NonPagedPool, sizeof(*Sheet), TLY_TAG);
    if (Sheet == NULL) {
        return TallyEnd(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    RtlZeroMemory(Sheet, sizeof(*Sheet));
    KeInitializeSpinLock(&Sheet->Lock);

    if (InterlockedIncrement(&Device->OpenCount) > TALLY_MAX_OPEN) {
        InterlockedDecrement(&Device->OpenCount);
        ExFreePoolWithTag(Sheet, TLY_TAG);
        return TallyEnd(Irp, STATUS_TOO_MANY_OPENED_FILES, 0);
    }

    File->FsContext = Sheet;
    return TallyEnd(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS
TallyCleanup(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    PTALLY_DEVICE Device = DeviceObject->DeviceExtension;
    PFILE_OBJECT File = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    PTALLY_SHEET Sheet = File->FsContext;

    DbgPrint("tally: sheet of %lu writes handed in\n", Sheet->Writes);
    File->FsContext = NULL;
    ExFreePoolWithTag(Sheet, TLY_TAG);
    InterlockedDecrement(&Device->OpenCount);
    return TallyEnd(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS
TallyClose(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    UNREFERENCED_PARAMETER(DeviceObject);

    return TallyEnd(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS
TallyReadWrite(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    PTALLY_SHEET Sheet = Stack->FileObject->FsContext;
    PULONGLONG Data = Irp->AssociatedIrp.SystemBuffer;
    ULONG Count, Index;
    KIRQL Irql;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (Stack->MajorFunction == IRP_MJ_WRITE) {
        Count = Stack->Parameters.Write.Length / sizeof(ULONGLONG);
    } else {
        Count = Stack->Parameters.Read.Length / sizeof(ULONGLONG);
    }
    if (Sheet == NULL || Count == 0) {
        return TallyEnd(Irp, STATUS_INVALID_PARAMETER, 0);
    }
    if (Count > TALLY_COLUMNS) {
        Count = TALLY_COLUMNS;
    }

    KeAcquireSpinLock(&Sheet->Lock, &Irql);
    if (Stack->MajorFunction == IRP_MJ_WRITE) {
        for (Index = 0; Index < Count; Index++) {
            Sheet->Column[Index] += Data[Index];
        }
        Sheet->Writes++;
    } else {
        RtlCopyMemory(Data, Sheet->Column, Count * sizeof(ULONGLONG));
    }
    KeReleaseSpinLock(&Sheet->Lock, Irql);
    return TallyEnd(Irp, STATUS_SUCCESS, Count * sizeof(ULONGLONG));
}

static VOID
TallyUnload(
    PDRIVER_OBJECT DriverObject
    )
{
    UNICODE_STRING Link;

    RtlInitUnicodeString(&Link, L"\\??\\Tally");
    IoDeleteSymbolicLink(&Link);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS
DriverEntry(
    PDRIVER_OBJECT DriverObject,
    PUNICODE_STRING RegistryPath
    )
{
    UNICODE_STRING Name, Link;
    PDEVICE_OBJECT DeviceObject;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&Name, L"\\Device\\Tally");
    Status = IoCreateDevice(DriverObject, sizeof(TALLY_DEVICE), &Name, FILE_DEVICE_UNKNOWN, 0,
                            FALSE, &DeviceObject);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }

    RtlInitUnicodeString(&Link, L"\\??\\Tally");
    Status = IoCreateSymbolicLink(&Link, &Name);
    if (!NT_SUCCESS(Status)) {
        IoDeleteDevice(DeviceObject);
        return Status;
    }

    DeviceObject->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = TallyCreate;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = TallyCleanup;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = TallyClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = TallyReadWrite;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = TallyReadWrite;
    DriverObject->DriverUnload = TallyUnload;
    return STATUS_SUCCESS;
}
