/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Courier: writes are carried to a file by a work item each, so that the writer need
 * not wait for the disk.
 */
#include <ntddk.h>

#define COURIER_TAG 'ruoC'
#define COURIER_MAX_LOAD 4096
#define COURIER_MAX_JOBS 64

typedef struct _COURIER_JOB {
    PIO_WORKITEM WorkItem;
    ULONG Length;
    UCHAR Load[ANYSIZE_ARRAY];
} COURIER_JOB, *PCOURIER_JOB;

typedef struct _COURIER_EXTENSION {
    volatile LONG JobsOut;
    volatile LONG Delivered;
    volatile LONG Lost;
} COURIER_EXTENSION, *PCOURIER_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD CourierUnload;
DRIVER_DISPATCH CourierDispatch;
IO_WORKITEM_ROUTINE CourierDeliver;

static NTSTATUS CourierOpen(PHANDLE File)
{
    UNICODE_STRING path;
    OBJECT_ATTRIBUTES oa;
    IO_STATUS_BLOCK iosb;

    RtlInitUnicodeString(&path, L"\\SystemRoot\\Temp\\courier.bag");
    InitializeObjectAttributes(&oa, &path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    return ZwCreateFile(File, FILE_APPEND_DATA | SYNCHRONIZE, &oa, &iosb, NULL,
                        FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ, FILE_OPEN_IF,
                        FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
}

VOID CourierDeliver(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    PCOURIER_EXTENSION ext = DeviceObject->DeviceExtension;
    PCOURIER_JOB job = Context;
    IO_STATUS_BLOCK iosb;
    NTSTATUS status;
    HANDLE file;

    status = CourierOpen(&file);
    if (!NT_SUCCESS(status)) {
        DbgPrint("courier: no bag (%08lx)\n", status);
        InterlockedIncrement(&ext->Lost);
        InterlockedDecrement(&ext->JobsOut);
        IoFreeWorkItem(job->WorkItem);
        ExFreePoolWithTag(job, COURIER_TAG);
        return;
    }

    status = ZwWriteFile(file, NULL, NULL, NULL, &iosb, job->Load, job->Length, NULL, NULL);
    ZwClose(file);
    if (NT_SUCCESS(status))
        InterlockedIncrement(&ext->Delivered);
    else
        InterlockedIncrement(&ext->Lost);

    InterlockedDecrement(&ext->JobsOut);
    IoFreeWorkItem(job->WorkItem);
    ExFreePoolWithTag(job, COURIER_TAG);
}

static NTSTATUS CourierPost(PDEVICE_OBJECT DeviceObject, PVOID Data, ULONG Length)
{
    PCOURIER_EXTENSION ext = DeviceObject->DeviceExtension;
    PCOURIER_JOB job;

    if (Length == 0 || Length > COURIER_MAX_LOAD)
        return STATUS_INVALID_PARAMETER;

    if (InterlockedIncrement(&ext->JobsOut) > COURIER_MAX_JOBS) {
        InterlockedDecrement(&ext->JobsOut);
        return STATUS_DEVICE_BUSY;
    }

    job = ExAllocatePoolWithTag(NonPagedPool, FIELD_OFFSET(COURIER_JOB, Load) + Length,
                                COURIER_TAG);
    if (job != NULL) {
        job->WorkItem = IoAllocateWorkItem(DeviceObject);
        if (job->WorkItem != NULL) {
            job->Length = Length;
            RtlCopyMemory(job->Load, Data, Length);
            IoQueueWorkItem(job->WorkItem, CourierDeliver, DelayedWorkQueue, job);
            return STATUS_SUCCESS;
        }
        ExFreePoolWithTag(job, COURIER_TAG);
    }
    InterlockedDecrement(&ext->JobsOut);
    return STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS CourierDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PCOURIER_EXTENSION ext = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;
    ULONG_PTR information = 0;
    PLONG out;

    switch (stack->MajorFunction) {
    case IRP_MJ_WRITE:
        status = CourierPost(DeviceObject, Irp->AssociatedIrp.SystemBuffer,
                             stack->Parameters.Write.Length);
        if (NT_SUCCESS(status))
            information = stack->Parameters.Write.Length;
        break;

    case IRP_MJ_READ:
        if (stack->Parameters.Read.Length < 3 * sizeof(LONG)) {
            status = STATUS_BUFFER_TOO_SMALL;
            break;
        }
        out = Irp->AssociatedIrp.SystemBuffer;
        out[0] = ext->JobsOut;
        out[1] = ext->Delivered;
        out[2] = ext->Lost;
        information = 3 * sizeof(LONG);
        break;

    default:
        break;
    }
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

VOID CourierUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, L"\\DosDevices\\Courier");
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name, link;
    PDEVICE_OBJECT device;
    PCOURIER_EXTENSION ext;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\Courier");
    status = IoCreateDevice(DriverObject, sizeof(COURIER_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    ext = device->DeviceExtension;
    ext->JobsOut = ext->Delivered = ext->Lost = 0;

    RtlInitUnicodeString(&link, L"\\DosDevices\\Courier");
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    device->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = CourierDispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = CourierDispatch;
    DriverObject->MajorFunction[IRP_MJ_READ] = CourierDispatch;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = CourierDispatch;
    DriverObject->DriverUnload = CourierUnload;
    return STATUS_SUCCESS;
}
