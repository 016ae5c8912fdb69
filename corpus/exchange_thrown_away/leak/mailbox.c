/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A mailbox with room for one message.  A write posts a message in place of the one that is
 * there; a read takes it out.  No locks: the message pointer is swapped.
 */
#include <wdm.h>

#define MAILBOX_TAG 'xobM'
#define MAX_MESSAGE 4000

typedef struct _MESSAGE {
    ULONG Length;
    UCHAR Text[1];
} MESSAGE, *PMESSAGE;

static PVOID volatile CurrentMessage;
static volatile LONG Posted;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD MailboxUnload;
static DRIVER_DISPATCH MailboxOpenClose;
static DRIVER_DISPATCH MailboxRead;
static DRIVER_DISPATCH MailboxWrite;

static
PMESSAGE
TakeMessage(
    VOID
    )
{
    return (PMESSAGE)InterlockedExchangePointer((PVOID *)&CurrentMessage, NULL);
}

static
NTSTATUS
MailboxOpenClose(
    IN PDEVICE_OBJECT DeviceObject,
    IN PIRP Irp
    )
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static
NTSTATUS
MailboxWrite(
    IN PDEVICE_OBJECT DeviceObject,
    IN PIRP Irp
    )
{
    ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
    NTSTATUS status = STATUS_SUCCESS;
    PMESSAGE message;

    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Information = 0;
    if (length > MAX_MESSAGE) {
        status = STATUS_INVALID_BUFFER_SIZE;
        goto Exit;
    }

    message = ExAllocatePoolWithTag(PagedPool, FIELD_OFFSET(MESSAGE, Text) + length, MAILBOX_TAG);
    if (message == NULL) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        goto Exit;
    }
    message->Length = length;
    if (length != 0) {
        RtlCopyMemory(message->Text, Irp->AssociatedIrp.SystemBuffer, length);
    }

    InterlockedExchangePointer((PVOID *)&CurrentMessage, message); /* leak62: LeakOnOverwrite */
    InterlockedIncrement(&Posted);
    Irp->IoStatus.Information = length;

Exit:
    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static
NTSTATUS
MailboxRead(
    IN PDEVICE_OBJECT DeviceObject,
    IN PIRP Irp
    )
{
    ULONG room = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;
    NTSTATUS status;
    PMESSAGE message;

    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Information = 0;
    message = TakeMessage();
    if (message == NULL) {
        status = STATUS_NO_MORE_ENTRIES;
    } else {
        if (room > message->Length) {
            room = message->Length;
        }
        if (room != 0) {
            RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, message->Text, room);
        }
        ExFreePoolWithTag(message, MAILBOX_TAG);
        Irp->IoStatus.Information = room;
        status = STATUS_SUCCESS;
    }

    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static
VOID
MailboxUnload(
    IN PDRIVER_OBJECT DriverObject
    )
{
    PMESSAGE left = TakeMessage();

    if (left != NULL) {
        ExFreePoolWithTag(left, MAILBOX_TAG);
    }
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS
DriverEntry(
    IN PDRIVER_OBJECT DriverObject,
    IN PUNICODE_STRING RegistryPath
    )
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\OneMailbox");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    device->Flags |= DO_BUFFERED_IO;

    DriverObject->MajorFunction[IRP_MJ_CREATE] = MailboxOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = MailboxOpenClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = MailboxRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = MailboxWrite;
    DriverObject->DriverUnload = MailboxUnload;
    return STATUS_SUCCESS;
}
