/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Timers, in virtual time: they expire when nothing else can run.  One that is set has
 * its entry in the scheduler's list at TimerListEntry.Flink.
 */
#include "ke_processor.h"

enum { MILLISECOND = 10000 };

struct entry {
	struct l62_timer timer; /* first */
	PKTIMER owner;
};

static struct entry *entry_of(PKTIMER timer)
{
	return (struct entry *)timer->TimerListEntry.Flink;
}

static void forget(PKTIMER timer)
{
	l62_object_remove(L62_OBJECT_TIMER, timer);
	l62_ledger_remove(L62_LEDGER_TIMER, (ULONG_PTR)timer);
	l62_host_free(entry_of(timer));
	timer->TimerListEntry.Flink = NULL;
	timer->Header.Inserted = FALSE;
}

static L62_NT void expire(void *arg)
{
	struct entry *entry = arg;
	PKTIMER timer = entry->owner;
	PKDPC dpc = timer->Dpc;

	timer->Header.SignalState = 1;
	if (timer->Period)
		l62_sched_set_timer(&entry->timer,
		                    l62_sched_now() + (int64_t)timer->Period * MILLISECOND);
	else
		forget(timer);
	l62_signal(&timer->Header, timer->Header.Type == TimerNotificationObject);
	if (dpc)
		KeInsertQueueDpc(dpc, NULL, NULL);
}

VOID NTAPI KeInitializeTimerEx(PKTIMER timer, TIMER_TYPE type)
{
	RtlZeroMemory(timer, sizeof(*timer));
	timer->Header.Type = (UCHAR)(TimerNotificationObject + type);
	InitializeListHead(&timer->Header.WaitListHead);
}

VOID NTAPI KeInitializeTimer(PKTIMER timer)
{
	KeInitializeTimerEx(timer, NotificationTimer);
}

BOOLEAN NTAPI KeCancelTimer(PKTIMER timer)
{
	struct entry *entry = entry_of(timer);

	if (!entry)
		return FALSE;
	l62_sched_cancel_timer(&entry->timer);
	forget(timer);
	return TRUE;
}

BOOLEAN NTAPI KeSetTimerEx(PKTIMER timer, LARGE_INTEGER due, LONG period, PKDPC dpc)
{
	BOOLEAN was = KeCancelTimer(timer);
	struct entry *entry = l62_host_alloc(sizeof(*entry));

	entry->timer.routine = expire;
	entry->timer.arg = entry;
	entry->owner = timer;
	l62_object_add(L62_OBJECT_TIMER, timer, sizeof(*timer));
	l62_ledger_add(L62_LEDGER_TIMER, (ULONG_PTR)timer, sizeof(*timer), NULL);
	timer->TimerListEntry.Flink = (PLIST_ENTRY)entry;
	timer->Header.Inserted = TRUE;
	timer->Header.SignalState = 0;
	timer->Dpc = dpc;
	timer->Period = (ULONG)period;
	/* Negative: from now on. */
	timer->DueTime.QuadPart =
	        (ULONGLONG)(due.QuadPart < 0 ? l62_sched_now() - due.QuadPart : due.QuadPart);
	l62_sched_set_timer(&entry->timer, (int64_t)timer->DueTime.QuadPart);
	return was;
}

BOOLEAN NTAPI KeSetTimer(PKTIMER timer, LARGE_INTEGER due, PKDPC dpc)
{
	return KeSetTimerEx(timer, due, 0, dpc);
}

/* The delay that it may have is not used. */
BOOLEAN NTAPI KeSetCoalescableTimer(PKTIMER timer, LARGE_INTEGER due, ULONG period, ULONG delay,
                                    PKDPC dpc)
{
	UNREFERENCED_PARAMETER(delay);
	return KeSetTimerEx(timer, due, (LONG)period, dpc);
}

BOOLEAN NTAPI KeReadStateTimer(PKTIMER timer)
{
	return (BOOLEAN)timer->Header.SignalState;
}

NTSTATUS NTAPI KeDelayExecutionThread(KPROCESSOR_MODE mode, BOOLEAN alertable,
                                      PLARGE_INTEGER interval)
{
	int64_t time = interval->QuadPart;

	UNREFERENCED_PARAMETER(mode);
	UNREFERENCED_PARAMETER(alertable);
	if (l62_cpu_irql() > APC_LEVEL)
		l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, 0, l62_cpu_irql(), 1, 0);
	l62_sched_park("KeDelayExecutionThread", NULL,
	               time < 0 ? l62_sched_now() - time : time);
	return STATUS_SUCCESS;
}
