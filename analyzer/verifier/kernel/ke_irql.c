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

void l62_spin_take(PKSPIN_LOCK lock, ULONG kind)
{
	l62_tracker_count(L62_COUNT_SPIN_LOCK);
	l62_lock_wait(kind, lock);
	if (*lock)
		l62_end_bugcheck(SPIN_LOCK_ALREADY_OWNED, (ULONG_PTR)lock, 0, 0, 0);
	*lock = 1;
	l62_lock_taken(kind, lock);
}

KIRQL l62_spin_acquire(PKSPIN_LOCK lock, ULONG kind)
{
	KIRQL old = l62_nt_raise_irql(DISPATCH_LEVEL);

	l62_spin_take(lock, kind);
	return old;
}

void l62_spin_release(PKSPIN_LOCK lock, KIRQL irql, ULONG kind)
{
	if (l62_cpu_irql() != DISPATCH_LEVEL)
		l62_end_bugcheck(VERIFIER_VIOLATION, RELEASED_AT_BAD_IRQL, l62_cpu_irql(),
		                 (ULONG_PTR)lock, 0);
	l62_lock_release(kind, lock, *lock != 0);
	*lock = 0;
	l62_nt_lower_irql(irql);
}

KIRQL NTAPI KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK lock)
{
	return l62_spin_acquire(lock, L62_LOCK_SPIN);
}

VOID NTAPI KeReleaseSpinLock(PKSPIN_LOCK lock, KIRQL irql)
{
	l62_spin_release(lock, irql, L62_LOCK_SPIN);
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
