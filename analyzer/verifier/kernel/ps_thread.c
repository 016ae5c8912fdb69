/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * System threads.  The thread object is the scheduler's; what the driver may know of
 * it is its dispatcher header, which is signalled when the thread has ended.
 *
 * A running thread has a reference to its own object.
 */
#include "ob.h"

struct thread {
	struct thread *next;
	PKTHREAD object;
	ULONG_PTR id;
	PKSTART_ROUTINE routine;
	PVOID context;
	NTSTATUS status;
	KPRIORITY priority;
};

enum { FIRST_ID = 0x100, ID_STEP = 4, SYSTEM_PROCESS_ID = 4, NORMAL = 8 };

static struct _OBJECT_TYPE thread_type = {&thread_type, "Thread", NULL, NULL};
static struct _OBJECT_TYPE process_type = {&process_type, "Process", NULL, NULL};
POBJECT_TYPE l62_type_thread = &thread_type, l62_type_process = &process_type;

static struct thread *threads;
static ULONG_PTR next_id = FIRST_ID;

/* Any thread's entry: those of the kernel's own get theirs when they are asked for. */
static struct thread *entry_of(PKTHREAD object)
{
	struct thread *thread = threads;
	DISPATCHER_HEADER *header = (DISPATCHER_HEADER *)object;

	while (thread && thread->object != object)
		thread = thread->next;
	if (thread)
		return thread;
	thread = l62_host_alloc(sizeof(*thread));
	thread->object = object;
	thread->id = next_id;
	next_id += ID_STEP;
	thread->status = STATUS_PENDING;
	thread->priority = NORMAL;
	thread->next = threads;
	threads = thread;
	header->Type = ThreadObject;
	InitializeListHead(&header->WaitListHead);
	l62_object_insert(object, l62_type_thread);
	return thread;
}

_Noreturn static void end(NTSTATUS status)
{
	struct thread *thread = entry_of(l62_nt_thread());
	DISPATCHER_HEADER *header = (DISPATCHER_HEADER *)thread->object;

	l62_mutex_check_exit(thread->object);
	l62_notify_thread(thread->id, FALSE);
	l62_ledger_remove(L62_LEDGER_THREAD, (ULONG_PTR)thread->object);
	thread->status = status;
	header->SignalState = 1;
	l62_signal(header, TRUE);
	ObfDereferenceObject(thread->object);
	l62_sched_exit();
}

static L62_NT void run(void *arg)
{
	struct thread *thread = entry_of(l62_nt_thread());
	const uint64_t args[] = {(ULONG_PTR)thread->context};

	UNREFERENCED_PARAMETER(arg);
	l62_invoke((PVOID)thread->routine, args, 1,
	           L62_FRAMES(L62_FRAME_PspSystemThreadStartup));
	end(STATUS_SUCCESS);
}

NTSTATUS NTAPI PsCreateSystemThread(PHANDLE handle, ULONG access, POBJECT_ATTRIBUTES attributes,
                                    HANDLE process, PCLIENT_ID client, PKSTART_ROUTINE routine,
                                    PVOID context)
{
	struct thread *thread;
	struct l62_fiber *fiber;

	UNREFERENCED_PARAMETER(access);
	UNREFERENCED_PARAMETER(process);
	/* It runs when this one waits or yields, so there is time to tell it what. */
	fiber = l62_sched_spawn(run, NULL, "a thread of the driver");
	thread = entry_of(l62_sched_thread_object(fiber));
	thread->routine = routine;
	thread->context = context;
	l62_ledger_add(L62_LEDGER_THREAD, (ULONG_PTR)thread->object, 0, NULL);
	*handle = l62_handle_create(thread->object, attributes ? attributes->Attributes : 0);
	if (client) {
		client->UniqueProcess = (HANDLE)SYSTEM_PROCESS_ID;
		client->UniqueThread = (HANDLE)thread->id;
	}
	l62_notify_thread(thread->id, TRUE);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI PsTerminateSystemThread(NTSTATUS status)
{
	/* Documented: of system threads alone. */
	if (!entry_of(l62_nt_thread())->routine)
		return STATUS_INVALID_PARAMETER;
	if (l62_cpu_irql() > APC_LEVEL)
		l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, 0, l62_cpu_irql(), 1, 0);
	end(status);
}

HANDLE NTAPI PsGetCurrentThreadId(VOID)
{
	return (HANDLE)entry_of(l62_nt_thread())->id;
}

HANDLE NTAPI PsGetThreadId(PETHREAD thread)
{
	return (HANDLE)entry_of((PKTHREAD)thread)->id;
}

HANDLE NTAPI PsGetThreadProcessId(PETHREAD thread)
{
	UNREFERENCED_PARAMETER(thread);
	return (HANDLE)SYSTEM_PROCESS_ID;
}

BOOLEAN NTAPI PsIsSystemThread(PETHREAD thread)
{
	UNREFERENCED_PARAMETER(thread);
	return TRUE;
}

BOOLEAN NTAPI PsIsThreadTerminating(PETHREAD thread)
{
	return entry_of((PKTHREAD)thread)->status != STATUS_PENDING;
}

NTSTATUS NTAPI PsGetThreadExitStatus(PETHREAD thread)
{
	return entry_of((PKTHREAD)thread)->status;
}

/* Nothing is preempted here: a priority is only kept. */
KPRIORITY NTAPI KeSetPriorityThread(PKTHREAD object, KPRIORITY priority)
{
	struct thread *thread = entry_of(object);
	KPRIORITY old = thread->priority;

	thread->priority = priority;
	return old;
}

KPRIORITY NTAPI KeQueryPriorityThread(PKTHREAD object)
{
	return entry_of(object)->priority;
}
