/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Waiting, and events.  Who waits is in the object's own wait list, by a block on the
 * waiting thread's stack.  Signalling wakes; the woken one looks again and takes.
 * Who waits for several is in the list of each.
 */
#include "nt.h"

struct waiter {
	LIST_ENTRY entry; /* first: the list leads to it */
	struct l62_fiber *fiber;
};

static BOOLEAN take(DISPATCHER_HEADER *object)
{
	if (object->Type == MutexObject)
		return l62_mutex_take((PRKMUTEX)object);
	if (object->SignalState <= 0)
		return FALSE;
	if (object->Type == SynchronizationEvent || object->Type == TimerSynchronizationObject)
		object->SignalState = 0;
	else if (object->Type == SemaphoreObject)
		object->SignalState--;
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
	if (!timeout && ((DISPATCHER_HEADER *)object)->Type == MutexObject)
		l62_lock_wait(L62_LOCK_MUTEX, object);
	return l62_wait(object, "KeWaitForSingleObject", timeout);
}

static BOOLEAN is_ready(DISPATCHER_HEADER *object)
{
	if (object->Type == MutexObject && ((PRKMUTEX)object)->OwnerThread == l62_nt_thread())
		return TRUE;
	return object->SignalState > 0;
}

/* The status of the wait, or STATUS_PENDING: not yet. */
static NTSTATUS take_any(ULONG count, PVOID objects[])
{
	for (ULONG i = 0; i < count; i++) {
		if (take(objects[i]))
			return STATUS_WAIT_0 + (LONG)i;
	}
	return STATUS_PENDING;
}

static NTSTATUS take_all(ULONG count, PVOID objects[])
{
	for (ULONG i = 0; i < count; i++) {
		if (!is_ready(objects[i]))
			return STATUS_PENDING;
	}
	for (ULONG i = 0; i < count; i++)
		take(objects[i]);
	return STATUS_WAIT_0;
}

NTSTATUS NTAPI KeWaitForMultipleObjects(ULONG count, PVOID objects[], WAIT_TYPE type,
                                        KWAIT_REASON reason, KPROCESSOR_MODE mode,
                                        BOOLEAN alertable, PLARGE_INTEGER timeout,
                                        PKWAIT_BLOCK blocks)
{
	struct waiter self[MAXIMUM_WAIT_OBJECTS];
	int64_t deadline = L62_SCHED_FOREVER;
	NTSTATUS status;
	int32_t late = 0;

	UNREFERENCED_PARAMETER(reason);
	UNREFERENCED_PARAMETER(mode);
	UNREFERENCED_PARAMETER(alertable);
	/* Documented: without blocks of the caller's, a thread has three. */
	if (count == 0 || count > (ULONG)(blocks ? MAXIMUM_WAIT_OBJECTS : THREAD_WAIT_OBJECTS))
		l62_end_bugcheck(MAXIMUM_WAIT_OBJECTS_EXCEEDED, 0, 0, 0, 0);
	if (timeout)
		deadline = timeout->QuadPart < 0 ? l62_sched_now() - timeout->QuadPart
		                                 : timeout->QuadPart;
	for (;;) {
		status = type == WaitAny ? take_any(count, objects) : take_all(count, objects);
		if (status != STATUS_PENDING)
			return status;
		if (late || deadline <= l62_sched_now())
			return STATUS_TIMEOUT;
		if (l62_cpu_irql() >= DISPATCH_LEVEL)
			l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, (ULONG_PTR)objects[0],
			                 l62_cpu_irql(), 1, 0);
		for (ULONG i = 0; i < count; i++) {
			self[i].fiber = l62_sched_current();
			InsertTailList(&((DISPATCHER_HEADER *)objects[i])->WaitListHead,
			               &self[i].entry);
		}
		late = l62_sched_park("KeWaitForMultipleObjects", objects[0], deadline);
		for (ULONG i = 0; i < count; i++)
			RemoveEntryList(&self[i].entry);
	}
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

/* The old state; as KeSetEvent, but who waits runs once and the event is clear. */
LONG NTAPI KePulseEvent(PRKEVENT event, KPRIORITY increment, BOOLEAN wait)
{
	LONG old = KeSetEvent(event, increment, wait);

	if (!IsListEmpty(&event->Header.WaitListHead))
		l62_sched_yield();
	event->Header.SignalState = 0;
	return old;
}
