/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * driver.c - loading, unloading, device control.
 */
#include "rookery.h"

#define ROOK_DEVICE_NAME L"\\Device\\Rookery"
#define ROOK_LINK_NAME L"\\DosDevices\\Rookery"

NTSTATUS DriverEntry(PDRIVER_OBJECT pDriver, PUNICODE_STRING pRegistryPath)
{
    UNICODE_STRING DeviceName;
    UNICODE_STRING LinkName;
    PDEVICE_OBJECT pDevice;
    PROOK_EXTENSION pExt;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(pRegistryPath);

    RtlInitUnicodeString(&DeviceName, ROOK_DEVICE_NAME);
    RtlInitUnicodeString(&LinkName, ROOK_LINK_NAME);

    Status = IoCreateDevice(pDriver, sizeof(ROOK_EXTENSION), &DeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &pDevice);
    if (NT_SUCCESS(Status)) {
        pExt = (PROOK_EXTENSION)pDevice->DeviceExtension;
        RtlZeroMemory(pExt, sizeof(*pExt));
        ExInitializeFastMutex(&pExt->Lock);
        InitializeListHead(&pExt->Readers);
        InitializeListHead(&pExt->Backlog);
        pDevice->Flags |= DO_BUFFERED_IO;

        Status = IoCreateSymbolicLink(&LinkName, &DeviceName);
        if (NT_SUCCESS(Status)) {
            pDriver->MajorFunction[IRP_MJ_CREATE] = RookCreate;
            pDriver->MajorFunction[IRP_MJ_CLEANUP] = RookCleanup;
            pDriver->MajorFunction[IRP_MJ_CLOSE] = RookClose;
            pDriver->MajorFunction[IRP_MJ_READ] = RookRead;
            pDriver->MajorFunction[IRP_MJ_WRITE] = RookWrite;
            pDriver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = RookControl;
            pDriver->DriverUnload = RookUnload;
        } else {
            IoDeleteDevice(pDevice);
        }
    }
    return Status;
}

/* No file is open any more, so there are no readers; the backlog is left. */
VOID RookUnload(PDRIVER_OBJECT pDriver)
{
    PDEVICE_OBJECT pDevice = pDriver->DeviceObject;
    PROOK_EXTENSION pExt = (PROOK_EXTENSION)pDevice->DeviceExtension;
    UNICODE_STRING LinkName;

    RtlInitUnicodeString(&LinkName, ROOK_LINK_NAME);
    IoDeleteSymbolicLink(&LinkName);
    RookFreeMessages(&pExt->Backlog);
    IoDeleteDevice(pDevice);
}

NTSTATUS RookComplete(PIRP pIrp, NTSTATUS Status, ULONG_PTR Information)
{
    pIrp->IoStatus.Status = Status;
    pIrp->IoStatus.Information = Information;
    IoCompleteRequest(pIrp, IO_NO_INCREMENT);
    return Status;
}

/* A reader that has subscribed before gets the new topics. */
static NTSTATUS RookSubscribe(PROOK_EXTENSION pExt, PROOK_READER pReader,
                              const ROOK_SUBSCRIPTION *pSubscription)
{
    NTSTATUS Status = STATUS_SUCCESS;
    PLIST_ENTRY pEntry;

    if (pSubscription->ulTopicMask == 0)
        return STATUS_INVALID_PARAMETER;

    ExAcquireFastMutex(&pExt->Lock);
    if (pReader->fClosing) {
        Status = STATUS_FILE_CLOSED;
    } else {
        pReader->ulTopicMask = pSubscription->ulTopicMask;
        if (!pReader->fSubscribed) {
            InsertTailList(&pExt->Readers, &pReader->Link);
            pReader->fSubscribed = TRUE;
            pExt->cReaders++;
        }
        if (pSubscription->fReplay) {
            for (pEntry = pExt->Backlog.Flink; pEntry != &pExt->Backlog; pEntry = pEntry->Flink)
                RookDeliver(pReader, CONTAINING_RECORD(pEntry, ROOK_MESSAGE, Link));
        }
    }
    ExReleaseFastMutex(&pExt->Lock);
    return Status;
}

/* Nothing new comes; what waits can still be read. */
static NTSTATUS RookUnsubscribe(PROOK_EXTENSION pExt, PROOK_READER pReader)
{
    NTSTATUS Status = STATUS_SUCCESS;

    ExAcquireFastMutex(&pExt->Lock);
    if (pReader->fSubscribed) {
        RemoveEntryList(&pReader->Link);
        pReader->fSubscribed = FALSE;
        pExt->cReaders--;
    } else {
        Status = STATUS_NOT_FOUND;
    }
    ExReleaseFastMutex(&pExt->Lock);
    return Status;
}

/* An event that is set with each delivery; a handle of 0 takes it away. */
static NTSTATUS RookSetEvent(PROOK_EXTENSION pExt, PROOK_READER pReader, HANDLE hEvent)
{
    NTSTATUS Status = STATUS_SUCCESS;
    PKEVENT pEvent = NULL;
    PKEVENT pOld;

    if (hEvent != NULL) {
        Status = ObReferenceObjectByHandle(hEvent, EVENT_MODIFY_STATE, *ExEventObjectType,
                                           UserMode, (PVOID *)&pEvent, NULL);
        if (!NT_SUCCESS(Status))
            return Status;
    }

    ExAcquireFastMutex(&pExt->Lock);
    if (pReader->fClosing) {
        pOld = pEvent;
        Status = STATUS_FILE_CLOSED;
    } else {
        pOld = pReader->pEvent;
        pReader->pEvent = pEvent;
    }
    ExReleaseFastMutex(&pExt->Lock);

    if (pOld != NULL)
        ObDereferenceObject(pOld);
    return Status;
}

/* Throws away what waits for a reader. */
static VOID RookDiscard(PROOK_EXTENSION pExt, PROOK_READER pReader)
{
    LIST_ENTRY Discarded;

    InitializeListHead(&Discarded);
    ExAcquireFastMutex(&pExt->Lock);
    RookMoveMessages(&Discarded, &pReader->Messages);
    pReader->cLost += pReader->cMessages;
    pReader->cMessages = 0;
    ExReleaseFastMutex(&pExt->Lock);
    RookFreeMessages(&Discarded);
}

static VOID RookQuery(PROOK_EXTENSION pExt, PROOK_READER pReader, PROOK_STATE pState)
{
    ExAcquireFastMutex(&pExt->Lock);
    pState->cWaiting = pReader->cMessages;
    pState->cLost = pReader->cLost;
    pState->cReaders = pExt->cReaders;
    ExReleaseFastMutex(&pExt->Lock);
}

NTSTATUS RookControl(PDEVICE_OBJECT pDevice, PIRP pIrp)
{
    PROOK_EXTENSION pExt = (PROOK_EXTENSION)pDevice->DeviceExtension;
    PIO_STACK_LOCATION pStack = IoGetCurrentIrpStackLocation(pIrp);
    ULONG cbIn = pStack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG cbOut = pStack->Parameters.DeviceIoControl.OutputBufferLength;
    PROOK_READER pReader = (PROOK_READER)pStack->FileObject->FsContext;
    PVOID pBuffer = pIrp->AssociatedIrp.SystemBuffer;
    NTSTATUS Status = STATUS_INVALID_PARAMETER;
    ULONG_PTR Information = 0;

    switch (pStack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_ROOK_SUBSCRIBE:
        if (cbIn >= sizeof(ROOK_SUBSCRIPTION))
            Status = RookSubscribe(pExt, pReader, (PROOK_SUBSCRIPTION)pBuffer);
        break;
    case IOCTL_ROOK_UNSUBSCRIBE:
        Status = RookUnsubscribe(pExt, pReader);
        break;
    case IOCTL_ROOK_SET_EVENT:
        if (cbIn >= sizeof(HANDLE))
            Status = RookSetEvent(pExt, pReader, *(PHANDLE)pBuffer);
        break;
    case IOCTL_ROOK_DISCARD:
        RookDiscard(pExt, pReader);
        Status = STATUS_SUCCESS;
        break;
    case IOCTL_ROOK_QUERY:
        if (cbOut >= sizeof(ROOK_STATE)) {
            RookQuery(pExt, pReader, (PROOK_STATE)pBuffer);
            Information = sizeof(ROOK_STATE);
            Status = STATUS_SUCCESS;
        }
        break;
    default:
        Status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }
    return RookComplete(pIrp, Status, Information);
}
