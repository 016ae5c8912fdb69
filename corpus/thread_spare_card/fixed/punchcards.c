/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Takes cards and stamps them in a thread of its own.  The last card that was stamped is kept
 * to be written on again.
 */
#include <ntifs.h>

#define CARD_TAG 'draC'
#define CARD_COLUMNS 80

typedef struct _CARD {
    LIST_ENTRY Link;
    ULONG Used;
    UCHAR Columns[CARD_COLUMNS];
} CARD, *PCARD;

typedef struct _PUNCH_EXTENSION {
    LIST_ENTRY Stack;
    KSPIN_LOCK Lock;
    KSEMAPHORE Cards;
    BOOLEAN Stopping;
    PVOID Thread;
    PCARD Blank;
    ULONG Stamped;
} PUNCH_EXTENSION, *PPUNCH_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD PunchUnload;
DRIVER_DISPATCH PunchCreateClose;
DRIVER_DISPATCH PunchWrite;

/* The card becomes the blank one, and takes the place of another. */
static VOID PunchPutBlank(PPUNCH_EXTENSION Ext, PCARD Card)
{
    PCARD before = InterlockedExchangePointer((PVOID volatile *)&Ext->Blank, Card);

    if (before != NULL)
        ExFreePoolWithTag(before, CARD_TAG);
}

static VOID PunchThread(PVOID Context)
{
    PPUNCH_EXTENSION ext = Context;
    PLIST_ENTRY link;

    for (;;) {
        KeWaitForSingleObject(&ext->Cards, Executive, KernelMode, FALSE, NULL);
        link = ExInterlockedRemoveHeadList(&ext->Stack, &ext->Lock);
        if (link != NULL) {
            ext->Stamped++;
            PunchPutBlank(ext, CONTAINING_RECORD(link, CARD, Link));
        } else if (ext->Stopping) {
            break;
        }
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS PunchWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PPUNCH_EXTENSION ext = DeviceObject->DeviceExtension;
    ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
    NTSTATUS status = STATUS_SUCCESS;
    PCARD card;

    if (length > CARD_COLUMNS)
        length = CARD_COLUMNS;
    card = InterlockedExchangePointer((PVOID volatile *)&ext->Blank, NULL);
    if (card == NULL)
        card = ExAllocatePoolWithTag(NonPagedPool, sizeof(CARD), CARD_TAG);
    if (card == NULL) {
        length = 0;
        status = STATUS_INSUFFICIENT_RESOURCES;
    } else {
        card->Used = length;
        RtlCopyMemory(card->Columns, Irp->AssociatedIrp.SystemBuffer, length);
        ExInterlockedInsertTailList(&ext->Stack, &card->Link, &ext->Lock);
        KeReleaseSemaphore(&ext->Cards, IO_NO_INCREMENT, 1, FALSE);
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = length;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS PunchCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

/* The semaphore counts one more than there are cards: the thread finds no card and ends. */
VOID PunchUnload(PDRIVER_OBJECT DriverObject)
{
    PPUNCH_EXTENSION ext = DriverObject->DeviceObject->DeviceExtension;

    ext->Stopping = TRUE;
    KeReleaseSemaphore(&ext->Cards, IO_NO_INCREMENT, 1, FALSE);
    KeWaitForSingleObject(ext->Thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(ext->Thread);

    if (ext->Blank != NULL)
        ExFreePoolWithTag(ext->Blank, CARD_TAG);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PPUNCH_EXTENSION ext;
    PDEVICE_OBJECT device;
    UNICODE_STRING name;
    NTSTATUS status;
    HANDLE thread;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\PunchCards");
    status = IoCreateDevice(DriverObject, sizeof(PUNCH_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    ext = device->DeviceExtension;
    InitializeListHead(&ext->Stack);
    KeInitializeSpinLock(&ext->Lock);
    KeInitializeSemaphore(&ext->Cards, 0, MAXLONG);
    status = PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, PunchThread, ext);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    status = ObReferenceObjectByHandle(thread, THREAD_ALL_ACCESS, NULL, KernelMode, &ext->Thread,
                                       NULL);
    if (!NT_SUCCESS(status)) {
        ext->Stopping = TRUE;
        KeReleaseSemaphore(&ext->Cards, IO_NO_INCREMENT, 1, FALSE);
        ZwWaitForSingleObject(thread, FALSE, NULL);
        ZwClose(thread);
        IoDeleteDevice(device);
        return status;
    }
    ZwClose(thread);

    device->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = PunchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = PunchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = PunchWrite;
    DriverObject->DriverUnload = PunchUnload;
    return STATUS_SUCCESS;
}
