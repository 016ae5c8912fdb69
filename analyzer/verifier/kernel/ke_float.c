/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Saved processor state.  A fiber keeps its own; what is checked is that each save has
 * its restore, on the same thread and at the same IRQL, as documented.
 */
#include "nt.h"

struct saved {
	struct saved *next;
	PVOID where; /* the driver's structure */
	PKTHREAD thread;
	KIRQL irql;
	UCHAR state[512] __attribute__((aligned(16)));
};

static struct saved *all;

/* XSAVE_STATE_SAVE begins so; headers of this version have it not. */
struct l62_extended {
	struct l62_extended *Prev;
	PKTHREAD Thread;
	UCHAR Level;
};

static void save(PVOID where)
{
	struct saved *saved = l62_host_alloc(sizeof(*saved));

	saved->where = where;
	saved->thread = l62_nt_thread();
	saved->irql = l62_cpu_irql();
	__asm__ volatile("fxsave64 %0" : "=m"(saved->state));
	saved->next = all;
	all = saved;
}

static void restore(PVOID where)
{
	struct saved **link = &all, *saved;

	while (*link && (*link)->where != where)
		link = &(*link)->next;
	saved = *link;
	if (!saved || saved->thread != l62_nt_thread())
		l62_end_incomplete("the driver restores processor state that this thread has "
		                   "not saved");
	if (saved->irql != l62_cpu_irql())
		l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, (ULONG_PTR)where, l62_cpu_irql(),
		                 saved->irql, 0);
	*link = saved->next;
	__asm__ volatile("fxrstor64 %0" : : "m"(saved->state));
	l62_host_free(saved);
}

NTSTATUS NTAPI KeSaveFloatingPointState(PKFLOATING_SAVE where)
{
	save(where);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI KeRestoreFloatingPointState(PKFLOATING_SAVE where)
{
	restore(where);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI l62_nt_save_extended(ULONG64 mask, struct l62_extended *where)
{
	UNREFERENCED_PARAMETER(mask);
	where->Prev = NULL;
	where->Thread = l62_nt_thread();
	where->Level = (UCHAR)l62_cpu_irql();
	save(where);
	return STATUS_SUCCESS;
}

VOID NTAPI l62_nt_restore_extended(struct l62_extended *where)
{
	restore(where);
}
