/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Spin locks of who is at DISPATCH_LEVEL already; see ke_irql.c for the others. */
#include "nt.h"

VOID NTAPI KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK lock)
{
	l62_tracker_count(L62_COUNT_SPIN_LOCK);
	if (l62_cpu_irql() < DISPATCH_LEVEL)
		l62_end_bugcheck(IRQL_NOT_GREATER_OR_EQUAL, (ULONG_PTR)lock, l62_cpu_irql(), 0,
		                 0);
	if (*lock)
		l62_end_bugcheck(SPIN_LOCK_ALREADY_OWNED, (ULONG_PTR)lock, 0, 0, 0);
	*lock = 1;
}

VOID NTAPI KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK lock)
{
	if (!*lock)
		l62_end_bugcheck(SPIN_LOCK_NOT_OWNED, (ULONG_PTR)lock, 0, 0, 0);
	*lock = 0;
}

VOID FASTCALL KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle)
{
	handle->LockQueue.Lock = lock;
	handle->LockQueue.Next = NULL;
	handle->OldIrql = KeAcquireSpinLockRaiseToDpc(lock);
}

VOID FASTCALL KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE handle)
{
	KeReleaseSpinLock(handle->LockQueue.Lock, handle->OldIrql);
}

VOID FASTCALL KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK lock,
                                                       PKLOCK_QUEUE_HANDLE handle)
{
	handle->LockQueue.Lock = lock;
	handle->LockQueue.Next = NULL;
	KeAcquireSpinLockAtDpcLevel(lock);
}

VOID FASTCALL KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE handle)
{
	KeReleaseSpinLockFromDpcLevel(handle->LockQueue.Lock);
}
