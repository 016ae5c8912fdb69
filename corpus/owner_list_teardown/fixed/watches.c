/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A list of watches, each with a copy of the path that it is for.  A request takes
 * one watch out and frees it with its path; unload does the same with those that
 * are left.
 */
#include <ntddk.h>

#define WATCH_TAG 'hctW'
#define WATCH_MAX_PATH 512
#define IOCTL_WATCH_ADD CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_WATCH_DROP CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _WATCH {
    LIST_ENTRY Link;
    ULONG Id;
    ULONG Length;
    PVOID Path;
} WATCH, *PWATCH;

typedef struct _WATCH_EXTENSION {
    FAST_MUTEX Lock;
    LIST_ENTRY Watches;
    ULONG LastId;
} WATCH_EXTENSION, *PWATCH_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD WatchUnload;
DRIVER_DISPATCH WatchCreateClose;
DRIVER_DISPATCH WatchControl;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    PWATCH_EXTENSION ext;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\Watches");
    status = IoCreateDevice(DriverObject, sizeof(WATCH_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    ext = (PWATCH_EXTENSION)device->DeviceExtension;
    ExInitializeFastMutex(&ext->Lock);
    InitializeListHead(&ext->Watches);

    DriverObject->MajorFunction[IRP_MJ_CREATE] = WatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = WatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = WatchControl;
    DriverObject->DriverUnload = WatchUnload;
    return STATUS_SUCCESS;
}

VOID WatchUnload(PDRIVER_OBJECT DriverObject)
{
    PWATCH_EXTENSION ext = (PWATCH_EXTENSION)DriverObject->DeviceObject->DeviceExtension;

    while (!IsListEmpty(&ext->Watches)) {
        PWATCH watch = CONTAINING_RECORD(RemoveHeadList(&ext->Watches), WATCH, Link);

        ExFreePoolWithTag(watch->Path, WATCH_TAG);
        ExFreePoolWithTag(watch, WATCH_TAG);
    }
    IoDeleteDevice(DriverObject->DeviceObject);
}

static NTSTATUS WatchComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS WatchCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    return WatchComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS WatchAdd(PWATCH_EXTENSION Ext, const VOID *Path, ULONG Length)
{
    PWATCH watch;

    if (Length == 0 || Length > WATCH_MAX_PATH)
        return STATUS_INVALID_PARAMETER;

    watch = ExAllocatePoolWithTag(PagedPool, sizeof(WATCH), WATCH_TAG);
    if (watch == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    watch->Path = ExAllocatePoolWithTag(PagedPool, Length, WATCH_TAG);
    if (watch->Path == NULL) {
        ExFreePoolWithTag(watch, WATCH_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlCopyMemory(watch->Path, Path, Length);
    watch->Length = Length;

    ExAcquireFastMutex(&Ext->Lock);
    watch->Id = ++Ext->LastId;
    InsertTailList(&Ext->Watches, &watch->Link);
    ExReleaseFastMutex(&Ext->Lock);
    return STATUS_SUCCESS;
}

static NTSTATUS WatchDrop(PWATCH_EXTENSION Ext, ULONG Id)
{
    NTSTATUS status = STATUS_NOT_FOUND;
    PLIST_ENTRY link;

    ExAcquireFastMutex(&Ext->Lock);
    for (link = Ext->Watches.Flink; link != &Ext->Watches; link = link->Flink) {
        PWATCH watch = CONTAINING_RECORD(link, WATCH, Link);

        if (watch->Id != Id)
            continue;
        RemoveEntryList(&watch->Link);
        ExFreePoolWithTag(watch->Path, WATCH_TAG);
        ExFreePoolWithTag(watch, WATCH_TAG);
        status = STATUS_SUCCESS;
        break;
    }
    ExReleaseFastMutex(&Ext->Lock);
    return status;
}

NTSTATUS WatchControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PWATCH_EXTENSION ext = (PWATCH_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.DeviceIoControl.InputBufferLength;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_WATCH_ADD:
        status = WatchAdd(ext, Irp->AssociatedIrp.SystemBuffer, length);
        break;
    case IOCTL_WATCH_DROP:
        status = STATUS_INVALID_PARAMETER;
        if (length == sizeof(ULONG))
            status = WatchDrop(ext, *(PULONG)Irp->AssociatedIrp.SystemBuffer);
        break;
    }
    return WatchComplete(Irp, status, 0);
}
