/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The hash table of Roster.  An entry owns the copy of its name.
 */
#include "roster.h"

#define ROSTER_TAG_ENTRY 'eRtS'
#define ROSTER_TAG_NAME  'nRtS'
#define ROSTER_BUCKETS 8

typedef struct _ROSTER_ENTRY {
    LIST_ENTRY Chain;
    UNICODE_STRING Name;
    ULONG Number;
} ROSTER_ENTRY, *PROSTER_ENTRY;

static LIST_ENTRY Buckets[ROSTER_BUCKETS];
static FAST_MUTEX BucketMutex;

static PLIST_ENTRY BucketOf(const ROSTER_REQUEST *Request)
{
    ULONG hash = 0, i;

    for (i = 0; i < Request->NameBytes / sizeof(WCHAR); i++)
        hash = hash * 31 + RtlUpcaseUnicodeChar(Request->Name[i]);
    return &Buckets[hash % ROSTER_BUCKETS];
}

static PROSTER_ENTRY Lookup(PLIST_ENTRY Bucket, const ROSTER_REQUEST *Request)
{
    UNICODE_STRING wanted;
    PROSTER_ENTRY entry;
    PLIST_ENTRY link;

    wanted.Buffer = (PWCH)Request->Name;
    wanted.Length = wanted.MaximumLength = (USHORT)Request->NameBytes;
    for (link = Bucket->Flink; link != Bucket; link = link->Flink) {
        entry = CONTAINING_RECORD(link, ROSTER_ENTRY, Chain);
        if (RtlEqualUnicodeString(&entry->Name, &wanted, TRUE))
            return entry;
    }
    return NULL;
}

VOID RosterInit(VOID)
{
    ULONG i;

    ExInitializeFastMutex(&BucketMutex);
    for (i = 0; i < ROSTER_BUCKETS; i++)
        InitializeListHead(&Buckets[i]);
}

VOID RosterFlush(VOID)
{
    PROSTER_ENTRY entry;
    ULONG i;

    for (i = 0; i < ROSTER_BUCKETS; i++) {
        while (!IsListEmpty(&Buckets[i])) {
            entry = CONTAINING_RECORD(RemoveTailList(&Buckets[i]), ROSTER_ENTRY, Chain);
            ExFreePoolWithTag(entry->Name.Buffer, ROSTER_TAG_NAME);
            ExFreePoolWithTag(entry, ROSTER_TAG_ENTRY);
        }
    }
}

NTSTATUS RosterEnrol(const ROSTER_REQUEST *Request)
{
    PLIST_ENTRY bucket = BucketOf(Request);
    PROSTER_ENTRY entry;
    PWCH name;

    entry = ExAllocatePoolWithTag(PagedPool, sizeof(ROSTER_ENTRY), ROSTER_TAG_ENTRY);
    name = ExAllocatePoolWithTag(PagedPool, Request->NameBytes, ROSTER_TAG_NAME);
    if (entry == NULL || name == NULL) {
        if (entry != NULL)
            ExFreePoolWithTag(entry, ROSTER_TAG_ENTRY);
        if (name != NULL)
            ExFreePoolWithTag(name, ROSTER_TAG_NAME);
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    RtlCopyMemory(name, Request->Name, Request->NameBytes);
    entry->Name.Buffer = name;
    entry->Name.Length = entry->Name.MaximumLength = (USHORT)Request->NameBytes;
    entry->Number = Request->Number;

    ExAcquireFastMutex(&BucketMutex);
    if (Lookup(bucket, Request) == NULL) {
        InsertHeadList(bucket, &entry->Chain);
        entry = NULL;
    }
    ExReleaseFastMutex(&BucketMutex);

    if (entry != NULL) {
        /* Somebody has that name already. */
        ExFreePoolWithTag(entry->Name.Buffer, ROSTER_TAG_NAME);
        ExFreePoolWithTag(entry, ROSTER_TAG_ENTRY);
        return STATUS_OBJECT_NAME_COLLISION;
    }
    return STATUS_SUCCESS;
}

NTSTATUS RosterFind(PROSTER_REQUEST Request)
{
    PROSTER_ENTRY entry;

    ExAcquireFastMutex(&BucketMutex);
    entry = Lookup(BucketOf(Request), Request);
    if (entry != NULL)
        Request->Number = entry->Number;
    ExReleaseFastMutex(&BucketMutex);
    return entry != NULL ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

NTSTATUS RosterStrike(const ROSTER_REQUEST *Request)
{
    PROSTER_ENTRY entry;

    ExAcquireFastMutex(&BucketMutex);
    entry = Lookup(BucketOf(Request), Request);
    if (entry != NULL)
        RemoveEntryList(&entry->Chain);
    ExReleaseFastMutex(&BucketMutex);

    if (entry == NULL)
        return STATUS_NOT_FOUND;
    ExFreePoolWithTag(entry, ROSTER_TAG_ENTRY); /* leak62: LeakWithOwner */
    return STATUS_SUCCESS;
}
