/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Counters, the one address space, and work items of the old kind. */
#include "nt.h"

enum { FREQUENCY = 10000000 }; /* of virtual time, whose unit is 100 ns */

LARGE_INTEGER NTAPI KeQueryPerformanceCounter(PLARGE_INTEGER frequency)
{
	LARGE_INTEGER now;

	now.QuadPart = l62_sched_now();
	if (frequency)
		frequency->QuadPart = FREQUENCY;
	return now;
}

static LONG attached;

/* All processes share one address space here. */
VOID NTAPI KeStackAttachProcess(PKPROCESS process, PRKAPC_STATE state)
{
	state->Process = process;
	attached++;
}

VOID NTAPI KeUnstackDetachProcess(PRKAPC_STATE state)
{
	if (attached-- <= 0)
		l62_end_bugcheck(INVALID_PROCESS_DETACH_ATTEMPT, 0, (ULONG_PTR)state, 0, 0);
}

/* The older way, which is not nested. */
VOID NTAPI KeAttachProcess(PKPROCESS process)
{
	UNREFERENCED_PARAMETER(process);
	attached++;
}

VOID NTAPI KeDetachProcess(VOID)
{
	if (attached > 0)
		attached--;
}

static L62_NT void run(void *arg)
{
	PWORK_QUEUE_ITEM item = arg;
	const uint64_t args[] = {(ULONG_PTR)item->Parameter};

	/* The routine may free it. */
	item->List.Flink = NULL;
	l62_invoke((PVOID)item->WorkerRoutine, args, 1,
	           L62_FRAMES(L62_FRAME_ExpWorkerThread, L62_FRAME_PspSystemThreadStartup));
}

/* Documented: List is NULL unless the item is queued. */
VOID NTAPI ExQueueWorkItem(PWORK_QUEUE_ITEM item, WORK_QUEUE_TYPE queue)
{
	UNREFERENCED_PARAMETER(queue);
	if (item->List.Flink)
		l62_end_bugcheck(WORKER_INVALID, 1, (ULONG_PTR)item,
		                 (ULONG_PTR)item->WorkerRoutine, 0);
	item->List.Flink = &item->List;
	l62_sched_spawn(run, item, "a worker thread");
}
