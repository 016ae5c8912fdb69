/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Searches the caller's text for a word.  A short text is searched where it lies, a
 * long one in a copy without upper case letters.  A flag beside the pointer says if
 * the text is a copy; one exit forgets to look at it.
 */
#include <ntddk.h>

#define FIND_TAG 'dniF'
#define FIND_SHORT 32

#define IOCTL_FIND CTL_CODE(FILE_DEVICE_UNKNOWN, 0x951, METHOD_BUFFERED, FILE_ANY_ACCESS)

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD FindUnload;
DRIVER_DISPATCH FindCreateClose;
DRIVER_DISPATCH FindControl;

static const CHAR FindWord[] = "kernel";

static NTSTATUS FindIn(CHAR *Input, ULONG Length, ULONG *Position)
{
    const ULONG word = sizeof(FindWord) - 1;
    BOOLEAN owned = FALSE;
    CHAR *text = Input;
    ULONG i;

    if (Length > FIND_SHORT) {
        text = ExAllocatePoolWithTag(PagedPool, Length, FIND_TAG);
        if (text == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        owned = TRUE;
        for (i = 0; i < Length; i++)
            text[i] = (Input[i] >= 'A' && Input[i] <= 'Z') ? Input[i] - 'A' + 'a' : Input[i];
    }

    for (i = 0; i + word <= Length; i++) {
        if (RtlCompareMemory(text + i, FindWord, word) == word) {
            *Position = i;
            if (owned)
                ExFreePoolWithTag(text, FIND_TAG);
            return STATUS_SUCCESS;
        }
    }

    return STATUS_NOT_FOUND; /* leak62: LeakOnPath */
}

NTSTATUS FindControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PVOID buffer = Irp->AssociatedIrp.SystemBuffer;
    NTSTATUS status;
    ULONG position = 0;

    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Information = 0;
    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_FIND) {
        status = STATUS_INVALID_DEVICE_REQUEST;
    } else if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG)) {
        status = STATUS_BUFFER_TOO_SMALL;
    } else {
        status = FindIn(buffer, stack->Parameters.DeviceIoControl.InputBufferLength, &position);
        if (NT_SUCCESS(status)) {
            *(PULONG)buffer = position;
            Irp->IoStatus.Information = sizeof(ULONG);
        }
    }

    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS FindCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID FindUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\Find");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = FindCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = FindCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = FindControl;
    DriverObject->DriverUnload = FindUnload;
    return STATUS_SUCCESS;
}
