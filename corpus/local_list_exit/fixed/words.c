/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Splits a written line into words and prints them in reverse order.  The words are
 * kept on a list on the stack, which is emptied on every way out.
 */
#include <ntddk.h>

#define WORD_TAG 'droW'
#define WORD_MAX 30

typedef struct _WORD_ENTRY {
    LIST_ENTRY Link;
    CHAR Text[WORD_MAX + 1];
} WORD_ENTRY, *PWORD_ENTRY;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD WordUnload;
DRIVER_DISPATCH WordDispatch;

static VOID WordDrop(PLIST_ENTRY Head)
{
    while (!IsListEmpty(Head)) {
        PLIST_ENTRY link = RemoveHeadList(Head);

        ExFreePoolWithTag(CONTAINING_RECORD(link, WORD_ENTRY, Link), WORD_TAG);
    }
}

static NTSTATUS WordReverse(const CHAR *Line, ULONG Length)
{
    LIST_ENTRY words;
    PLIST_ENTRY link;
    PWORD_ENTRY word;
    ULONG i = 0, n;

    InitializeListHead(&words);
    while (i < Length) {
        if (Line[i] == ' ') {
            i++;
            continue;
        }
        for (n = 0; i + n < Length && Line[i + n] != ' '; n++)
            ;
        if (n > WORD_MAX) {
            WordDrop(&words);
            return STATUS_NAME_TOO_LONG;
        }

        word = ExAllocatePoolWithTag(PagedPool, sizeof(WORD_ENTRY), WORD_TAG);
        if (word == NULL) {
            WordDrop(&words);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        RtlCopyMemory(word->Text, Line + i, n);
        word->Text[n] = '\0';
        InsertHeadList(&words, &word->Link);
        i += n;
    }

    for (link = words.Flink; link != &words; link = link->Flink) {
        word = CONTAINING_RECORD(link, WORD_ENTRY, Link);
        DbgPrint("%s\n", word->Text);
    }
    WordDrop(&words);
    return STATUS_SUCCESS;
}

NTSTATUS WordDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;
    ULONG done = 0;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->MajorFunction == IRP_MJ_WRITE) {
        status = WordReverse((const CHAR *)Irp->AssociatedIrp.SystemBuffer,
                             stack->Parameters.Write.Length);
        if (NT_SUCCESS(status))
            done = stack->Parameters.Write.Length;
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = done;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\Words");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    device->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = WordDispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = WordDispatch;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = WordDispatch;
    DriverObject->DriverUnload = WordUnload;
    return STATUS_SUCCESS;
}

VOID WordUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteDevice(DriverObject->DeviceObject);
}
