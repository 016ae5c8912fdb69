/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A list of watched paths in the device extension.  Applications add and remove paths and ask
 * whether one is watched.
 */
#include <ntddk.h>

#define WATCH_TAG 'hctW'
#define WATCH_MAX_CHARS 260

#define IOCTL_WATCH_ADD    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x860, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_WATCH_REMOVE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x861, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_WATCH_ASK    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x862, METHOD_BUFFERED, FILE_READ_DATA)

typedef struct _WATCH {
    LIST_ENTRY Entry;
    UNICODE_STRING Path;
    ULONG Asked;
} WATCH, *PWATCH;

typedef struct _WATCH_EXTENSION {
    LIST_ENTRY Watches;
    FAST_MUTEX Mutex;
} WATCH_EXTENSION, *PWATCH_EXTENSION;

static VOID WatchFree(PWATCH Watch)
{
    ExFreePoolWithTag(Watch->Path.Buffer, WATCH_TAG);
    ExFreePoolWithTag(Watch, WATCH_TAG);
}

static PWATCH WatchAllocate(PCUNICODE_STRING Path)
{
    PWATCH watch = ExAllocatePoolWithTag(PagedPool, sizeof(WATCH), WATCH_TAG);

    if (watch == NULL)
        return NULL;

    watch->Asked = 0;
    watch->Path.Length = 0;
    watch->Path.MaximumLength = Path->Length;
    watch->Path.Buffer = ExAllocatePoolWithTag(PagedPool, Path->Length, WATCH_TAG);
    if (watch->Path.Buffer == NULL) {
        ExFreePoolWithTag(watch, WATCH_TAG);
        return NULL;
    }
    RtlCopyUnicodeString(&watch->Path, Path);
    return watch;
}

/* With the mutex held. */
static PWATCH WatchLookup(PWATCH_EXTENSION Ext, PCUNICODE_STRING Path)
{
    PLIST_ENTRY entry;

    for (entry = Ext->Watches.Flink; entry != &Ext->Watches; entry = entry->Flink) {
        PWATCH watch = CONTAINING_RECORD(entry, WATCH, Entry);

        if (watch->Path.Length == Path->Length &&
            RtlCompareMemory(watch->Path.Buffer, Path->Buffer, Path->Length) == Path->Length)
            return watch;
    }
    return NULL;
}

static NTSTATUS WatchAdd(PWATCH_EXTENSION Ext, PCUNICODE_STRING Path)
{
    NTSTATUS status = STATUS_SUCCESS;
    PWATCH watch = WatchAllocate(Path);

    if (watch == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    ExAcquireFastMutex(&Ext->Mutex);
    if (WatchLookup(Ext, Path) != NULL) {
        status = STATUS_OBJECT_NAME_COLLISION;
    } else {
        InsertTailList(&Ext->Watches, &watch->Entry);
        watch = NULL;
    }
    ExReleaseFastMutex(&Ext->Mutex);

    if (watch != NULL)
        WatchFree(watch);
    return status;
}

static NTSTATUS WatchRemove(PWATCH_EXTENSION Ext, PCUNICODE_STRING Path)
{
    PWATCH watch;

    ExAcquireFastMutex(&Ext->Mutex);
    watch = WatchLookup(Ext, Path);
    if (watch != NULL)
        RemoveEntryList(&watch->Entry);
    ExReleaseFastMutex(&Ext->Mutex);

    if (watch == NULL)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    WatchFree(watch);
    return STATUS_SUCCESS;
}

static NTSTATUS WatchAsk(PWATCH_EXTENSION Ext, PCUNICODE_STRING Path)
{
    PWATCH watch;

    ExAcquireFastMutex(&Ext->Mutex);
    watch = WatchLookup(Ext, Path);
    if (watch != NULL)
        watch->Asked++;
    ExReleaseFastMutex(&Ext->Mutex);
    return watch != NULL ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

static NTSTATUS WatchControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PWATCH_EXTENSION ext = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.DeviceIoControl.InputBufferLength;
    UNICODE_STRING path;
    NTSTATUS status;

    if (length == 0 || length % sizeof(WCHAR) != 0 || length > WATCH_MAX_CHARS * sizeof(WCHAR)) {
        status = STATUS_INVALID_PARAMETER;
    } else {
        path.Buffer = Irp->AssociatedIrp.SystemBuffer;
        path.Length = path.MaximumLength = (USHORT)length;
        switch (stack->Parameters.DeviceIoControl.IoControlCode) {
        case IOCTL_WATCH_ADD:
            status = WatchAdd(ext, &path);
            break;
        case IOCTL_WATCH_REMOVE:
            status = WatchRemove(ext, &path);
            break;
        case IOCTL_WATCH_ASK:
            status = WatchAsk(ext, &path);
            break;
        default:
            status = STATUS_INVALID_DEVICE_REQUEST;
            break;
        }
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS WatchCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID WatchUnload(PDRIVER_OBJECT DriverObject)
{
    PWATCH_EXTENSION ext = DriverObject->DeviceObject->DeviceExtension;

    while (!IsListEmpty(&ext->Watches)) {
        PLIST_ENTRY entry = RemoveHeadList(&ext->Watches);

        WatchFree(CONTAINING_RECORD(entry, WATCH, Entry));
    }
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    PWATCH_EXTENSION ext;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\WatchList");
    status = IoCreateDevice(DriverObject, sizeof(WATCH_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    ext = device->DeviceExtension;
    InitializeListHead(&ext->Watches);
    ExInitializeFastMutex(&ext->Mutex);

    DriverObject->MajorFunction[IRP_MJ_CREATE] = WatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = WatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = WatchControl;
    DriverObject->DriverUnload = WatchUnload;
    return STATUS_SUCCESS;
}
