/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* IRQL and spin locks.  There is one processor, so a held lock is a deadlock. */
#include "nt.h"

enum { VERIFIER_VIOLATION = 0xc4, RELEASED_AT_BAD_IRQL = 0x32 };

/* The DDK has these two inline, later headers import them. */
KIRQL NTAPI l62_nt_raise_irql(KIRQL irql)
{
	KIRQL old = l62_cpu_irql();

	if (irql < old)
		l62_end_bugcheck(IRQL_NOT_GREATER_OR_EQUAL, old, irql, 0, 0);
	l62_tracker_count(L62_COUNT_RAISE_IRQL);
	l62_cpu_set_irql(irql);
	return old;
}

VOID NTAPI l62_nt_lower_irql(KIRQL irql)
{
	l62_cpu_set_irql(irql);
	if (irql < DISPATCH_LEVEL)
		l62_sched_run_dpcs();
}

KIRQL NTAPI KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK lock)
{
	KIRQL old = l62_nt_raise_irql(DISPATCH_LEVEL);

	l62_tracker_count(L62_COUNT_SPIN_LOCK);
	if (*lock)
		l62_end_bugcheck(SPIN_LOCK_ALREADY_OWNED, (ULONG_PTR)lock, 0, 0, 0);
	*lock = 1;
	return old;
}

VOID NTAPI KeReleaseSpinLock(PKSPIN_LOCK lock, KIRQL irql)
{
	if (l62_cpu_irql() != DISPATCH_LEVEL)
		l62_end_bugcheck(VERIFIER_VIOLATION, RELEASED_AT_BAD_IRQL, l62_cpu_irql(),
		                 (ULONG_PTR)lock, 0);
	*lock = 0;
	l62_nt_lower_irql(irql);
}

/* Inline in the DDK; drivers may import them all the same. */
PKTHREAD NTAPI l62_nt_current_thread(VOID)
{
	return l62_nt_thread();
}

KIRQL NTAPI l62_nt_current_irql(VOID)
{
	return l62_cpu_irql();
}
