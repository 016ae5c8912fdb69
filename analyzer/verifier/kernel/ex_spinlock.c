/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Spin locks with readers: EX_SPIN_LOCK, a count of readers or the writer's bit.  Who has one
 * is at DISPATCH_LEVEL, and there is one processor: what is not free then never will be.
 */
#include "nt.h"

typedef LONG EX_SPIN_LOCK, *PEX_SPIN_LOCK;

#define WRITER ((LONG)0x80000000)

static void take(PEX_SPIN_LOCK lock, BOOLEAN write)
{
	if (l62_cpu_irql() < DISPATCH_LEVEL)
		l62_end_bugcheck(IRQL_NOT_GREATER_OR_EQUAL, (ULONG_PTR)lock, l62_cpu_irql(), 0,
		                 0);
	if (*lock & WRITER || (write && *lock))
		l62_end_bugcheck(SPIN_LOCK_ALREADY_OWNED, (ULONG_PTR)lock, 0, 0, 0);
	*lock = write ? WRITER : *lock + 1;
}

static void release(PEX_SPIN_LOCK lock, BOOLEAN write)
{
	if (write ? *lock != WRITER : *lock <= 0)
		l62_end_bugcheck(SPIN_LOCK_NOT_OWNED, (ULONG_PTR)lock, 0, 0, 0);
	*lock = write ? 0 : *lock - 1;
}

KIRQL NTAPI ExAcquireSpinLockExclusive(PEX_SPIN_LOCK lock)
{
	KIRQL old = l62_nt_raise_irql(DISPATCH_LEVEL);

	take(lock, TRUE);
	return old;
}

KIRQL NTAPI ExAcquireSpinLockShared(PEX_SPIN_LOCK lock)
{
	KIRQL old = l62_nt_raise_irql(DISPATCH_LEVEL);

	take(lock, FALSE);
	return old;
}

VOID NTAPI ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK lock)
{
	take(lock, TRUE);
}

VOID NTAPI ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK lock)
{
	take(lock, FALSE);
}

VOID NTAPI ExReleaseSpinLockExclusive(PEX_SPIN_LOCK lock, KIRQL old)
{
	release(lock, TRUE);
	l62_nt_lower_irql(old);
}

VOID NTAPI ExReleaseSpinLockShared(PEX_SPIN_LOCK lock, KIRQL old)
{
	release(lock, FALSE);
	l62_nt_lower_irql(old);
}

VOID NTAPI ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK lock)
{
	release(lock, TRUE);
}

VOID NTAPI ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK lock)
{
	release(lock, FALSE);
}

/* Only a single reader can become the writer. */
LOGICAL NTAPI ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK lock)
{
	if (*lock != 1)
		return FALSE;
	*lock = WRITER;
	return TRUE;
}
