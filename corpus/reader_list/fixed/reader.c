/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * reader.c - a reader from the opening of its file to the close, and its reads.
 */
#include "rookery.h"

NTSTATUS RookCreate(PDEVICE_OBJECT pDevice, PIRP pIrp)
{
    PROOK_EXTENSION pExt = (PROOK_EXTENSION)pDevice->DeviceExtension;
    PFILE_OBJECT pFile = IoGetCurrentIrpStackLocation(pIrp)->FileObject;
    NTSTATUS Status = STATUS_INSUFFICIENT_RESOURCES;
    PROOK_READER pReader;

    pReader = (PROOK_READER)ExAllocatePoolWithTag(PagedPool, sizeof(*pReader), ROOK_TAG_READER);
    if (pReader != NULL) {
        RtlZeroMemory(pReader, sizeof(*pReader));
        InitializeListHead(&pReader->Messages);
        pReader->ulTopicMask = MAXULONG;

        /* Everybody begins as a subscriber of everything. */
        ExAcquireFastMutex(&pExt->Lock);
        InsertTailList(&pExt->Readers, &pReader->Link);
        pReader->fSubscribed = TRUE;
        pExt->cReaders++;
        ExReleaseFastMutex(&pExt->Lock);

        pFile->FsContext = pReader;
        Status = STATUS_SUCCESS;
    }
    return RookComplete(pIrp, Status, 0);
}

/*
 * The last handle is closed: nobody reads any more, nothing may be delivered.
 */
NTSTATUS RookCleanup(PDEVICE_OBJECT pDevice, PIRP pIrp)
{
    PROOK_EXTENSION pExt = (PROOK_EXTENSION)pDevice->DeviceExtension;
    PFILE_OBJECT pFile = IoGetCurrentIrpStackLocation(pIrp)->FileObject;
    PROOK_READER pReader = (PROOK_READER)pFile->FsContext;
    LIST_ENTRY Undelivered;
    PKEVENT pEvent;

    InitializeListHead(&Undelivered);

    ExAcquireFastMutex(&pExt->Lock);
    pReader->fClosing = TRUE;
    pEvent = pReader->pEvent;
    pReader->pEvent = NULL;
    ExReleaseFastMutex(&pExt->Lock);

    if (pEvent != NULL)
        ObDereferenceObject(pEvent);

    ExAcquireFastMutex(&pExt->Lock);
    if (pReader->fSubscribed) {
        RemoveEntryList(&pReader->Link);
        pReader->fSubscribed = FALSE;
        pExt->cReaders--;
    }
    RookMoveMessages(&Undelivered, &pReader->Messages);
    pReader->cMessages = 0;
    ExReleaseFastMutex(&pExt->Lock);

    RookFreeMessages(&Undelivered);
    return RookComplete(pIrp, STATUS_SUCCESS, 0);
}

/* The reader has been emptied by the cleanup. */
NTSTATUS RookClose(PDEVICE_OBJECT pDevice, PIRP pIrp)
{
    PFILE_OBJECT pFile = IoGetCurrentIrpStackLocation(pIrp)->FileObject;

    UNREFERENCED_PARAMETER(pDevice);

    ExFreePoolWithTag(pFile->FsContext, ROOK_TAG_READER);
    pFile->FsContext = NULL;
    return RookComplete(pIrp, STATUS_SUCCESS, 0);
}

/*
 * The oldest message, if there is one and it fits.
 */
NTSTATUS RookRead(PDEVICE_OBJECT pDevice, PIRP pIrp)
{
    PROOK_EXTENSION pExt = (PROOK_EXTENSION)pDevice->DeviceExtension;
    PIO_STACK_LOCATION pStack = IoGetCurrentIrpStackLocation(pIrp);
    PROOK_READER pReader = (PROOK_READER)pStack->FileObject->FsContext;
    PROOK_HEADER pOut = (PROOK_HEADER)pIrp->AssociatedIrp.SystemBuffer;
    ULONG cbRoom = pStack->Parameters.Read.Length;
    NTSTATUS Status = STATUS_NO_MORE_ENTRIES;
    PROOK_MESSAGE pMessage = NULL;
    ULONG_PTR Information = 0;

    ExAcquireFastMutex(&pExt->Lock);
    if (!IsListEmpty(&pReader->Messages)) {
        pMessage = CONTAINING_RECORD(pReader->Messages.Flink, ROOK_MESSAGE, Link);
        if (cbRoom < sizeof(ROOK_HEADER) + pMessage->cbBody) {
            pMessage = NULL;
            Status = STATUS_BUFFER_TOO_SMALL;
        } else {
            RemoveEntryList(&pMessage->Link);
            pReader->cMessages--;
        }
    }
    ExReleaseFastMutex(&pExt->Lock);

    if (pMessage != NULL) {
        *pOut = pMessage->Header;
        RtlCopyMemory(pOut + 1, pMessage->abBody, pMessage->cbBody);
        Information = sizeof(ROOK_HEADER) + pMessage->cbBody;
        ExFreePoolWithTag(pMessage, ROOK_TAG_MESSAGE);
        Status = STATUS_SUCCESS;
    }
    return RookComplete(pIrp, Status, Information);
}
