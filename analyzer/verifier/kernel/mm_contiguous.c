/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Contiguous memory, device memory and what is known of addresses.  All of it is
 * ordinary memory here, and a physical address is the virtual one.  Contiguous memory is
 * no pool: `!verifier` counts its bytes apart.
 */
#include "nt.h"

#define SYSTEM_PTE_MISUSE 0xda

struct area {
	struct area *next;
	PUCHAR start;
	SIZE_T size;
	PVOID memory; /* what was had from the host */
	BOOLEAN io;
};

static struct area *areas;

/* Page-aligned and zeroed, as fresh pages are. */
static PVOID create(SIZE_T size, BOOLEAN io)
{
	SIZE_T room = ROUND_TO_PAGES(size);
	struct area *area;

	if (size == 0 || room < size || room > MAXLONG)
		return NULL;
	area = l62_host_alloc(sizeof(*area));
	area->memory = l62_host_alloc(room + PAGE_SIZE);
	area->start = (PUCHAR)ROUND_TO_PAGES((ULONG_PTR)area->memory);
	area->size = room;
	area->io = io;
	area->next = areas;
	areas = area;
	if (!io)
		l62_tracker_contiguous((int64_t)room);
	l62_ledger_add(io ? L62_LEDGER_MAPPING : L62_LEDGER_CONTIGUOUS, (ULONG_PTR)area->start,
	               room, NULL);
	return area->start;
}

static BOOLEAN destroy(PVOID start, BOOLEAN io)
{
	struct area **link = &areas, *area;

	while (*link && ((*link)->start != start || (*link)->io != io))
		link = &(*link)->next;
	area = *link;
	if (!area)
		return FALSE;
	*link = area->next;
	if (!io)
		l62_tracker_contiguous(-(int64_t)area->size);
	l62_ledger_remove(io ? L62_LEDGER_MAPPING : L62_LEDGER_CONTIGUOUS, (ULONG_PTR)start);
	l62_host_free(area->memory);
	l62_host_free(area);
	return TRUE;
}

static void check_irql(void)
{
	if (l62_cpu_irql() > DISPATCH_LEVEL)
		l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, 0, l62_cpu_irql(), 1, 0);
}

PVOID NTAPI MmAllocateContiguousMemory(SIZE_T size, PHYSICAL_ADDRESS highest)
{
	UNREFERENCED_PARAMETER(highest);
	check_irql();
	return create(size, FALSE);
}

PVOID NTAPI MmAllocateContiguousMemorySpecifyCache(SIZE_T size, PHYSICAL_ADDRESS lowest,
                                                   PHYSICAL_ADDRESS highest,
                                                   PHYSICAL_ADDRESS boundary,
                                                   MEMORY_CACHING_TYPE cache)
{
	UNREFERENCED_PARAMETER(lowest);
	UNREFERENCED_PARAMETER(boundary);
	UNREFERENCED_PARAMETER(cache);
	return MmAllocateContiguousMemory(size, highest);
}

VOID NTAPI MmFreeContiguousMemory(PVOID start)
{
	check_irql();
	/* Given back what was not had: the page's frame is no such block's. */
	if (!destroy(start, FALSE))
		l62_end_bugcheck(BAD_POOL_CALLER, 0x60, (ULONG_PTR)start, 0, 0);
}

VOID NTAPI MmFreeContiguousMemorySpecifyCache(PVOID start, SIZE_T size,
                                              MEMORY_CACHING_TYPE cache)
{
	UNREFERENCED_PARAMETER(size);
	UNREFERENCED_PARAMETER(cache);
	MmFreeContiguousMemory(start);
}

PHYSICAL_ADDRESS NTAPI MmGetPhysicalAddress(PVOID address)
{
	PHYSICAL_ADDRESS physical;

	physical.QuadPart = (LONGLONG)(ULONG_PTR)address;
	return physical;
}

/* No device is there: its registers are memory that begins as zeroes. */
PVOID NTAPI MmMapIoSpace(PHYSICAL_ADDRESS physical, SIZE_T size, MEMORY_CACHING_TYPE cache)
{
	ULONG offset = BYTE_OFFSET((ULONG_PTR)physical.QuadPart);
	PUCHAR start = create(size + offset, TRUE);

	UNREFERENCED_PARAMETER(cache);
	return start && size ? start + offset : NULL;
}

VOID NTAPI MmUnmapIoSpace(PVOID address, SIZE_T size)
{
	UNREFERENCED_PARAMETER(size);
	if (!destroy(PAGE_ALIGN(address), TRUE))
		l62_end_bugcheck(SYSTEM_PTE_MISUSE, 0, (ULONG_PTR)address, 0, 0);
}
