/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Fast mutexes: held at APC_LEVEL, not recursive.  The DDK's inline initialiser makes
 * Count 1 and the event a synchronization event. */
#include "nt.h"

VOID FASTCALL ExAcquireFastMutex(PFAST_MUTEX mutex)
{
	KIRQL old = l62_cpu_irql();

	if (old > APC_LEVEL)
		l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, (ULONG_PTR)mutex, old, 1, 0);
	l62_lock_check_initialized(mutex, mutex->Event.Header.WaitListHead.Flink != NULL);
	l62_lock_wait(L62_LOCK_FAST, mutex);
	l62_cpu_set_irql(APC_LEVEL);
	while (mutex->Count < 1) {
		mutex->Contention++;
		l62_wait(&mutex->Event.Header, "ExAcquireFastMutex", NULL);
	}
	mutex->Count = 0;
	mutex->Owner = l62_sched_thread_object(l62_sched_current());
	mutex->OldIrql = old;
	l62_lock_taken(L62_LOCK_FAST, mutex);
}

VOID FASTCALL ExReleaseFastMutex(PFAST_MUTEX mutex)
{
	KIRQL old = (KIRQL)mutex->OldIrql;

	l62_lock_release(L62_LOCK_FAST, mutex, mutex->Count < 1);
	mutex->Owner = NULL;
	mutex->Count = 1;
	KeSetEvent(&mutex->Event, IO_NO_INCREMENT, FALSE);
	l62_cpu_set_irql(old);
	l62_sched_run_dpcs();
}
