/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * DPCs.  One that is queued has its entry in the scheduler's queue at DpcData; it runs
 * as soon as the IRQL is below DISPATCH_LEVEL.
 */
#include "nt.h"

enum { DPC_TYPE = 0x13 };

struct entry {
	struct l62_dpc dpc; /* first */
	PKDPC owner;
};

static L62_NT void run(void *arg)
{
	struct entry *entry = arg;
	PKDPC dpc = entry->owner;
	const uint64_t args[] = {(ULONG_PTR)dpc, (ULONG_PTR)dpc->DeferredContext,
	                         (ULONG_PTR)dpc->SystemArgument1,
	                         (ULONG_PTR)dpc->SystemArgument2};

	/* The routine may queue or free it. */
	l62_ledger_remove(L62_LEDGER_DPC, (ULONG_PTR)dpc);
	dpc->DpcData = NULL;
	l62_host_free(entry);
	l62_invoke((PVOID)dpc->DeferredRoutine, args, 4,
	           L62_FRAMES(L62_FRAME_KiExecuteAllDpcs));
}

VOID NTAPI KeInitializeDpc(PRKDPC dpc, PKDEFERRED_ROUTINE routine, PVOID context)
{
	RtlZeroMemory(dpc, sizeof(*dpc));
	dpc->Type = DPC_TYPE;
	dpc->Importance = MediumImportance;
	dpc->DeferredRoutine = routine;
	dpc->DeferredContext = context;
}

/* Documented: threaded DPCs may be run as ordinary ones. */
VOID NTAPI KeInitializeThreadedDpc(PRKDPC dpc, PKDEFERRED_ROUTINE routine, PVOID context)
{
	KeInitializeDpc(dpc, routine, context);
}

BOOLEAN NTAPI KeInsertQueueDpc(PRKDPC dpc, PVOID argument1, PVOID argument2)
{
	struct entry *entry;

	if (dpc->DpcData)
		return FALSE;
	entry = l62_host_alloc(sizeof(*entry));
	entry->dpc.routine = run;
	entry->dpc.arg = entry;
	entry->owner = dpc;
	dpc->SystemArgument1 = argument1;
	dpc->SystemArgument2 = argument2;
	dpc->DpcData = entry;
	l62_sched_queue_dpc(&entry->dpc);
	l62_ledger_add(L62_LEDGER_DPC, (ULONG_PTR)dpc, sizeof(*dpc), NULL);
	if (l62_cpu_irql() < DISPATCH_LEVEL)
		l62_sched_run_dpcs();
	return TRUE;
}

BOOLEAN NTAPI KeRemoveQueueDpc(PRKDPC dpc)
{
	struct entry *entry = dpc->DpcData;

	if (!entry)
		return FALSE;
	l62_sched_remove_dpc(&entry->dpc);
	l62_ledger_remove(L62_LEDGER_DPC, (ULONG_PTR)dpc);
	dpc->DpcData = NULL;
	l62_host_free(entry);
	return TRUE;
}

VOID NTAPI KeFlushQueuedDpcs(VOID)
{
	l62_sched_run_dpcs();
}
