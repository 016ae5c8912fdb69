/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Waiting, and events.  Who waits is in the object's own wait list, by a block on the
 * waiting thread's stack.  Signalling wakes; the woken one looks again and takes.
 */
#include "nt.h"

struct waiter {
	LIST_ENTRY entry; /* first: the list leads to it */
	struct l62_fiber *fiber;
};

static BOOLEAN take(DISPATCHER_HEADER *object)
{
	if (object->SignalState <= 0)
		return FALSE;
	if (object->Type == SynchronizationEvent || object->Type == TimerSynchronizationObject)
		object->SignalState = 0;
	return TRUE;
}

void l62_signal(DISPATCHER_HEADER *object, BOOLEAN all)
{
	PLIST_ENTRY head = &object->WaitListHead;

	for (PLIST_ENTRY entry = head->Flink; entry != head; entry = entry->Flink) {
		l62_sched_wake(((struct waiter *)entry)->fiber);
		if (!all)
			break;
	}
}

NTSTATUS l62_wait(DISPATCHER_HEADER *object, const char *why, PLARGE_INTEGER timeout)
{
	struct waiter self = {.fiber = l62_sched_current()};
	int64_t deadline = L62_SCHED_FOREVER;
	int32_t late = 0;

	/* Negative: from now on.  There is no wall clock: absolute is since the start. */
	if (timeout)
		deadline = timeout->QuadPart < 0 ? l62_sched_now() - timeout->QuadPart
		                                 : timeout->QuadPart;
	while (!take(object)) {
		if (late || deadline <= l62_sched_now())
			return STATUS_TIMEOUT;
		if (l62_cpu_irql() >= DISPATCH_LEVEL)
			l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, (ULONG_PTR)object,
			                 l62_cpu_irql(), 1, 0);
		InsertTailList(&object->WaitListHead, &self.entry);
		late = l62_sched_park(why, object, deadline);
		RemoveEntryList(&self.entry);
	}
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI KeWaitForSingleObject(PVOID object, KWAIT_REASON reason, KPROCESSOR_MODE mode,
                                     BOOLEAN alertable, PLARGE_INTEGER timeout)
{
	UNREFERENCED_PARAMETER(reason);
	UNREFERENCED_PARAMETER(mode);
	UNREFERENCED_PARAMETER(alertable);
	return l62_wait(object, "KeWaitForSingleObject", timeout);
}

VOID NTAPI KeInitializeEvent(PRKEVENT event, EVENT_TYPE type, BOOLEAN state)
{
	event->Header.Type = (UCHAR)type;
	event->Header.Size = sizeof(KEVENT) / sizeof(ULONG);
	event->Header.SignalState = state;
	InitializeListHead(&event->Header.WaitListHead);
}

LONG NTAPI KeSetEvent(PRKEVENT event, KPRIORITY increment, BOOLEAN wait)
{
	LONG old = event->Header.SignalState;

	UNREFERENCED_PARAMETER(increment);
	UNREFERENCED_PARAMETER(wait);
	event->Header.SignalState = 1;
	l62_signal(&event->Header, event->Header.Type == NotificationEvent);
	return old;
}

LONG NTAPI KeResetEvent(PRKEVENT event)
{
	LONG old = event->Header.SignalState;

	event->Header.SignalState = 0;
	return old;
}

VOID NTAPI KeClearEvent(PRKEVENT event)
{
	event->Header.SignalState = 0;
}

LONG NTAPI KeReadStateEvent(PRKEVENT event)
{
	return event->Header.SignalState;
}
