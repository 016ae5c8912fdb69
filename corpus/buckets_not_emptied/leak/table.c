/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The hash table: chains of LIST_ENTRY under one spin lock.
 */
#include "names.h"

typedef struct _HN_NODE
{
    LIST_ENTRY  Chain;
    ULONG       Key;
    WCHAR       Name[HN_NAME_CHARS];
} HN_NODE, *PHN_NODE;

static LIST_ENTRY   HnBuckets[HN_BUCKETS];
static KSPIN_LOCK   HnLock;

VOID HnTableInit(VOID)
{
    ULONG i;

    KeInitializeSpinLock(&HnLock);
    for (i = 0; i < HN_BUCKETS; i++)
    {
        InitializeListHead(&HnBuckets[i]);
    }
}

/* The lock is held. */
static PHN_NODE HnLookup(ULONG Key)
{
    PLIST_ENTRY head = &HnBuckets[Key % HN_BUCKETS];
    PLIST_ENTRY entry;

    for (entry = head->Flink; entry != head; entry = entry->Flink)
    {
        PHN_NODE node = CONTAINING_RECORD(entry, HN_NODE, Chain);

        if (node->Key == Key)
        {
            return node;
        }
    }
    return NULL;
}

NTSTATUS HnTableAdd(PHN_REQUEST Request)
{
    PHN_NODE fresh;
    PHN_NODE known;
    KIRQL irql;

    fresh = ExAllocatePoolWithTag(NonPagedPool, sizeof(*fresh), HN_TAG); /* leak62: LeakAtUnload */
    if (fresh == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    fresh->Key = Request->Key;
    RtlCopyMemory(fresh->Name, Request->Name, sizeof(fresh->Name));

    KeAcquireSpinLock(&HnLock, &irql);
    known = HnLookup(Request->Key);
    if (known == NULL)
    {
        InsertHeadList(&HnBuckets[Request->Key % HN_BUCKETS], &fresh->Chain);
        fresh = NULL;
    }
    else
    {
        RtlCopyMemory(known->Name, Request->Name, sizeof(known->Name));
    }
    KeReleaseSpinLock(&HnLock, irql);

    /* Not needed if the key was there. */
    HnRelease(fresh);
    return STATUS_SUCCESS;
}

NTSTATUS HnTableDelete(ULONG Key)
{
    PHN_NODE node;
    KIRQL irql;

    KeAcquireSpinLock(&HnLock, &irql);
    node = HnLookup(Key);
    if (node != NULL)
    {
        RemoveEntryList(&node->Chain);
    }
    KeReleaseSpinLock(&HnLock, irql);

    if (node == NULL)
    {
        return STATUS_NOT_FOUND;
    }
    HnRelease(node);
    return STATUS_SUCCESS;
}

NTSTATUS HnTableFind(PHN_REQUEST Request)
{
    NTSTATUS status = STATUS_NOT_FOUND;
    PHN_NODE node;
    KIRQL irql;

    KeAcquireSpinLock(&HnLock, &irql);
    node = HnLookup(Request->Key);
    if (node != NULL)
    {
        RtlCopyMemory(Request->Name, node->Name, sizeof(Request->Name));
        status = STATUS_SUCCESS;
    }
    KeReleaseSpinLock(&HnLock, irql);
    return status;
}
