/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * IOCTL_SES_OPEN builds a session of three blocks and undoes what it has when a
 * step fails.  One of the steps jumps to the wrong label and leaves the receive
 * ring behind.
 */
#include <ntddk.h>

#define SES_TAG 'sseS'
#define SES_RING_SIZE 4096
#define SES_VERSION 2

#define IOCTL_SES_OPEN CTL_CODE(FILE_DEVICE_UNKNOWN, 0x812, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _SES_SESSION {
    ULONG Version;
    PUCHAR SendRing;
    PUCHAR ReceiveRing;
} SES_SESSION, *PSES_SESSION;

typedef struct _SES_EXTENSION {
    KMUTEX Lock;
    PSES_SESSION Session;
} SES_EXTENSION, *PSES_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD SesUnload;
DRIVER_DISPATCH SesDispatch;

#define SES_DEVICE L"\\Device\\Session"
#define SES_LINK L"\\DosDevices\\Session"

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING device_name, link_name;
    PDEVICE_OBJECT device;
    PSES_EXTENSION ext;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&device_name, SES_DEVICE);
    RtlInitUnicodeString(&link_name, SES_LINK);
    status = IoCreateDevice(DriverObject, sizeof(SES_EXTENSION), &device_name,
                            FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        goto fail;

    ext = device->DeviceExtension;
    KeInitializeMutex(&ext->Lock, 0);
    ext->Session = NULL;

    status = IoCreateSymbolicLink(&link_name, &device_name);
    if (!NT_SUCCESS(status))
        goto fail_device;

    DriverObject->MajorFunction[IRP_MJ_CREATE] = SesDispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = SesDispatch;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = SesDispatch;
    DriverObject->DriverUnload = SesUnload;
    return STATUS_SUCCESS;

fail_device:
    IoDeleteDevice(device);
fail:
    return status;
}

static VOID SesDestroy(PSES_SESSION session)
{
    ExFreePoolWithTag(session->ReceiveRing, SES_TAG);
    ExFreePoolWithTag(session->SendRing, SES_TAG);
    ExFreePoolWithTag(session, SES_TAG);
}

VOID SesUnload(PDRIVER_OBJECT DriverObject)
{
    PSES_EXTENSION ext = DriverObject->DeviceObject->DeviceExtension;
    UNICODE_STRING link_name;

    RtlInitUnicodeString(&link_name, SES_LINK);
    IoDeleteSymbolicLink(&link_name);
    if (ext->Session)
        SesDestroy(ext->Session);
    IoDeleteDevice(DriverObject->DeviceObject);
}

/* On success *result is the caller's. */
static NTSTATUS SesCreate(ULONG version, PSES_SESSION *result)
{
    PSES_SESSION session;
    PUCHAR send, receive;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    session = ExAllocatePoolWithTag(NonPagedPool, sizeof(*session), SES_TAG);
    if (!session)
        goto out;

    send = ExAllocatePoolWithTag(NonPagedPool, SES_RING_SIZE, SES_TAG);
    if (!send)
        goto free_session;

    receive = ExAllocatePoolWithTag(NonPagedPool, SES_RING_SIZE, SES_TAG);
    if (!receive)
        goto free_send;

    if (version > SES_VERSION) {
        status = STATUS_REVISION_MISMATCH;
        goto free_send; /* leak62: LeakOnPath */
    }

    RtlZeroMemory(send, SES_RING_SIZE);
    RtlZeroMemory(receive, SES_RING_SIZE);
    session->Version = version;
    session->SendRing = send;
    session->ReceiveRing = receive;
    *result = session;
    return STATUS_SUCCESS;

free_send:
    ExFreePoolWithTag(send, SES_TAG);
free_session:
    ExFreePoolWithTag(session, SES_TAG);
out:
    return status;
}

static NTSTATUS SesOpen(PSES_EXTENSION ext, PIRP irp, PIO_STACK_LOCATION stack)
{
    NTSTATUS status;

    if (stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(ULONG))
        return STATUS_BUFFER_TOO_SMALL;

    KeWaitForSingleObject(&ext->Lock, Executive, KernelMode, FALSE, NULL);
    if (ext->Session)
        status = STATUS_DEVICE_BUSY;
    else
        status = SesCreate(*(PULONG)irp->AssociatedIrp.SystemBuffer, &ext->Session);
    KeReleaseMutex(&ext->Lock, FALSE);
    return status;
}

NTSTATUS SesDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;

    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
        if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_SES_OPEN)
            status = SesOpen(DeviceObject->DeviceExtension, Irp, stack);
        else
            status = STATUS_INVALID_DEVICE_REQUEST;
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
