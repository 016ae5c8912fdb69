/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Locking and mapping the memory of MDLs.  A program's pages have an address of the
 * kernel's own as long as they are locked, and stay if the program gives them back;
 * memory of the kernel is mapped where it is, or a second time into a program.
 */
#include "mm.h"

enum { VERIFIER_VIOLATION = 0xc4, NEVER_LOCKED = 0x7c, NONPAGED = 0x7d };

static BOOLEAN is_program(PMDL mdl)
{
	return l62_is_user(MmGetMdlVirtualAddress(mdl), MmGetMdlByteCount(mdl));
}

/* Documented: a program's half is changed below DISPATCH_LEVEL. */
static void check_user_irql(void)
{
	if (l62_cpu_irql() > APC_LEVEL)
		l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, 0, l62_cpu_irql(), 1, 0);
}

static void fill_frames(PMDL mdl)
{
	PPFN_NUMBER frames = MmGetMdlPfnArray(mdl);
	ULONG count = ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(mdl),
	                                             MmGetMdlByteCount(mdl));

	for (ULONG i = 0; i < count; i++)
		frames[i] = ((ULONG_PTR)mdl->StartVa >> PAGE_SHIFT) + i;
}

static BOOLEAN can_access(PMDL mdl, LOCK_OPERATION operation)
{
	PUCHAR at = MmGetMdlVirtualAddress(mdl), end = at + MmGetMdlByteCount(mdl);

	while (at < end) {
		if (!l62_cpu_probe(at, operation != IoReadAccess))
			return FALSE;
		at = (PUCHAR)(((ULONG_PTR)at & ~(ULONG_PTR)(PAGE_SIZE - 1)) + PAGE_SIZE);
	}
	return TRUE;
}

/* Where a program's pages are kept while they are locked: MappedSystemVa, which counts only
 * when its flag is set. */
static BOOLEAN lock(PMDL mdl, LOCK_OPERATION operation)
{
	if (!can_access(mdl, operation))
		return FALSE;
	mdl->MappedSystemVa = MmGetMdlVirtualAddress(mdl);
	mdl->Process = NULL;
	if (is_program(mdl)) {
		mdl->MappedSystemVa = l62_user_lock((ULONG_PTR)MmGetMdlVirtualAddress(mdl),
		                                    MmGetMdlByteCount(mdl));
		if (!mdl->MappedSystemVa)
			return FALSE;
	} else {
		l62_paged_lock((ULONG_PTR)MmGetMdlVirtualAddress(mdl), MmGetMdlByteCount(mdl),
		               1);
	}
	mdl->MdlFlags &= ~(MDL_WRITE_OPERATION | MDL_MAPPED_TO_SYSTEM_VA);
	mdl->MdlFlags |=
	        MDL_PAGES_LOCKED | (operation != IoReadAccess ? MDL_WRITE_OPERATION : 0);
	fill_frames(mdl);
	return TRUE;
}

static void unlock(PMDL mdl)
{
	if (is_program(mdl))
		l62_user_unlock(mdl->MappedSystemVa);
	else
		l62_paged_lock((ULONG_PTR)MmGetMdlVirtualAddress(mdl), MmGetMdlByteCount(mdl),
		               -1);
	mdl->MdlFlags &= ~(MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA);
}

VOID NTAPI MmProbeAndLockPages(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION operation)
{
	if ((mode == UserMode && !is_program(mdl)) || !lock(mdl, operation))
		l62_raise(STATUS_ACCESS_VIOLATION, 0, NULL);
	l62_ledger_add(L62_LEDGER_LOCKED, (ULONG_PTR)mdl,
	               ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(mdl),
	                                              MmGetMdlByteCount(mdl)),
	               NULL);
}

/* A program ends before the driver is unloaded.  Arg1 is of the kernel's own. */
void l62_unload_check_locked(PMDL mdl, uint64_t pages)
{
	if (l62_ledger_tracks_pages() && l62_cpu_probe(mdl, FALSE) && is_program(mdl))
		l62_end_at_unload(DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS,
		                  (ULONG_PTR)l62_host_alloc(PAGE_SIZE), 0, (ULONG_PTR)mdl,
		                  pages);
}

VOID NTAPI MmUnlockPages(PMDL mdl)
{
	if (mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL)
		l62_end_bugcheck(VERIFIER_VIOLATION, NONPAGED, (ULONG_PTR)mdl,
		                 (USHORT)mdl->MdlFlags, 0);
	if (!(mdl->MdlFlags & MDL_PAGES_LOCKED))
		l62_end_bugcheck(VERIFIER_VIOLATION, NEVER_LOCKED, (ULONG_PTR)mdl,
		                 (USHORT)mdl->MdlFlags, 0);
	unlock(mdl);
	l62_ledger_remove(L62_LEDGER_LOCKED, (ULONG_PTR)mdl);
}

/* Documented: what cannot be is raised, and the MDL's flags stay.  The stack that the copy of
 * a page would lie on changes while it is copied. */
static PVOID map_user(PMDL mdl, PVOID base)
{
	ULONG_PTR start = (ULONG_PTR)mdl->MappedSystemVa & ~(ULONG_PTR)(PAGE_SIZE - 1);
	ULONG_PTR size =
	        (ULONG_PTR)PAGE_SIZE *
	        ADDRESS_AND_SIZE_TO_SPAN_PAGES(mdl->MappedSystemVa, MmGetMdlByteCount(mdl));
	uint64_t low, high;
	PUCHAR view;

	check_user_irql();
	l62_sched_stack_limits(&low, &high);
	if (start < high && start + size > low)
		l62_end_incomplete("the driver maps its stack into a program, which leak62 "
		                   "cannot do");
	view = l62_user_map((PVOID)start, size, base);
	if (!view)
		l62_nt_raise(base ? STATUS_CONFLICTING_ADDRESSES
		                  : STATUS_INSUFFICIENT_RESOURCES);
	view += BYTE_OFFSET(mdl->MappedSystemVa);
	l62_ledger_add(L62_LEDGER_USER_MAPPING, (ULONG_PTR)view, MmGetMdlByteCount(mdl), NULL);
	return view;
}

#undef MmMapLockedPagesSpecifyCache
PVOID NTAPI MmMapLockedPagesSpecifyCache(PMDL mdl, KPROCESSOR_MODE mode,
                                         MEMORY_CACHING_TYPE cache, PVOID base, ULONG bugcheck,
                                         MM_PAGE_PRIORITY priority)
{
	UNREFERENCED_PARAMETER(cache);
	UNREFERENCED_PARAMETER(bugcheck);
	UNREFERENCED_PARAMETER(priority);
	if (!(mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL)))
		l62_end_incomplete("the driver maps the pages of an MDL that are not locked");
	if (mode != KernelMode)
		return map_user(mdl, base);
	mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
	return mdl->MappedSystemVa;
}

#undef MmMapLockedPages
PVOID NTAPI MmMapLockedPages(PMDL mdl, KPROCESSOR_MODE mode)
{
	return MmMapLockedPagesSpecifyCache(mdl, mode, MmCached, NULL, TRUE, HighPagePriority);
}

VOID NTAPI MmUnmapLockedPages(PVOID base, PMDL mdl)
{
	if (l62_is_user(base, 1)) {
		check_user_irql();
		if (!l62_user_unmap(PAGE_ALIGN(base)))
			l62_end_incomplete("the driver unmaps from a program what is not "
			                   "mapped there");
		l62_ledger_remove(L62_LEDGER_USER_MAPPING, (ULONG_PTR)base);
		return;
	}
	mdl->MdlFlags &= ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
}

PMDL l62_mdl_lock(PVOID memory, ULONG size, LOCK_OPERATION operation)
{
	PMDL mdl = l62_mdl_create(memory, size);

	lock(mdl, operation);
	return mdl;
}

void l62_mdl_unlock(PMDL mdl)
{
	if (!mdl)
		return;
	if (mdl->MdlFlags & MDL_PAGES_LOCKED)
		unlock(mdl);
	l62_host_free(mdl);
}
