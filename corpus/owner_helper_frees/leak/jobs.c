/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One job per open file: create makes it, a write gives it its data.  All memory
 * goes through JobFree.  Writing anew frees the old job with its data; close frees
 * the job alone.
 */
#include <ntddk.h>

#define JOB_TAG 'sboJ'
#define JOB_MAX_DATA 4096

typedef struct _JOB {
    ULONG Length;
    PVOID Data;
} JOB, *PJOB;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD JobUnload;
DRIVER_DISPATCH JobCreate;
DRIVER_DISPATCH JobClose;
DRIVER_DISPATCH JobWrite;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\Jobs");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags |= DO_BUFFERED_IO;

    DriverObject->MajorFunction[IRP_MJ_CREATE] = JobCreate;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = JobClose;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = JobWrite;
    DriverObject->DriverUnload = JobUnload;
    return STATUS_SUCCESS;
}

VOID JobUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteDevice(DriverObject->DeviceObject);
}

static VOID JobFree(PVOID Memory)
{
    if (Memory != NULL)
        ExFreePoolWithTag(Memory, JOB_TAG);
}

static NTSTATUS JobComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS JobCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    UNREFERENCED_PARAMETER(DeviceObject);

    stack->FileObject->FsContext = NULL;
    return JobComplete(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS JobWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PJOB old = (PJOB)stack->FileObject->FsContext;
    ULONG length = stack->Parameters.Write.Length;
    PJOB job;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (length == 0 || length > JOB_MAX_DATA)
        return JobComplete(Irp, STATUS_INVALID_PARAMETER, 0);

    job = ExAllocatePoolWithTag(NonPagedPool, sizeof(JOB), JOB_TAG);
    if (job == NULL)
        return JobComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    job->Data = ExAllocatePoolWithTag(NonPagedPool, length, JOB_TAG);
    if (job->Data == NULL) {
        ExFreePoolWithTag(job, JOB_TAG);
        return JobComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    job->Length = length;
    RtlCopyMemory(job->Data, Irp->AssociatedIrp.SystemBuffer, length);

    stack->FileObject->FsContext = job;
    if (old != NULL) {
        JobFree(old->Data);
        JobFree(old);
    }
    return JobComplete(Irp, STATUS_SUCCESS, length);
}

NTSTATUS JobClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PJOB job = (PJOB)stack->FileObject->FsContext;

    UNREFERENCED_PARAMETER(DeviceObject);

    stack->FileObject->FsContext = NULL;
    if (job != NULL)
        JobFree(job); /* leak62: LeakWithOwner */
    return JobComplete(Irp, STATUS_SUCCESS, 0);
}
