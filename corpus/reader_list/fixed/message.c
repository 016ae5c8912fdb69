/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * message.c - messages: made by a write, copied to the readers, kept in the backlog.
 */
#include "rookery.h"

PROOK_MESSAGE RookNewMessage(const ROOK_HEADER *pHeader, const UCHAR *pbBody, ULONG cbBody)
{
    PROOK_MESSAGE pMessage;

    pMessage = (PROOK_MESSAGE)ExAllocatePoolWithTag(
        PagedPool, FIELD_OFFSET(ROOK_MESSAGE, abBody) + cbBody, ROOK_TAG_MESSAGE);
    if (pMessage != NULL) {
        InitializeListHead(&pMessage->Link);
        pMessage->Header = *pHeader;
        pMessage->cbBody = cbBody;
        RtlCopyMemory(pMessage->abBody, pbBody, cbBody);
    }
    return pMessage;
}

VOID RookFreeMessages(PLIST_ENTRY pList)
{
    PLIST_ENTRY pEntry;

    while (!IsListEmpty(pList)) {
        pEntry = RemoveHeadList(pList);
        ExFreePoolWithTag(CONTAINING_RECORD(pEntry, ROOK_MESSAGE, Link), ROOK_TAG_MESSAGE);
    }
}

/* To the end of a list that has another owner. */
VOID RookMoveMessages(PLIST_ENTRY pTo, PLIST_ENTRY pFrom)
{
    while (!IsListEmpty(pFrom))
        InsertTailList(pTo, RemoveHeadList(pFrom));
}

static VOID RookDropOldest(PLIST_ENTRY pList)
{
    PROOK_MESSAGE pOldest = CONTAINING_RECORD(RemoveHeadList(pList), ROOK_MESSAGE, Link);

    ExFreePoolWithTag(pOldest, ROOK_TAG_MESSAGE);
}

/*
 * Gives a copy of the message to a reader, if the topic is one of its.  A reader that
 * does not read loses the oldest.  Call with the lock held.
 */
VOID RookDeliver(PROOK_READER pReader, const ROOK_MESSAGE *pMessage)
{
    PROOK_MESSAGE pCopy;

    if ((pReader->ulTopicMask & (1UL << pMessage->Header.ulTopic)) != 0) {
        pCopy = RookNewMessage(&pMessage->Header, pMessage->abBody, pMessage->cbBody);
        if (pCopy == NULL) {
            pReader->cLost++;
        } else {
            if (pReader->cMessages >= ROOK_WAITING_MAX) {
                RookDropOldest(&pReader->Messages);
                pReader->cMessages--;
                pReader->cLost++;
            }
            InsertTailList(&pReader->Messages, &pCopy->Link);
            pReader->cMessages++;
            if (pReader->pEvent != NULL)
                KeSetEvent(pReader->pEvent, IO_NO_INCREMENT, FALSE);
        }
    }
}

/* The backlog takes the message itself. */
static VOID RookKeep(PROOK_EXTENSION pExt, PROOK_MESSAGE pMessage)
{
    InsertTailList(&pExt->Backlog, &pMessage->Link);
    if (pExt->cBacklog == ROOK_BACKLOG_MAX)
        RookDropOldest(&pExt->Backlog);
    else
        pExt->cBacklog++;
}

NTSTATUS RookWrite(PDEVICE_OBJECT pDevice, PIRP pIrp)
{
    PROOK_EXTENSION pExt = (PROOK_EXTENSION)pDevice->DeviceExtension;
    ULONG cb = IoGetCurrentIrpStackLocation(pIrp)->Parameters.Write.Length;
    PROOK_HEADER pIn = (PROOK_HEADER)pIrp->AssociatedIrp.SystemBuffer;
    NTSTATUS Status = STATUS_INVALID_PARAMETER;
    PROOK_MESSAGE pMessage;
    PLIST_ENTRY pEntry;

    if (cb >= sizeof(ROOK_HEADER) && cb - sizeof(ROOK_HEADER) <= ROOK_BODY_MAX &&
        pIn->ulTopic < ROOK_TOPICS) {
        pMessage = RookNewMessage(pIn, (const UCHAR *)(pIn + 1), cb - sizeof(ROOK_HEADER));
        if (pMessage == NULL) {
            Status = STATUS_INSUFFICIENT_RESOURCES;
        } else {
            ExAcquireFastMutex(&pExt->Lock);
            pMessage->Header.ulSequence = ++pExt->ulSequence;
            for (pEntry = pExt->Readers.Flink; pEntry != &pExt->Readers; pEntry = pEntry->Flink)
                RookDeliver(CONTAINING_RECORD(pEntry, ROOK_READER, Link), pMessage);
            RookKeep(pExt, pMessage);
            ExReleaseFastMutex(&pExt->Lock);
            Status = STATUS_SUCCESS;
        }
    }
    return RookComplete(pIrp, Status, NT_SUCCESS(Status) ? cb : 0);
}
