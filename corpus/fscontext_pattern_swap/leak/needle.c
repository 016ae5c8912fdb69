/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Needle: each open handle sets a byte pattern and then asks how often it occurs in
 * the data it writes.
 */
#include <ntddk.h>

#define NEEDLE_POOL_TAG  'ldeN'
#define NEEDLE_MAX       256

#define IOCTL_NEEDLE_SET   CTL_CODE(FILE_DEVICE_UNKNOWN, 0xB00, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_NEEDLE_COUNT CTL_CODE(FILE_DEVICE_UNKNOWN, 0xB01, METHOD_BUFFERED, FILE_READ_DATA)

typedef struct _NEEDLE_PATTERN
{
    ULONG cb;
    UCHAR ab[1];
} NEEDLE_PATTERN, *PNEEDLE_PATTERN;

typedef struct _NEEDLE_OPEN
{
    FAST_MUTEX      fm;
    PNEEDLE_PATTERN pPattern;
    ULONG           cHits;
} NEEDLE_OPEN, *PNEEDLE_OPEN;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD     NeedleUnload;
DRIVER_DISPATCH   NeedleCreate;
DRIVER_DISPATCH   NeedleClose;
DRIVER_DISPATCH   NeedleWrite;
DRIVER_DISPATCH   NeedleIoctl;

static NTSTATUS NeedleDone(PIRP pIrp, NTSTATUS ntStatus, ULONG_PTR cbInfo)
{
    pIrp->IoStatus.Status = ntStatus;
    pIrp->IoStatus.Information = cbInfo;
    IoCompleteRequest(pIrp, IO_NO_INCREMENT);
    return ntStatus;
}

NTSTATUS NeedleCreate(PDEVICE_OBJECT pDevObj, PIRP pIrp)
{
    PFILE_OBJECT pFile = IoGetCurrentIrpStackLocation(pIrp)->FileObject;
    PNEEDLE_OPEN pOpen;

    UNREFERENCED_PARAMETER(pDevObj);

    pOpen = (PNEEDLE_OPEN)ExAllocatePoolWithTag(NonPagedPool, sizeof(NEEDLE_OPEN),
                                                NEEDLE_POOL_TAG);
    if (!pOpen)
    {
        return NeedleDone(pIrp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    RtlZeroMemory(pOpen, sizeof(NEEDLE_OPEN));
    ExInitializeFastMutex(&pOpen->fm);
    pFile->FsContext = pOpen;
    return NeedleDone(pIrp, STATUS_SUCCESS, 0);
}

NTSTATUS NeedleClose(PDEVICE_OBJECT pDevObj, PIRP pIrp)
{
    PFILE_OBJECT pFile = IoGetCurrentIrpStackLocation(pIrp)->FileObject;
    PNEEDLE_OPEN pOpen = (PNEEDLE_OPEN)pFile->FsContext;

    UNREFERENCED_PARAMETER(pDevObj);

    if (pOpen)
    {
        if (pOpen->pPattern)
        {
            ExFreePoolWithTag(pOpen->pPattern, NEEDLE_POOL_TAG);
        }
        ExFreePoolWithTag(pOpen, NEEDLE_POOL_TAG);
        pFile->FsContext = NULL;
    }
    return NeedleDone(pIrp, STATUS_SUCCESS, 0);
}

static NTSTATUS NeedleSetPattern(PNEEDLE_OPEN pOpen, const UCHAR *pb, ULONG cb)
{
    PNEEDLE_PATTERN pNew;

    if (cb == 0 || cb > NEEDLE_MAX)
    {
        return STATUS_INVALID_PARAMETER;
    }
    pNew = (PNEEDLE_PATTERN)ExAllocatePoolWithTag(
        PagedPool, FIELD_OFFSET(NEEDLE_PATTERN, ab) + cb, NEEDLE_POOL_TAG);
    if (!pNew)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    pNew->cb = cb;
    RtlCopyMemory(pNew->ab, pb, cb);

    ExAcquireFastMutex(&pOpen->fm);
    pOpen->pPattern = pNew; /* leak62: LeakOnOverwrite */
    pOpen->cHits = 0;
    ExReleaseFastMutex(&pOpen->fm);
    return STATUS_SUCCESS;
}

NTSTATUS NeedleIoctl(PDEVICE_OBJECT pDevObj, PIRP pIrp)
{
    PIO_STACK_LOCATION pStack = IoGetCurrentIrpStackLocation(pIrp);
    PNEEDLE_OPEN pOpen = (PNEEDLE_OPEN)pStack->FileObject->FsContext;
    PVOID pvBuffer = pIrp->AssociatedIrp.SystemBuffer;
    NTSTATUS ntStatus;

    UNREFERENCED_PARAMETER(pDevObj);

    switch (pStack->Parameters.DeviceIoControl.IoControlCode)
    {
    case IOCTL_NEEDLE_SET:
        ntStatus = NeedleSetPattern(pOpen, (const UCHAR *)pvBuffer,
                                    pStack->Parameters.DeviceIoControl.InputBufferLength);
        return NeedleDone(pIrp, ntStatus, 0);

    case IOCTL_NEEDLE_COUNT:
        if (pStack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG))
        {
            return NeedleDone(pIrp, STATUS_BUFFER_TOO_SMALL, 0);
        }
        ExAcquireFastMutex(&pOpen->fm);
        *(PULONG)pvBuffer = pOpen->cHits;
        ExReleaseFastMutex(&pOpen->fm);
        return NeedleDone(pIrp, STATUS_SUCCESS, sizeof(ULONG));
    }
    return NeedleDone(pIrp, STATUS_INVALID_DEVICE_REQUEST, 0);
}

NTSTATUS NeedleWrite(PDEVICE_OBJECT pDevObj, PIRP pIrp)
{
    PIO_STACK_LOCATION pStack = IoGetCurrentIrpStackLocation(pIrp);
    PNEEDLE_OPEN pOpen = (PNEEDLE_OPEN)pStack->FileObject->FsContext;
    const UCHAR *pb = (const UCHAR *)pIrp->AssociatedIrp.SystemBuffer;
    ULONG cb = pStack->Parameters.Write.Length;
    PNEEDLE_PATTERN pPattern;
    ULONG i;

    UNREFERENCED_PARAMETER(pDevObj);

    ExAcquireFastMutex(&pOpen->fm);
    pPattern = pOpen->pPattern;
    if (pPattern)
    {
        for (i = 0; i + pPattern->cb <= cb; i++)
        {
            if (RtlCompareMemory(pb + i, pPattern->ab, pPattern->cb) == pPattern->cb)
            {
                pOpen->cHits++;
            }
        }
    }
    ExReleaseFastMutex(&pOpen->fm);
    return NeedleDone(pIrp, STATUS_SUCCESS, cb);
}

VOID NeedleUnload(PDRIVER_OBJECT pDrvObj)
{
    UNICODE_STRING usLink;

    RtlInitUnicodeString(&usLink, L"\\DosDevices\\Needle");
    IoDeleteSymbolicLink(&usLink);
    IoDeleteDevice(pDrvObj->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT pDrvObj, PUNICODE_STRING pusRegPath)
{
    UNICODE_STRING usName, usLink;
    PDEVICE_OBJECT pDevObj = NULL;
    NTSTATUS ntStatus;

    UNREFERENCED_PARAMETER(pusRegPath);

    RtlInitUnicodeString(&usName, L"\\Device\\Needle");
    RtlInitUnicodeString(&usLink, L"\\DosDevices\\Needle");

    ntStatus = IoCreateDevice(pDrvObj, 0, &usName, FILE_DEVICE_UNKNOWN, 0, FALSE, &pDevObj);
    if (!NT_SUCCESS(ntStatus))
    {
        return ntStatus;
    }
    ntStatus = IoCreateSymbolicLink(&usLink, &usName);
    if (!NT_SUCCESS(ntStatus))
    {
        IoDeleteDevice(pDevObj);
        return ntStatus;
    }
    pDevObj->Flags |= DO_BUFFERED_IO;

    pDrvObj->MajorFunction[IRP_MJ_CREATE] = NeedleCreate;
    pDrvObj->MajorFunction[IRP_MJ_CLOSE] = NeedleClose;
    pDrvObj->MajorFunction[IRP_MJ_WRITE] = NeedleWrite;
    pDrvObj->MajorFunction[IRP_MJ_DEVICE_CONTROL] = NeedleIoctl;
    pDrvObj->DriverUnload = NeedleUnload;
    return STATUS_SUCCESS;
}
