/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Mutexes, semaphores, critical and guarded regions.
 *
 *   mutex      SignalState 1: free, 0: owned, below: taken again by its owner
 *   semaphore  SignalState is the count
 *
 * APCs are not delivered here, so a region is only its depth, of all threads together,
 * kept for the check that leaving comes after entering.
 */
#include "nt.h"

/* All that are owned, for the check when a thread ends. */
static LIST_ENTRY owned = {&owned, &owned};

VOID NTAPI KeInitializeMutex(PRKMUTEX mutex, ULONG level)
{
	UNREFERENCED_PARAMETER(level);
	l62_lock_initialized(mutex);
	RtlZeroMemory(mutex, sizeof(*mutex));
	mutex->Header.Type = MutexObject;
	mutex->Header.Size = sizeof(*mutex) / sizeof(ULONG);
	mutex->Header.SignalState = 1;
	InitializeListHead(&mutex->Header.WaitListHead);
	mutex->ApcDisable = 1;
}

LONG NTAPI KeReadStateMutex(PRKMUTEX mutex)
{
	return mutex->Header.SignalState;
}

BOOLEAN l62_mutex_take(PRKMUTEX mutex)
{
	PKTHREAD self = l62_nt_thread();

	if (mutex->Header.SignalState <= 0 && mutex->OwnerThread != self)
		return FALSE;
	if (mutex->Header.SignalState-- == 1) {
		mutex->OwnerThread = self;
		InsertTailList(&owned, &mutex->MutantListEntry);
	}
	l62_lock_taken(L62_LOCK_MUTEX, mutex);
	return TRUE;
}

LONG NTAPI KeReleaseMutex(PRKMUTEX mutex, BOOLEAN wait)
{
	LONG old = mutex->Header.SignalState;

	UNREFERENCED_PARAMETER(wait);
	l62_lock_release(L62_LOCK_MUTEX, mutex, mutex->Header.SignalState <= 0);
	if (mutex->OwnerThread != l62_nt_thread())
		l62_nt_raise(STATUS_MUTANT_NOT_OWNED);
	if (++mutex->Header.SignalState == 1) {
		mutex->OwnerThread = NULL;
		RemoveEntryList(&mutex->MutantListEntry);
		l62_signal(&mutex->Header, FALSE);
	}
	return old;
}

void l62_mutex_check_exit(PKTHREAD thread)
{
	l62_lock_thread_ends(thread);
	for (PLIST_ENTRY entry = owned.Flink; entry != &owned; entry = entry->Flink) {
		PRKMUTEX mutex = CONTAINING_RECORD(entry, KMUTEX, MutantListEntry);

		if (mutex->OwnerThread == thread)
			l62_end_bugcheck(THREAD_TERMINATE_HELD_MUTEX, (ULONG_PTR)thread,
			                 (ULONG_PTR)mutex, 0, 0);
	}
}

VOID NTAPI KeInitializeSemaphore(PRKSEMAPHORE semaphore, LONG count, LONG limit)
{
	RtlZeroMemory(semaphore, sizeof(*semaphore));
	semaphore->Header.Type = SemaphoreObject;
	semaphore->Header.Size = sizeof(*semaphore) / sizeof(ULONG);
	semaphore->Header.SignalState = count;
	InitializeListHead(&semaphore->Header.WaitListHead);
	semaphore->Limit = limit;
}

LONG NTAPI KeReadStateSemaphore(PRKSEMAPHORE semaphore)
{
	return semaphore->Header.SignalState;
}

LONG NTAPI KeReleaseSemaphore(PRKSEMAPHORE semaphore, KPRIORITY increment, LONG adjustment,
                              BOOLEAN wait)
{
	LONG old = semaphore->Header.SignalState;

	UNREFERENCED_PARAMETER(increment);
	UNREFERENCED_PARAMETER(wait);
	/* Documented: raised when the limit would be exceeded. */
	if (adjustment < 0 || adjustment > semaphore->Limit - old)
		l62_nt_raise(STATUS_SEMAPHORE_LIMIT_EXCEEDED);
	semaphore->Header.SignalState = old + adjustment;
	l62_signal(&semaphore->Header, adjustment != 1);
	return old;
}

static LONG critical, guarded;

VOID NTAPI KeEnterCriticalRegion(VOID)
{
	critical++;
}

VOID NTAPI KeLeaveCriticalRegion(VOID)
{
	if (critical-- <= 0)
		l62_end_bugcheck(APC_INDEX_MISMATCH, 0, 0, 1, 0);
}

VOID NTAPI KeEnterGuardedRegion(VOID)
{
	guarded++;
}

VOID NTAPI KeLeaveGuardedRegion(VOID)
{
	if (guarded-- <= 0)
		l62_end_bugcheck(APC_INDEX_MISMATCH, 0, 0, 1, 0);
}

BOOLEAN NTAPI KeAreApcsDisabled(VOID)
{
	return critical > 0 || guarded > 0;
}
