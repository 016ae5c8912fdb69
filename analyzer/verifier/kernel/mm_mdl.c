/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Locking and mapping what MDLs describe.  Everything is resident and in one address
 * space, so that a mapping is the memory itself; the flags say what was done, and
 * undoing what was not done is a bug check.
 */
#include "nt.h"

#define SYSTEM_PTE_MISUSE 0xda

/* Bug checks of pages and of their number that do not fit. */
enum { NOT_LOCKED = 0x1233 };

VOID NTAPI MmProbeAndLockPages(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION operation)
{
	UNREFERENCED_PARAMETER(mode);
	if (l62_cpu_irql() > DISPATCH_LEVEL)
		l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, (ULONG_PTR)mdl, l62_cpu_irql(), 1, 0);
	l62_mdl_fill_frames(mdl);
	mdl->MdlFlags |= MDL_PAGES_LOCKED;
	if (operation != IoReadAccess)
		mdl->MdlFlags |= MDL_WRITE_OPERATION;
}

VOID NTAPI MmUnlockPages(PMDL mdl)
{
	if (!(mdl->MdlFlags & MDL_PAGES_LOCKED))
		l62_end_bugcheck(MEMORY_MANAGEMENT, NOT_LOCKED, (ULONG_PTR)mdl, 0, 0);
	mdl->MdlFlags &=
	        (CSHORT) ~(MDL_PAGES_LOCKED | MDL_WRITE_OPERATION | MDL_MAPPED_TO_SYSTEM_VA);
}

PVOID NTAPI MmMapLockedPagesSpecifyCache(PMDL mdl, KPROCESSOR_MODE mode,
                                         MEMORY_CACHING_TYPE cache, PVOID base, ULONG bug_check,
                                         MM_PAGE_PRIORITY priority)
{
	UNREFERENCED_PARAMETER(mode);
	UNREFERENCED_PARAMETER(cache);
	UNREFERENCED_PARAMETER(base);
	UNREFERENCED_PARAMETER(bug_check);
	UNREFERENCED_PARAMETER(priority);
	mdl->MappedSystemVa = MmGetMdlVirtualAddress(mdl);
	mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
	return mdl->MappedSystemVa;
}

PVOID NTAPI MmMapLockedPages(PMDL mdl, KPROCESSOR_MODE mode)
{
	return MmMapLockedPagesSpecifyCache(mdl, mode, MmCached, NULL, TRUE,
	                                    NormalPagePriority);
}

VOID NTAPI MmUnmapLockedPages(PVOID address, PMDL mdl)
{
	if (!(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) || mdl->MappedSystemVa != address)
		l62_end_bugcheck(SYSTEM_PTE_MISUSE, 0, (ULONG_PTR)address, (ULONG_PTR)mdl, 0);
	mdl->MdlFlags &= (CSHORT)~MDL_MAPPED_TO_SYSTEM_VA;
}

VOID NTAPI IoBuildPartialMdl(PMDL source, PMDL target, PVOID address, ULONG length)
{
	ULONG offset = (ULONG)((PUCHAR)address - (PUCHAR)MmGetMdlVirtualAddress(source));

	/* Documented: 0 is what is left of the source. */
	if (length == 0)
		length = MmGetMdlByteCount(source) - offset;
	target->StartVa = PAGE_ALIGN(address);
	target->ByteOffset = BYTE_OFFSET(address);
	target->ByteCount = length;
	target->Process = source->Process;
	target->MdlFlags =
	        (CSHORT)(MDL_PARTIAL | (target->MdlFlags & MDL_ALLOCATED_FIXED_SIZE) |
	                 (source->MdlFlags &
	                  (MDL_SOURCE_IS_NONPAGED_POOL | MDL_MAPPED_TO_SYSTEM_VA)));
	if (target->MdlFlags & (MDL_SOURCE_IS_NONPAGED_POOL | MDL_MAPPED_TO_SYSTEM_VA))
		target->MappedSystemVa = (PUCHAR)source->MappedSystemVa + offset;
	l62_mdl_fill_frames(target);
}
