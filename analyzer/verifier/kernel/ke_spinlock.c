/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Spin locks of who is at DISPATCH_LEVEL already; see ke_irql.c for the others. */
#include "nt.h"

static void take(PKSPIN_LOCK lock, ULONG kind)
{
	if (l62_cpu_irql() < DISPATCH_LEVEL)
		l62_end_bugcheck(IRQL_NOT_GREATER_OR_EQUAL, (ULONG_PTR)lock, l62_cpu_irql(), 0,
		                 0);
	l62_spin_take(lock, kind);
}

static void release(PKSPIN_LOCK lock, ULONG kind)
{
	l62_lock_release(kind, lock, *lock != 0);
	if (!*lock)
		l62_end_bugcheck(SPIN_LOCK_NOT_OWNED, (ULONG_PTR)lock, 0, 0, 0);
	*lock = 0;
}

VOID NTAPI KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK lock)
{
	take(lock, L62_LOCK_SPIN);
}

VOID NTAPI KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK lock)
{
	release(lock, L62_LOCK_SPIN);
}

VOID FASTCALL KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle)
{
	handle->LockQueue.Lock = lock;
	handle->LockQueue.Next = NULL;
	handle->OldIrql = l62_spin_acquire(lock, L62_LOCK_QUEUED);
}

VOID FASTCALL KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE handle)
{
	l62_spin_release(handle->LockQueue.Lock, handle->OldIrql, L62_LOCK_QUEUED);
}

VOID FASTCALL KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK lock,
                                                       PKLOCK_QUEUE_HANDLE handle)
{
	handle->LockQueue.Lock = lock;
	handle->LockQueue.Next = NULL;
	take(lock, L62_LOCK_QUEUED);
}

VOID FASTCALL KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE handle)
{
	release(handle->LockQueue.Lock, L62_LOCK_QUEUED);
}
