/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * mask.c - the mask that blanks bits of the data, and the filter's own control codes.
 */
#include "tamarisk.h"

/*
 * Puts another mask in place of the present one; without bits, none.
 */
NTSTATUS TmSetMask(PTM_EXTENSION Ext, const UCHAR *Bits, ULONG Length)
{
    PTM_MASK fresh = NULL;
    PTM_MASK stale;
    KIRQL irql;

    if (Length > TM_MASK_MAX)
    {
        return STATUS_INVALID_BUFFER_SIZE;
    }
    if (Length != 0)
    {
        fresh = (PTM_MASK)ExAllocatePoolWithTag(
            NonPagedPool, FIELD_OFFSET(TM_MASK, Bits) + Length, TAG_MASK);
        if (fresh == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        fresh->Length = Length;
        RtlCopyMemory(fresh->Bits, Bits, Length);
    }

    KeAcquireSpinLock(&Ext->MaskLock, &irql);
    stale = Ext->Mask;
    Ext->Mask = fresh;
    KeReleaseSpinLock(&Ext->MaskLock, irql);

    if (stale != NULL)
    {
        ExFreePoolWithTag(stale, TAG_MASK);
    }
    return STATUS_SUCCESS;
}

VOID TmApplyMask(PTM_EXTENSION Ext, PUCHAR Data, ULONG_PTR Length)
{
    ULONG_PTR i;
    KIRQL irql;

    KeAcquireSpinLock(&Ext->MaskLock, &irql);
    if (Ext->Mask != NULL && Data != NULL)
    {
        for (i = 0; i < Length; i++)
        {
            Data[i] &= Ext->Mask->Bits[i % Ext->Mask->Length];
        }
    }
    KeReleaseSpinLock(&Ext->MaskLock, irql);
}

NTSTATUS TmDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTM_EXTENSION ext = (PTM_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG code = stack->Parameters.DeviceIoControl.IoControlCode;
    PVOID buffer = Irp->AssociatedIrp.SystemBuffer;
    PTM_FILE file = TmFileOf(stack);
    ULONG_PTR information = 0;
    NTSTATUS status;

    if (file == NULL || (code != IOCTL_TAMARISK_HISTORY && code != IOCTL_TAMARISK_SET_MASK))
    {
        return TmPass(DeviceObject, Irp);
    }

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
    {
        return TmComplete(Irp, status, 0);
    }

    if (code == IOCTL_TAMARISK_SET_MASK)
    {
        status = TmSetMask(ext, (const UCHAR *)buffer,
                           stack->Parameters.DeviceIoControl.InputBufferLength);
    }
    else
    {
        ULONG room = stack->Parameters.DeviceIoControl.OutputBufferLength / sizeof(TM_ENTRY);

        status = room == 0 ? STATUS_BUFFER_TOO_SMALL
                           : TmCopyHistory(file, (PTM_ENTRY)buffer, room, &information);
    }

    TmComplete(Irp, status, information);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}
