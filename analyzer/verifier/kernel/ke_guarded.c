/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Guarded mutexes, and the rest of the fast ones.  Neither is recursive: who takes
 * one twice waits for itself, and the run ends as a hang that says so.
 */
#include "nt.h"

VOID FASTCALL ExAcquireFastMutexUnsafe(PFAST_MUTEX mutex)
{
	l62_lock_wait(L62_LOCK_FAST, mutex);
	while (mutex->Count < 1) {
		mutex->Contention++;
		l62_wait(&mutex->Event.Header, "ExAcquireFastMutexUnsafe", NULL);
	}
	mutex->Count = 0;
	mutex->Owner = l62_nt_thread();
	l62_lock_taken(L62_LOCK_FAST, mutex);
}

VOID FASTCALL ExReleaseFastMutexUnsafe(PFAST_MUTEX mutex)
{
	l62_lock_release(L62_LOCK_FAST, mutex, mutex->Count < 1);
	mutex->Owner = NULL;
	mutex->Count = 1;
	KeSetEvent(&mutex->Event, IO_NO_INCREMENT, FALSE);
}

BOOLEAN FASTCALL ExTryToAcquireFastMutex(PFAST_MUTEX mutex)
{
	KIRQL old = l62_cpu_irql();

	if (old > APC_LEVEL)
		l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, (ULONG_PTR)mutex, old, 1, 0);
	if (mutex->Count < 1)
		return FALSE;
	l62_cpu_set_irql(APC_LEVEL);
	mutex->Count = 0;
	mutex->Owner = l62_nt_thread();
	mutex->OldIrql = old;
	l62_lock_taken(L62_LOCK_FAST, mutex);
	return TRUE;
}

VOID FASTCALL KeInitializeGuardedMutex(PKGUARDED_MUTEX mutex)
{
	l62_lock_initialized(mutex);
	RtlZeroMemory(mutex, sizeof(*mutex));
	mutex->Count = 1;
	mutex->Gate.Header.Type = SynchronizationEvent;
	InitializeListHead(&mutex->Gate.Header.WaitListHead);
}

static void take(PKGUARDED_MUTEX mutex)
{
	mutex->Count = 0;
	mutex->Owner = l62_nt_thread();
	l62_lock_taken(L62_LOCK_FAST, mutex);
}

static void acquire(PKGUARDED_MUTEX mutex)
{
	l62_lock_check_initialized(mutex, mutex->Gate.Header.WaitListHead.Flink != NULL);
	l62_lock_wait(L62_LOCK_FAST, mutex);
	while (mutex->Count < 1) {
		mutex->Contention++;
		l62_wait(&mutex->Gate.Header, "KeAcquireGuardedMutex", NULL);
	}
	take(mutex);
}

static void release(PKGUARDED_MUTEX mutex)
{
	l62_lock_release(L62_LOCK_FAST, mutex, mutex->Count < 1);
	mutex->Owner = NULL;
	mutex->Count = 1;
	mutex->Gate.Header.SignalState = 1;
	l62_signal(&mutex->Gate.Header, FALSE);
}

VOID FASTCALL KeAcquireGuardedMutex(PKGUARDED_MUTEX mutex)
{
	KeEnterGuardedRegion();
	acquire(mutex);
}

VOID FASTCALL KeReleaseGuardedMutex(PKGUARDED_MUTEX mutex)
{
	release(mutex);
	KeLeaveGuardedRegion();
}

VOID FASTCALL KeAcquireGuardedMutexUnsafe(PKGUARDED_MUTEX mutex)
{
	acquire(mutex);
}

VOID FASTCALL KeReleaseGuardedMutexUnsafe(PKGUARDED_MUTEX mutex)
{
	release(mutex);
}

BOOLEAN FASTCALL KeTryToAcquireGuardedMutex(PKGUARDED_MUTEX mutex)
{
	if (mutex->Count < 1)
		return FALSE;
	KeEnterGuardedRegion();
	take(mutex);
	return TRUE;
}
