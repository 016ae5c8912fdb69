/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// events.c - the records of what has happened, the oldest first.
#include "warden.h"

static VOID FreeEvent(WdnEvent *event)
{
    WdnFreeText(&event->Key);
    WdnFreeText(&event->Value);
    ExFreePoolWithTag(event, WDN_TAG_EVENT);
}

// Call with the lock held; NULL if there is none.
static WdnEvent *TakeOldest(VOID)
{
    if (IsListEmpty(&Wdn.Events))
        return NULL;
    Wdn.EventCount--;
    return CONTAINING_RECORD(RemoveHeadList(&Wdn.Events), WdnEvent, Link);
}

static WdnEvent *MakeEvent(ULONG operation, WdnAction action, PCUNICODE_STRING key,
                           PCUNICODE_STRING value)
{
    WdnEvent *event = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*event), WDN_TAG_EVENT);

    if (!event)
        return NULL;

    KeQuerySystemTime(&event->When);
    event->Process = PsGetCurrentProcessId();
    event->Operation = operation;
    event->Action = action;
    RtlInitUnicodeString(&event->Value, NULL);

    if (!NT_SUCCESS(WdnCopyText(&event->Key, key)))
    {
        ExFreePoolWithTag(event, WDN_TAG_EVENT);
        return NULL;
    }
    // An event without its value is better than none.
    (VOID)WdnCopyText(&event->Value, value);
    return event;
}

// Adds an event; if there are too many, the oldest makes room.
VOID WdnRecord(ULONG operation, WdnAction action, PCUNICODE_STRING key, PCUNICODE_STRING value)
{
    WdnEvent *event = MakeEvent(operation, action, key, value);
    WdnEvent *oldest = NULL;

    ExAcquireFastMutex(&Wdn.EventsLock);
    if (!event)
    {
        Wdn.EventsLost++;
    }
    else
    {
        if (Wdn.EventCount >= WDN_MAX_EVENTS)
        {
            oldest = TakeOldest();
            Wdn.EventsLost++;
        }
        InsertTailList(&Wdn.Events, &event->Link);
        Wdn.EventCount++;
    }
    ExReleaseFastMutex(&Wdn.EventsLock);

    if (oldest)
    {
        WdnFreeText(&oldest->Key);
        ExFreePoolWithTag(oldest, WDN_TAG_EVENT); /* leak62: LeakWithOwner */
    }
}

// Gives the oldest event to a program.  It stays if the program has no room for it.
NTSTATUS WdnFetch(PVOID buffer, ULONG room, PULONG_PTR written)
{
    WdnEventOut *out = buffer;
    NTSTATUS status = STATUS_SUCCESS;
    WdnEvent *event;
    ULONG needed;

    ExAcquireFastMutex(&Wdn.EventsLock);
    event = TakeOldest();
    if (!event)
    {
        status = STATUS_NO_MORE_ENTRIES;
    }
    else
    {
        needed = sizeof(*out) + event->Key.Length + event->Value.Length;
        if (room < needed)
        {
            InsertHeadList(&Wdn.Events, &event->Link);
            Wdn.EventCount++;
            event = NULL;
            status = STATUS_BUFFER_TOO_SMALL;
        }
    }
    ExReleaseFastMutex(&Wdn.EventsLock);

    if (!event)
        return status;

    out->When = event->When;
    out->Process = (ULONGLONG)(ULONG_PTR)event->Process;
    out->Operation = event->Operation;
    out->Action = event->Action;
    out->KeyBytes = event->Key.Length;
    out->ValueBytes = event->Value.Length;
    RtlCopyMemory(out + 1, event->Key.Buffer, event->Key.Length);
    if (event->Value.Length)
        RtlCopyMemory((PUCHAR)(out + 1) + event->Key.Length, event->Value.Buffer,
                      event->Value.Length);
    *written = needed;

    FreeEvent(event);
    return STATUS_SUCCESS;
}

VOID WdnDrainEvents(VOID)
{
    WdnEvent *event;

    for (;;)
    {
        ExAcquireFastMutex(&Wdn.EventsLock);
        event = TakeOldest();
        ExReleaseFastMutex(&Wdn.EventsLock);
        if (!event)
            break;
        FreeEvent(event);
    }
}
