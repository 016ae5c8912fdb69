/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* MDLs.  All memory is resident here; a page's frame number is that of its address. */
#include "mm.h"
#include "nt.h"

static ULONG size_of(PVOID memory, ULONG length)
{
	return (ULONG)(sizeof(MDL) +
	               ADDRESS_AND_SIZE_TO_SPAN_PAGES(memory, length) * sizeof(PFN_NUMBER));
}

void l62_mdl_fill_frames(PMDL mdl)
{
	PPFN_NUMBER frames = MmGetMdlPfnArray(mdl);
	ULONG count = ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(mdl),
	                                             MmGetMdlByteCount(mdl));

	for (ULONG i = 0; i < count; i++)
		frames[i] = ((ULONG_PTR)mdl->StartVa >> PAGE_SHIFT) + i;
}

PMDL NTAPI IoAllocateMdl(PVOID memory, ULONG length, BOOLEAN secondary, BOOLEAN quota, PIRP irp)
{
	struct l62_pool_request request = {
	        .size = size_of(memory, length),
	        .kind = L62_KIND_MDL,
	        .pool = L62_POOL_NONPAGED,
	        .frames = L62_FRAMES(L62_FRAME_IovAllocateMdl, L62_FRAME_IoAllocateMdl_wrapper,
	                             L62_FRAME_VerifierIoAllocateMdl),
	};
	PMDL mdl, *link;

	UNREFERENCED_PARAMETER(quota);
	if (length & 0x80000000)
		return NULL; /* documented: less than 2 GiB */
	mdl = l62_pool_allocate(&request);
	if (!mdl)
		return NULL;
	MmInitializeMdl(mdl, memory, length);
	mdl->MdlFlags |= MDL_ALLOCATED_FIXED_SIZE;
	if (irp) {
		link = &irp->MdlAddress;
		while (secondary && *link)
			link = &(*link)->Next;
		*link = mdl;
	}
	return mdl;
}

VOID NTAPI IoFreeMdl(PMDL mdl)
{
	ULONG tag = l62_kind_tag(L62_KIND_MDL);

	/* That of MmAllocatePagesForMdl may be given to it as well. */
	if (l62_cpu_probe(mdl, FALSE) && !(mdl->MdlFlags & MDL_ALLOCATED_FIXED_SIZE))
		tag = L62_TAG_MDL;
	l62_pool_free(mdl, tag, L62_FRAMES(L62_FRAME_VerifierIoFreeMdl));
}

VOID NTAPI MmBuildMdlForNonPagedPool(PMDL mdl)
{
	mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
	mdl->Process = NULL;
	mdl->MappedSystemVa = MmGetMdlVirtualAddress(mdl);
	l62_mdl_fill_frames(mdl);
}

PMDL l62_mdl_create(PVOID memory, ULONG length)
{
	PMDL mdl = l62_host_alloc(size_of(memory, length));

	MmInitializeMdl(mdl, memory, length);
	mdl->MdlFlags |= MDL_PAGES_LOCKED | MDL_WRITE_OPERATION;
	l62_mdl_fill_frames(mdl);
	return mdl;
}

/* One of the driver's own may have been put behind it. */
void l62_mdl_free(PMDL mdl)
{
	if (mdl->MdlFlags & MDL_ALLOCATED_FIXED_SIZE)
		IoFreeMdl(mdl);
	else
		l62_host_free(mdl);
}
