/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Lookaside lists.  The DDK's inline code takes from and gives to the list of free
 * entries, and calls the list's own routines when that is empty or full; so those of
 * the kernel are given as thunks.  Entries are pool, whoever holds them.
 *
 * A list that is freed with its memory still in use is seen by the list of all.
 */
#include "nt.h"

enum { DEPTH = 4, DEPTH_MOST = 256 };

static LIST_ENTRY lists = {&lists, &lists};

/* What the lists call: as ExAllocatePoolWithTag and ExFreePool, but of a kind of its own. */
PVOID NTAPI l62_lookaside_allocate(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	return l62_pool_allocate_kind(type, size, tag, L62_KIND_LOOKASIDE_ENTRY,
	                              L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper,
	                                         L62_FRAME_VerifierExAllocatePoolWithTag));
}

VOID NTAPI l62_lookaside_free(PVOID entry)
{
	l62_pool_free(entry, 0, L62_FRAMES(L62_FRAME_VerifierExFreePool));
}

static void initialize(PGENERAL_LOOKASIDE_POOL list, POOL_TYPE type, SIZE_T size, ULONG tag,
                       PVOID allocate, PVOID release)
{
	RtlZeroMemory(list, sizeof(*list));
	list->Depth = DEPTH;
	list->MaximumDepth = DEPTH_MOST;
	list->Type = type;
	list->Tag = tag;
	list->Size = (ULONG)(size < sizeof(SLIST_ENTRY) ? sizeof(SLIST_ENTRY) : size);
	list->Allocate =
	        (PALLOCATE_FUNCTION)(allocate ? allocate
	                                      : l62_host_thunk(l62_lookaside_allocate));
	list->Free = (PFREE_FUNCTION)(release ? release : l62_host_thunk(l62_lookaside_free));
	InsertTailList(&lists, &list->ListEntry);
	l62_object_add(L62_OBJECT_LOOKASIDE, list, sizeof(*list));
	l62_ledger_add(L62_LEDGER_LOOKASIDE, (ULONG_PTR)list, sizeof(*list), NULL);
}

/* The kernel's own routines need no way through the driver. */
static void free_entry(PGENERAL_LOOKASIDE_POOL list, PSLIST_ENTRY entry)
{
	const uint64_t args[] = {(ULONG_PTR)entry, (ULONG_PTR)list};

	if (l62_host_in_image(list->Free))
		l62_invoke((PVOID)list->Free, args, 2, NULL);
	else
		l62_lookaside_free(entry);
}

static void flush(PGENERAL_LOOKASIDE_POOL list)
{
	PSLIST_ENTRY entry;

	while ((entry = ExpInterlockedPopEntrySList(&list->ListHead)) != NULL)
		free_entry(list, entry);
}

static void delete (PGENERAL_LOOKASIDE_POOL list)
{
	PLIST_ENTRY entry;

	for (entry = lists.Flink; entry != &lists && entry != &list->ListEntry;)
		entry = entry->Flink;
	if (entry == &lists)
		l62_end_incomplete("a lookaside list is deleted that was never initialized, or "
		                   "is deleted twice");
	RemoveEntryList(entry);
	l62_object_remove(L62_OBJECT_LOOKASIDE, list);
	l62_ledger_remove(L62_LEDGER_LOOKASIDE, (ULONG_PTR)list);
	flush(list);
}

VOID NTAPI ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list,
                                           PALLOCATE_FUNCTION allocate, PFREE_FUNCTION release,
                                           ULONG flags, SIZE_T size, ULONG tag, USHORT depth)
{
	UNREFERENCED_PARAMETER(depth); /* documented: reserved */
	initialize((PGENERAL_LOOKASIDE_POOL)&list->L, (POOL_TYPE)(NonPagedPool | flags), size,
	           tag, (PVOID)allocate, (PVOID)release);
}

VOID NTAPI ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST list,
                                          PALLOCATE_FUNCTION allocate, PFREE_FUNCTION release,
                                          ULONG flags, SIZE_T size, ULONG tag, USHORT depth)
{
	UNREFERENCED_PARAMETER(depth);
	initialize((PGENERAL_LOOKASIDE_POOL)&list->L, (POOL_TYPE)(PagedPool | flags), size, tag,
	           (PVOID)allocate, (PVOID)release);
}

NTSTATUS NTAPI ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX list,
                                           PALLOCATE_FUNCTION_EX allocate,
                                           PFREE_FUNCTION_EX release, POOL_TYPE type,
                                           ULONG flags, SIZE_T size, ULONG tag, USHORT depth)
{
	enum { RAISE = 1, NO_RAISE = 2, QUOTA = 8, RAISES = 16 };
	int pool = type;

	UNREFERENCED_PARAMETER(depth);
	if (flags & ~(ULONG)(RAISE | NO_RAISE) || flags == (RAISE | NO_RAISE))
		return STATUS_INVALID_PARAMETER_5;
	/* With neither, a quota's failure is an exception; only allocate changes that. */
	if (flags)
		pool |= flags & RAISE ? RAISES : QUOTA;
	initialize(&list->L, (POOL_TYPE)pool, size, tag, (PVOID)allocate, (PVOID)release);
	return STATUS_SUCCESS;
}

VOID NTAPI ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list)
{
	delete ((PGENERAL_LOOKASIDE_POOL)&list->L);
}

VOID NTAPI ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST list)
{
	delete ((PGENERAL_LOOKASIDE_POOL)&list->L);
}

VOID NTAPI ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX list)
{
	delete (&list->L);
}

VOID NTAPI ExFlushLookasideListEx(PLOOKASIDE_LIST_EX list)
{
	flush(&list->L);
}

static PVOID take(PGENERAL_LOOKASIDE_POOL list)
{
	PVOID entry = ExpInterlockedPopEntrySList(&list->ListHead);
	const uint64_t args[] = {list->Type, list->Size, list->Tag, (ULONG_PTR)list};

	list->TotalAllocates++;
	if (entry)
		return entry;
	list->AllocateMisses++;
	if (l62_host_in_image(list->Allocate))
		return (PVOID)l62_invoke((PVOID)list->Allocate, args, 4, NULL);
	return l62_lookaside_allocate(list->Type, list->Size, list->Tag);
}

static void give(PGENERAL_LOOKASIDE_POOL list, PVOID entry)
{
	list->TotalFrees++;
	if (l62_nt_slist_depth(&list->ListHead) < list->Depth) {
		ExpInterlockedPushEntrySList(&list->ListHead, entry);
		return;
	}
	list->FreeMisses++;
	free_entry(list, entry);
}

PVOID l62_nt_allocate_paged_lookaside(PPAGED_LOOKASIDE_LIST list)
{
	return take((PGENERAL_LOOKASIDE_POOL)&list->L);
}

VOID l62_nt_free_paged_lookaside(PPAGED_LOOKASIDE_LIST list, PVOID entry)
{
	give((PGENERAL_LOOKASIDE_POOL)&list->L, entry);
}
