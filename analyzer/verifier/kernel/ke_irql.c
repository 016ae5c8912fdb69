/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* IRQL and spin locks.  There is one processor, so a held lock is a deadlock. */
#include "nt.h"

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
	*lock = 0;
	l62_nt_lower_irql(irql);
}
