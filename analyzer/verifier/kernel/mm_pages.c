/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Pages by MDL.  The MDL is pool, which the driver frees by ExFreePool after the pages;
 * the pages are no pool.  They are not mapped at first: the driver maps the MDL.
 */
#include "mm.h"
#include "nt.h"

struct pages {
	struct pages *next;
	PMDL mdl;
	PVOID memory; /* what was had from the host */
};

static struct pages *all;

PMDL NTAPI MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS lowest, PHYSICAL_ADDRESS highest,
                                   PHYSICAL_ADDRESS skip, SIZE_T size,
                                   MEMORY_CACHING_TYPE cache, ULONG flags)
{
	SIZE_T bytes = ROUND_TO_PAGES(size);
	struct l62_pool_request request = {
	        .size = sizeof(MDL) + (bytes >> PAGE_SHIFT) * sizeof(PFN_NUMBER),
	        .tag = L62_TAG_MDL,
	        .kind = L62_KIND_POOL,
	        .pool = L62_POOL_NONPAGED,
	        .zeroed = TRUE,
	        .frames = L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper),
	};
	struct pages *pages;
	PUCHAR start;
	PMDL mdl;

	UNREFERENCED_PARAMETER(cache);
	UNREFERENCED_PARAMETER(skip);
	UNREFERENCED_PARAMETER(flags);
	/* Documented: less than 4 GiB; none if no page is in the range. */
	if (size == 0 || bytes < size || bytes > MAXULONG - PAGE_SIZE ||
	    (ULONGLONG)lowest.QuadPart > (ULONGLONG)highest.QuadPart)
		return NULL;
	mdl = l62_pool_allocate(&request);
	if (!mdl)
		return NULL;
	pages = l62_host_alloc(sizeof(*pages));
	pages->mdl = mdl;
	pages->memory = l62_host_alloc(bytes + PAGE_SIZE);
	pages->next = all;
	all = pages;
	start = (PUCHAR)ROUND_TO_PAGES((ULONG_PTR)pages->memory);
	MmInitializeMdl(mdl, start, bytes);
	l62_mdl_fill_frames(mdl);
	/* Documented: no address of its own; mapped, they are where they are. */
	mdl->StartVa = NULL;
	mdl->MappedSystemVa = start;
	mdl->Process = NULL;
	mdl->MdlFlags |= MDL_PAGES_LOCKED;
	return mdl;
}

PMDL NTAPI MmAllocatePagesForMdl(PHYSICAL_ADDRESS lowest, PHYSICAL_ADDRESS highest,
                                 PHYSICAL_ADDRESS skip, SIZE_T size)
{
	return MmAllocatePagesForMdlEx(lowest, highest, skip, size, MmCached, 0);
}

VOID NTAPI MmFreePagesFromMdl(PMDL mdl)
{
	struct pages **link = &all, *pages;

	while (*link && (*link)->mdl != mdl)
		link = &(*link)->next;
	pages = *link;
	if (!pages)
		l62_end_incomplete("MmFreePagesFromMdl is given an MDL without pages of "
		                   "MmAllocatePagesForMdl");
	*link = pages->next;
	mdl->MdlFlags &= ~(MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA);
	mdl->MappedSystemVa = NULL;
	l62_host_free(pages->memory);
	l62_host_free(pages);
}
