/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Work items.  Each queued one runs on a thread of its own: workers are many, and one
 * that waits must not hold up the others. */
#include "nt.h"

/* Not documented but for its size: what it takes in the x64 system, [I] from the
 * published 0x30 bytes of 32-bit Windows 8.1. */
struct _IO_WORKITEM {
	WORK_QUEUE_ITEM item;
	PIO_WORKITEM_ROUTINE routine; /* or an extended one */
	PVOID device;                 /* or a driver object */
	PVOID context;
	ULONG queued, extended;
	GUID activity;
};
_Static_assert(sizeof(struct _IO_WORKITEM) == 0x50, "IO_WORKITEM");

PIO_WORKITEM NTAPI IoAllocateWorkItem(PDEVICE_OBJECT device)
{
	struct l62_pool_request request = {
	        .size = sizeof(struct _IO_WORKITEM),
	        .kind = L62_KIND_WORK_ITEM,
	        .pool = L62_POOL_NONPAGED,
	        .zeroed = TRUE,
	        .frames = L62_FRAMES(L62_FRAME_IovAllocateWorkItem,
	                             L62_FRAME_IoAllocateWorkItem_wrapper,
	                             L62_FRAME_VerifierIoAllocateWorkItem),
	};
	PIO_WORKITEM work = l62_pool_allocate(&request);

	if (work)
		work->device = device;
	return work;
}

VOID NTAPI IoFreeWorkItem(PIO_WORKITEM work)
{
	if (work->queued)
		l62_end_bugcheck(WORKER_INVALID, 0, (ULONG_PTR)work, (ULONG_PTR)work->routine,
		                 0);
	l62_pool_free(work, l62_kind_tag(L62_KIND_WORK_ITEM),
	              L62_FRAMES(L62_FRAME_VerifierIoFreeWorkItem));
}

static L62_NT void run(void *arg)
{
	PIO_WORKITEM work = arg;
	uint64_t args[] = {(ULONG_PTR)work->device, (ULONG_PTR)work->context, (ULONG_PTR)work};

	/* The routine may free its work item. */
	work->queued = 0;
	l62_invoke((PVOID)work->routine, args, work->extended ? 3 : 2,
	           L62_FRAMES(L62_FRAME_IopProcessWorkItem, L62_FRAME_ExpWorkerThread,
	                      L62_FRAME_PspSystemThreadStartup));
}

static void queue_item(PIO_WORKITEM work, PVOID routine, PVOID context, ULONG extended)
{
	if (work->queued)
		l62_end_bugcheck(WORKER_INVALID, 1, (ULONG_PTR)work, (ULONG_PTR)work->routine,
		                 0);
	work->routine = (PIO_WORKITEM_ROUTINE)routine;
	work->context = context;
	work->queued = 1;
	work->extended = extended;
	l62_sched_spawn(run, work, "a worker thread");
}

VOID NTAPI IoQueueWorkItem(PIO_WORKITEM work, PIO_WORKITEM_ROUTINE routine,
                           WORK_QUEUE_TYPE queue, PVOID context)
{
	UNREFERENCED_PARAMETER(queue);
	queue_item(work, (PVOID)routine, context, 0);
}

/* Its routine is told the work item, too. */
VOID NTAPI IoQueueWorkItemEx(PIO_WORKITEM work, PIO_WORKITEM_ROUTINE_EX routine,
                             WORK_QUEUE_TYPE queue, PVOID context)
{
	UNREFERENCED_PARAMETER(queue);
	queue_item(work, (PVOID)routine, context, 1);
}

/* The three for work items in the driver's own memory. */
ULONG NTAPI IoSizeofWorkItem(VOID)
{
	return sizeof(struct _IO_WORKITEM);
}

VOID NTAPI IoInitializeWorkItem(PVOID object, PIO_WORKITEM work)
{
	RtlZeroMemory(work, sizeof(*work));
	work->device = object;
}

VOID NTAPI IoUninitializeWorkItem(PIO_WORKITEM work)
{
	if (work->queued)
		l62_end_bugcheck(WORKER_INVALID, 0, (ULONG_PTR)work, (ULONG_PTR)work->routine,
		                 0);
}
