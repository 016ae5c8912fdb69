/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * IOCTL_LAT_LOG hands a text to a work item, which prints it and frees both the
 * context and itself.
 */
#include <ntddk.h>

#define LAT_TAG 'etaL'
#define LAT_MAX_TEXT 512

#define IOCTL_LAT_LOG CTL_CODE(FILE_DEVICE_UNKNOWN, 0x850, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _LAT_CONTEXT {
    PIO_WORKITEM WorkItem;
    ULONG Length;
    CHAR Text[LAT_MAX_TEXT];
} LAT_CONTEXT, *PLAT_CONTEXT;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD LatUnload;
DRIVER_DISPATCH LatCreateClose;
DRIVER_DISPATCH LatControl;
IO_WORKITEM_ROUTINE LatWorker;

static UNICODE_STRING LatDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Later");
static UNICODE_STRING LatLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Later");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT deviceObject;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &LatDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &deviceObject);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&LatLinkName, &LatDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(deviceObject);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = LatCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = LatCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = LatControl;
    DriverObject->DriverUnload = LatUnload;
    return STATUS_SUCCESS;
}

/* A queued work item holds its device object, so nothing is pending here. */
VOID LatUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&LatLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS LatCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID LatWorker(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    PLAT_CONTEXT context = (PLAT_CONTEXT)Context;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (context->Length > 0)
        DbgPrint("later: %.*s\n", (int)context->Length, context->Text);
    IoFreeWorkItem(context->WorkItem);
    ExFreePoolWithTag(context, LAT_TAG);
}

static NTSTATUS LatQueue(PDEVICE_OBJECT DeviceObject, const CHAR *Text, ULONG Length)
{
    PLAT_CONTEXT context;

    context = ExAllocatePoolWithTag(NonPagedPool, sizeof(LAT_CONTEXT), LAT_TAG);
    if (context == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    context->WorkItem = IoAllocateWorkItem(DeviceObject);
    if (context->WorkItem == NULL) {
        ExFreePoolWithTag(context, LAT_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    context->Length = Length;
    RtlCopyMemory(context->Text, Text, Length);
    IoQueueWorkItem(context->WorkItem, LatWorker, DelayedWorkQueue, context);
    return STATUS_SUCCESS;
}

NTSTATUS LatControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.DeviceIoControl.InputBufferLength;
    NTSTATUS status;

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_LAT_LOG)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else if (length > LAT_MAX_TEXT)
        status = STATUS_INVALID_BUFFER_SIZE;
    else
        status = LatQueue(DeviceObject, Irp->AssociatedIrp.SystemBuffer, length);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
