/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Appends what is written to the device to a log file.  The file is written by a work item,
 * so that writers do not wait for the disk.
 */
#include <ntddk.h>

#define ALOG_TAG 'gLsA'
#define ALOG_LINE_MAX 512

typedef struct _ALOG_EXTENSION {
    LONG Written;
    LONG Lost;
} ALOG_EXTENSION, *PALOG_EXTENSION;

typedef struct _ALOG_JOB {
    PIO_WORKITEM Item;
    ULONG Length;
    CHAR Line[1];
} ALOG_JOB, *PALOG_JOB;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD AlogUnload;
DRIVER_DISPATCH AlogCreateClose;
DRIVER_DISPATCH AlogWrite;
IO_WORKITEM_ROUTINE AlogWorker;

VOID AlogWorker(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    PALOG_EXTENSION ext = DeviceObject->DeviceExtension;
    PALOG_JOB job = Context;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    UNICODE_STRING path;
    LARGE_INTEGER end;
    NTSTATUS status;
    HANDLE file;

    IoFreeWorkItem(job->Item);

    RtlInitUnicodeString(&path, L"\\SystemRoot\\Temp\\asynclog.txt");
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    status = ZwCreateFile(&file, FILE_APPEND_DATA | SYNCHRONIZE, &attributes, &iosb, NULL,
                          FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ, FILE_OPEN_IF,
                          FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, NULL, 0);
    if (!NT_SUCCESS(status)) {
        InterlockedIncrement(&ext->Lost);
        return; /* leak62: LeakInCallback */
    }

    end.HighPart = -1;
    end.LowPart = FILE_WRITE_TO_END_OF_FILE;
    status = ZwWriteFile(file, NULL, NULL, NULL, &iosb, job->Line, job->Length, &end, NULL);
    if (NT_SUCCESS(status))
        InterlockedIncrement(&ext->Written);
    else
        InterlockedIncrement(&ext->Lost);
    ZwClose(file);
    ExFreePoolWithTag(job, ALOG_TAG);
}

static NTSTATUS AlogQueue(PDEVICE_OBJECT DeviceObject, PVOID Line, ULONG Length)
{
    PALOG_JOB job;

    if (Length == 0 || Length > ALOG_LINE_MAX)
        return STATUS_INVALID_BUFFER_SIZE;

    job = ExAllocatePoolWithTag(NonPagedPool, FIELD_OFFSET(ALOG_JOB, Line) + Length, ALOG_TAG);
    if (job == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    job->Item = IoAllocateWorkItem(DeviceObject);
    if (job->Item == NULL) {
        ExFreePoolWithTag(job, ALOG_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    job->Length = Length;
    RtlCopyMemory(job->Line, Line, Length);
    IoQueueWorkItem(job->Item, AlogWorker, DelayedWorkQueue, job);
    return STATUS_SUCCESS;
}

NTSTATUS AlogWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
    NTSTATUS status = AlogQueue(DeviceObject, Irp->AssociatedIrp.SystemBuffer, length);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = NT_SUCCESS(status) ? length : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS AlogCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

/* The I/O manager keeps the device until its last work item has run. */
VOID AlogUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, L"\\DosDevices\\AsyncLog");
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name, link;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\AsyncLog");
    RtlInitUnicodeString(&link, L"\\DosDevices\\AsyncLog");

    status = IoCreateDevice(DriverObject, sizeof(ALOG_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    RtlZeroMemory(device->DeviceExtension, sizeof(ALOG_EXTENSION));
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    device->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = AlogCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = AlogCreateClose;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = AlogWrite;
    DriverObject->DriverUnload = AlogUnload;
    return STATUS_SUCCESS;
}
