/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * ERESOURCEs: one exclusive owner, who may take it again, or sharers.  Who waits for
 * exclusive goes before new sharers, as documented.
 *
 *   OwnerEntry   the exclusive owner and how often it has it
 *   OwnerTable   of host memory: {thread, count} of each sharer, from the second on; the
 *                first has the size, as on Windows
 *   ActiveCount  how many have it
 *
 * All live ones are in a list, for the checks at ExDeleteResourceLite.
 */
#include "nt.h"

enum { SHARERS = 16, OWNED_EXCLUSIVE = 0x80 };

static LIST_ENTRY resources = {&resources, &resources};

static POWNER_ENTRY sharer_of(PERESOURCE resource, ERESOURCE_THREAD thread)
{
	for (ULONG i = 1; resource->OwnerTable && i < resource->OwnerTable->TableSize; i++) {
		if (resource->OwnerTable[i].OwnerThread == thread)
			return &resource->OwnerTable[i];
	}
	return NULL;
}

static POWNER_ENTRY make_table(ULONG size)
{
	POWNER_ENTRY table = l62_host_alloc(size * sizeof(*table));

	RtlZeroMemory(table, size * sizeof(*table));
	table->TableSize = size;
	return table;
}

static POWNER_ENTRY free_entry(PERESOURCE resource)
{
	POWNER_ENTRY entry = sharer_of(resource, 0), old = resource->OwnerTable;
	ULONG size = old->TableSize;

	if (entry)
		return entry;
	resource->OwnerTable = make_table(2 * size);
	RtlCopyMemory(resource->OwnerTable + 1, old + 1, (size - 1) * sizeof(*old));
	l62_host_free(old);
	return &resource->OwnerTable[size];
}

static ERESOURCE_THREAD self(void)
{
	return (ERESOURCE_THREAD)l62_nt_thread();
}

static BOOLEAN is_mine(PERESOURCE resource)
{
	return resource->Flag & OWNED_EXCLUSIVE && resource->OwnerEntry.OwnerThread == self();
}

NTSTATUS NTAPI ExInitializeResourceLite(PERESOURCE resource)
{
	RtlZeroMemory(resource, sizeof(*resource));
	InsertTailList(&resources, &resource->SystemResourcesList);
	l62_object_add(L62_OBJECT_RESOURCE, resource, sizeof(*resource));
	resource->OwnerTable = make_table(SHARERS);
	resource->SharedWaiters = l62_host_alloc(sizeof(KSEMAPHORE));
	resource->ExclusiveWaiters = l62_host_alloc(sizeof(KEVENT));
	KeInitializeSemaphore(resource->SharedWaiters, 0, MAXLONG);
	KeInitializeEvent(resource->ExclusiveWaiters, SynchronizationEvent, FALSE);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ExReinitializeResourceLite(PERESOURCE resource)
{
	l62_host_free(resource->OwnerTable);
	resource->OwnerTable = make_table(SHARERS);
	RtlZeroMemory(&resource->OwnerEntry, sizeof(resource->OwnerEntry));
	resource->ActiveCount = 0;
	resource->ActiveEntries = 0;
	resource->Flag = 0;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ExDeleteResourceLite(PERESOURCE resource)
{
	PLIST_ENTRY entry;

	for (entry = resources.Flink; entry != &resources; entry = entry->Flink) {
		if (entry == &resource->SystemResourcesList)
			break;
	}
	/* Not initialized, or deleted already: its links lead nowhere. */
	if (entry == &resources)
		l62_end_bugcheck(RESOURCE_NOT_OWNED, (ULONG_PTR)resource, self(), 0, 0);
	RemoveEntryList(entry);
	l62_object_remove(L62_OBJECT_RESOURCE, resource);
	l62_host_free(resource->OwnerTable);
	l62_host_free((PVOID)resource->SharedWaiters);
	l62_host_free((PVOID)resource->ExclusiveWaiters);
	resource->OwnerTable = NULL;
	resource->SharedWaiters = NULL;
	resource->ExclusiveWaiters = NULL;
	return STATUS_SUCCESS;
}

/* Documented: APC_LEVEL, with normal kernel APCs disabled. */
static void check(PERESOURCE resource)
{
	if (!resource->OwnerTable)
		l62_end_incomplete("an ERESOURCE is acquired that is not initialized, or was "
		                   "deleted");
	if (l62_cpu_irql() > APC_LEVEL)
		l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, (ULONG_PTR)resource, l62_cpu_irql(), 1,
		                 0);
	l62_tracker_count(L62_COUNT_SYNCH);
}

BOOLEAN NTAPI ExAcquireResourceExclusiveLite(PERESOURCE resource, BOOLEAN wait)
{
	check(resource);
	if (is_mine(resource)) {
		resource->OwnerEntry.OwnerCount++;
		return TRUE;
	}
	while (resource->ActiveCount) {
		if (!wait)
			return FALSE;
		resource->ContentionCount++;
		resource->NumberOfExclusiveWaiters++;
		l62_wait(&((PKEVENT)resource->ExclusiveWaiters)->Header,
		         "ExAcquireResourceExclusiveLite", NULL);
		resource->NumberOfExclusiveWaiters--;
	}
	resource->ActiveCount = 1;
	resource->Flag |= OWNED_EXCLUSIVE;
	resource->OwnerEntry.OwnerThread = self();
	resource->OwnerEntry.OwnerCount = 1;
	return TRUE;
}

static BOOLEAN share(PERESOURCE resource, BOOLEAN wait, BOOLEAN starve)
{
	POWNER_ENTRY entry;

	check(resource);
	if (is_mine(resource)) {
		resource->OwnerEntry.OwnerCount++;
		return TRUE;
	}
	entry = sharer_of(resource, self());
	while (!entry && (resource->Flag & OWNED_EXCLUSIVE ||
	                  (resource->NumberOfExclusiveWaiters && !starve))) {
		if (!wait)
			return FALSE;
		resource->ContentionCount++;
		resource->NumberOfSharedWaiters++;
		l62_wait(&((PKSEMAPHORE)resource->SharedWaiters)->Header,
		         "ExAcquireResourceSharedLite", NULL);
		resource->NumberOfSharedWaiters--;
	}
	if (!entry) {
		entry = free_entry(resource);
		entry->OwnerThread = self();
		entry->OwnerCount = 0;
		resource->ActiveCount++;
	}
	entry->OwnerCount++;
	return TRUE;
}

BOOLEAN NTAPI ExAcquireResourceSharedLite(PERESOURCE resource, BOOLEAN wait)
{
	return share(resource, wait, FALSE);
}

BOOLEAN NTAPI ExAcquireSharedStarveExclusive(PERESOURCE resource, BOOLEAN wait)
{
	return share(resource, wait, TRUE);
}

BOOLEAN NTAPI ExAcquireSharedWaitForExclusive(PERESOURCE resource, BOOLEAN wait)
{
	return share(resource, wait, FALSE);
}

/* Nobody has it: those who wait for exclusive first. */
static void pass_on(PERESOURCE resource)
{
	if (resource->NumberOfExclusiveWaiters && resource->ActiveCount == 0)
		KeSetEvent(resource->ExclusiveWaiters, IO_NO_INCREMENT, FALSE);
	else if (resource->NumberOfSharedWaiters)
		KeReleaseSemaphore(resource->SharedWaiters, 0,
		                   (LONG)resource->NumberOfSharedWaiters, FALSE);
}

VOID NTAPI ExReleaseResourceForThreadLite(PERESOURCE resource, ERESOURCE_THREAD thread)
{
	POWNER_ENTRY entry = sharer_of(resource, thread);

	if (resource->Flag & OWNED_EXCLUSIVE && resource->OwnerEntry.OwnerThread == thread) {
		if (--resource->OwnerEntry.OwnerCount)
			return;
		resource->OwnerEntry.OwnerThread = 0;
		resource->Flag &= (USHORT)~OWNED_EXCLUSIVE;
	} else if (entry && thread) {
		if (--entry->OwnerCount)
			return;
		entry->OwnerThread = 0;
	} else {
		l62_end_bugcheck(RESOURCE_NOT_OWNED, (ULONG_PTR)resource, thread, 0, 0);
	}
	resource->ActiveCount--;
	pass_on(resource);
}

VOID FASTCALL ExReleaseResourceLite(PERESOURCE resource)
{
	ExReleaseResourceForThreadLite(resource, self());
}

VOID NTAPI ExConvertExclusiveToSharedLite(PERESOURCE resource)
{
	if (!is_mine(resource))
		l62_end_bugcheck(RESOURCE_NOT_OWNED, (ULONG_PTR)resource, self(), 0, 0);
	*free_entry(resource) = resource->OwnerEntry;
	RtlZeroMemory(&resource->OwnerEntry, sizeof(resource->OwnerEntry));
	resource->Flag &= (USHORT)~OWNED_EXCLUSIVE;
	pass_on(resource);
}

BOOLEAN NTAPI ExIsResourceAcquiredExclusiveLite(PERESOURCE resource)
{
	return is_mine(resource);
}

ULONG NTAPI ExIsResourceAcquiredSharedLite(PERESOURCE resource)
{
	POWNER_ENTRY entry = sharer_of(resource, self());

	if (is_mine(resource))
		return resource->OwnerEntry.OwnerCount;
	return entry ? entry->OwnerCount : 0;
}

ULONG NTAPI ExGetExclusiveWaiterCount(PERESOURCE resource)
{
	return resource->NumberOfExclusiveWaiters;
}

ULONG NTAPI ExGetSharedWaiterCount(PERESOURCE resource)
{
	return resource->NumberOfSharedWaiters;
}

PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE resource)
{
	KeEnterCriticalRegion();
	ExAcquireResourceExclusiveLite(resource, TRUE);
	return NULL; /* undocumented what it is, drivers ignore it */
}

PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE resource)
{
	KeEnterCriticalRegion();
	ExAcquireResourceSharedLite(resource, TRUE);
	return NULL;
}

VOID FASTCALL ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE resource)
{
	ExReleaseResourceLite(resource);
	KeLeaveCriticalRegion();
}
