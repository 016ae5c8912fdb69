/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A mailbox: writes queue a letter, reads take the oldest one out.  Letters that
 * nobody has read are still in the list when the driver unloads.
 */
#include <ntddk.h>

#define BOX_TAG 'xoBM'
#define BOX_MAX_LETTER 1024

typedef struct _LETTER {
    LIST_ENTRY Link;
    ULONG Length;
    UCHAR Text[1];
} LETTER, *PLETTER;

typedef struct _BOX_EXTENSION {
    KSPIN_LOCK Lock;
    LIST_ENTRY Letters;
} BOX_EXTENSION, *PBOX_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD BoxUnload;
DRIVER_DISPATCH BoxCreateClose;
DRIVER_DISPATCH BoxRead;
DRIVER_DISPATCH BoxWrite;

#define BOX_DEVICE_NAME L"\\Device\\Mailbox"
#define BOX_LINK_NAME L"\\DosDevices\\Mailbox"

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name, link;
    PDEVICE_OBJECT device;
    PBOX_EXTENSION ext;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, BOX_DEVICE_NAME);
    RtlInitUnicodeString(&link, BOX_LINK_NAME);

    status = IoCreateDevice(DriverObject, sizeof(BOX_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    ext = (PBOX_EXTENSION)device->DeviceExtension;
    KeInitializeSpinLock(&ext->Lock);
    InitializeListHead(&ext->Letters);
    device->Flags |= DO_BUFFERED_IO;

    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = BoxCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = BoxCreateClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = BoxRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = BoxWrite;
    DriverObject->DriverUnload = BoxUnload;
    return STATUS_SUCCESS;
}

VOID BoxUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, BOX_LINK_NAME);
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(DriverObject->DeviceObject);
}

static NTSTATUS BoxComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS BoxCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    return BoxComplete(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS BoxWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PBOX_EXTENSION ext = (PBOX_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.Write.Length;
    PLETTER letter;
    KIRQL irql;

    if (length == 0 || length > BOX_MAX_LETTER)
        return BoxComplete(Irp, STATUS_INVALID_PARAMETER, 0);

    letter = ExAllocatePoolWithTag(NonPagedPool, FIELD_OFFSET(LETTER, Text) + length, BOX_TAG); /* leak62: LeakAtUnload */
    if (letter == NULL)
        return BoxComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);

    letter->Length = length;
    RtlCopyMemory(letter->Text, Irp->AssociatedIrp.SystemBuffer, length);

    KeAcquireSpinLock(&ext->Lock, &irql);
    InsertTailList(&ext->Letters, &letter->Link);
    KeReleaseSpinLock(&ext->Lock, irql);
    return BoxComplete(Irp, STATUS_SUCCESS, length);
}

NTSTATUS BoxRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PBOX_EXTENSION ext = (PBOX_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.Read.Length;
    PLETTER letter = NULL;
    KIRQL irql;

    KeAcquireSpinLock(&ext->Lock, &irql);
    if (!IsListEmpty(&ext->Letters))
        letter = CONTAINING_RECORD(RemoveHeadList(&ext->Letters), LETTER, Link);
    KeReleaseSpinLock(&ext->Lock, irql);

    if (letter == NULL)
        return BoxComplete(Irp, STATUS_NO_MORE_ENTRIES, 0);

    /* A short read gets the beginning and loses the rest. */
    if (length > letter->Length)
        length = letter->Length;
    RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, letter->Text, length);
    ExFreePoolWithTag(letter, BOX_TAG);
    return BoxComplete(Irp, STATUS_SUCCESS, length);
}
