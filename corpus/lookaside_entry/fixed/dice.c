/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Throws dice.  Each throw uses an entry of a lookaside list for its notes.  A throw
 * gives its entry back whether the dice can be thrown or not.
 */
#include <ntddk.h>

#define DICE_TAG 'eciD'
#define DICE_MAX 10

typedef struct _DICE_NOTES {
    ULONG Sides;
    ULONG Values[DICE_MAX];
} DICE_NOTES, *PDICE_NOTES;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD DiceUnload;
DRIVER_DISPATCH DiceCreateClose;
DRIVER_DISPATCH DiceControl;

#define IOCTL_DICE_THROW CTL_CODE(FILE_DEVICE_UNKNOWN, 0x981, METHOD_BUFFERED, FILE_ANY_ACCESS)

static NPAGED_LOOKASIDE_LIST DiceList;

static NTSTATUS DiceThrow(PULONG Buffer)
{
    PDICE_NOTES notes;
    ULONG seed = (ULONG)KeQueryInterruptTime();
    ULONG sum = 0, i;

    notes = ExAllocateFromNPagedLookasideList(&DiceList);
    if (notes == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    notes->Sides = *Buffer;
    if (notes->Sides < 2 || notes->Sides > 100) {
        ExFreeToNPagedLookasideList(&DiceList, notes);
        return STATUS_INVALID_PARAMETER;
    }

    for (i = 0; i < DICE_MAX; i++) {
        seed = seed * 1664525 + 1013904223;
        notes->Values[i] = 1 + (seed >> 16) % notes->Sides;
    }
    for (i = 0; i < DICE_MAX; i++)
        sum += notes->Values[i];
    *Buffer = sum;
    ExFreeToNPagedLookasideList(&DiceList, notes);
    return STATUS_SUCCESS;
}

NTSTATUS DiceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_DICE_THROW)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else if (stack->Parameters.DeviceIoControl.InputBufferLength != sizeof(ULONG) ||
             stack->Parameters.DeviceIoControl.OutputBufferLength != sizeof(ULONG))
        status = STATUS_INVALID_BUFFER_SIZE;
    else
        status = DiceThrow((PULONG)Irp->AssociatedIrp.SystemBuffer);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = NT_SUCCESS(status) ? sizeof(ULONG) : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS DiceCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID DiceUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteDevice(DriverObject->DeviceObject);
    ExDeleteNPagedLookasideList(&DiceList);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\Dice");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    ExInitializeNPagedLookasideList(&DiceList, NULL, NULL, 0, sizeof(DICE_NOTES), DICE_TAG, 0);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DiceCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DiceCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DiceControl;
    DriverObject->DriverUnload = DiceUnload;
    return STATUS_SUCCESS;
}
