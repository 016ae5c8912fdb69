/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Interlocked lists.  There is one processor and no preemption, so that a lock is
 * taken only to see whether its holder forgot it.
 *
 * Sequenced lists: entries are aligned to 16 bytes; the header holds depth, sequence
 * and the first entry's address without its low four bits.
 */
#include "nt.h"

static void look(PKSPIN_LOCK lock)
{
	l62_tracker_count(L62_COUNT_SPIN_LOCK);
	if (*lock)
		l62_end_bugcheck(SPIN_LOCK_ALREADY_OWNED, (ULONG_PTR)lock, 0, 0, 0);
}

PLIST_ENTRY FASTCALL ExInterlockedInsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry,
                                                 PKSPIN_LOCK lock)
{
	PLIST_ENTRY old = IsListEmpty(head) ? NULL : head->Flink;

	look(lock);
	InsertHeadList(head, entry);
	return old;
}

PLIST_ENTRY FASTCALL ExInterlockedInsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry,
                                                 PKSPIN_LOCK lock)
{
	PLIST_ENTRY old = IsListEmpty(head) ? NULL : head->Blink;

	look(lock);
	InsertTailList(head, entry);
	return old;
}

PLIST_ENTRY FASTCALL ExInterlockedRemoveHeadList(PLIST_ENTRY head, PKSPIN_LOCK lock)
{
	look(lock);
	return IsListEmpty(head) ? NULL : RemoveHeadList(head);
}

PSINGLE_LIST_ENTRY FASTCALL ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY head,
                                                       PSINGLE_LIST_ENTRY entry,
                                                       PKSPIN_LOCK lock)
{
	PSINGLE_LIST_ENTRY old = head->Next;

	look(lock);
	PushEntryList(head, entry);
	return old;
}

PSINGLE_LIST_ENTRY FASTCALL ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY head, PKSPIN_LOCK lock)
{
	look(lock);
	return PopEntryList(head);
}

enum { ENTRY_SHIFT = 4 };

static PSLIST_ENTRY first_of(PSLIST_HEADER head)
{
	return (PSLIST_ENTRY)(ULONG_PTR)(head->HeaderX64.NextEntry << ENTRY_SHIFT);
}

static void set_first(PSLIST_HEADER head, PSLIST_ENTRY entry, ULONGLONG depth)
{
	head->HeaderX64.NextEntry = (ULONG_PTR)entry >> ENTRY_SHIFT;
	head->HeaderX64.Depth = depth;
	head->HeaderX64.Sequence++;
}

PSLIST_ENTRY ExpInterlockedPushEntrySList(PSLIST_HEADER head, PSLIST_ENTRY entry)
{
	PSLIST_ENTRY old = first_of(head);

	if ((ULONG_PTR)entry & (MEMORY_ALLOCATION_ALIGNMENT - 1))
		l62_nt_raise(STATUS_DATATYPE_MISALIGNMENT);
	entry->Next = old;
	set_first(head, entry, head->HeaderX64.Depth + 1);
	return old;
}

PSLIST_ENTRY ExpInterlockedPopEntrySList(PSLIST_HEADER head)
{
	PSLIST_ENTRY old = first_of(head);

	if (old)
		set_first(head, old->Next, head->HeaderX64.Depth - 1);
	return old;
}

PSLIST_ENTRY ExpInterlockedFlushSList(PSLIST_HEADER head)
{
	PSLIST_ENTRY old = first_of(head);

	set_first(head, NULL, 0);
	return old;
}

USHORT l62_nt_slist_depth(PSLIST_HEADER head)
{
	return (USHORT)head->HeaderX64.Depth;
}

VOID l62_nt_slist_initialize(PSLIST_HEADER head)
{
	RtlZeroMemory(head, sizeof(*head));
}
