/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Guarded mutexes, and the rest of the fast ones.  Neither is recursive: who takes
 * one twice waits for itself, and the run ends as a hang that says so.
 */
#include "nt.h"

VOID FASTCALL ExAcquireFastMutexUnsafe(PFAST_MUTEX mutex)
{
	while (mutex->Count < 1) {
		mutex->Contention++;
		l62_wait(&mutex->Event.Header, "ExAcquireFastMutexUnsafe", NULL);
	}
	mutex->Count = 0;
	mutex->Owner = l62_nt_thread();
}

VOID FASTCALL ExReleaseFastMutexUnsafe(PFAST_MUTEX mutex)
{
	mutex->Owner = NULL;
	mutex->Count = 1;
	KeSetEvent(&mutex->Event, IO_NO_INCREMENT, FALSE);
}

BOOLEAN FASTCALL ExTryToAcquireFastMutex(PFAST_MUTEX mutex)
{
	if (mutex->Count < 1)
		return FALSE;
	ExAcquireFastMutex(mutex);
	return TRUE;
}

VOID FASTCALL KeInitializeGuardedMutex(PKGUARDED_MUTEX mutex)
{
	RtlZeroMemory(mutex, sizeof(*mutex));
	mutex->Count = 1;
	mutex->Gate.Header.Type = SynchronizationEvent;
	InitializeListHead(&mutex->Gate.Header.WaitListHead);
}

static void acquire(PKGUARDED_MUTEX mutex)
{
	while (mutex->Count < 1) {
		mutex->Contention++;
		l62_wait(&mutex->Gate.Header, "KeAcquireGuardedMutex", NULL);
	}
	mutex->Count = 0;
	mutex->Owner = l62_nt_thread();
}

static void release(PKGUARDED_MUTEX mutex)
{
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
	KeAcquireGuardedMutex(mutex);
	return TRUE;
}
