/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Cancel-safe queues.  The driver's routines keep the queue and its lock; here is who
 * may take an IRP out: its cancel routine or IoCsqRemove*, whoever clears the
 * cancel routine first.
 *
 * DriverContext[3] of a queued IRP leads to its context, or to the queue.
 */
#include "nt.h"

enum { CONTEXT_INDEX = 3 };

static uint64_t call(PVOID routine, ULONG_PTR a, ULONG_PTR b, ULONG_PTR c, ULONG count)
{
	return l62_invoke(routine, (const uint64_t[]){a, b, c}, count, NULL);
}

static KIRQL lock(PIO_CSQ csq)
{
	KIRQL irql = PASSIVE_LEVEL;

	call((PVOID)csq->CsqAcquireLock, (ULONG_PTR)csq, (ULONG_PTR)&irql, 0, 2);
	return irql;
}

static void unlock(PIO_CSQ csq, KIRQL irql)
{
	call((PVOID)csq->CsqReleaseLock, (ULONG_PTR)csq, irql, 0, 2);
}

static PIO_CSQ_IRP_CONTEXT context_of(PIRP irp)
{
	PIO_CSQ_IRP_CONTEXT context = irp->Tail.Overlay.DriverContext[CONTEXT_INDEX];

	return context && context->Type == IO_TYPE_CSQ_IRP_CONTEXT ? context : NULL;
}

/* Out of the queue, whose lock is held. */
static void take(PIO_CSQ csq, PIRP irp)
{
	PIO_CSQ_IRP_CONTEXT context = context_of(irp);

	call((PVOID)csq->CsqRemoveIrp, (ULONG_PTR)csq, (ULONG_PTR)irp, 0, 2);
	if (context)
		context->Irp = NULL;
	irp->Tail.Overlay.DriverContext[CONTEXT_INDEX] = NULL;
}

static void complete_canceled(PIO_CSQ csq, PIRP irp)
{
	call((PVOID)csq->CsqCompleteCanceledIrp, (ULONG_PTR)csq, (ULONG_PTR)irp, 0, 2);
}

static VOID NTAPI cancel(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_CSQ_IRP_CONTEXT context = context_of(irp);
	PIO_CSQ csq = context ? context->Csq : irp->Tail.Overlay.DriverContext[CONTEXT_INDEX];
	KIRQL irql;

	UNREFERENCED_PARAMETER(device);
	IoReleaseCancelSpinLock(irp->CancelIrql);
	irql = lock(csq);
	take(csq, irp);
	unlock(csq, irql);
	complete_canceled(csq, irp);
}

static void initialize(PIO_CSQ csq, ULONG type, PVOID insert, PIO_CSQ_REMOVE_IRP remove,
                       PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
                       PIO_CSQ_RELEASE_LOCK release, PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
	csq->Type = type;
	csq->CsqInsertIrp = (PIO_CSQ_INSERT_IRP)insert;
	csq->CsqRemoveIrp = remove;
	csq->CsqPeekNextIrp = peek;
	csq->CsqAcquireLock = acquire;
	csq->CsqReleaseLock = release;
	csq->CsqCompleteCanceledIrp = complete;
	csq->ReservePointer = NULL;
}

NTSTATUS NTAPI IoCsqInitialize(PIO_CSQ csq, PIO_CSQ_INSERT_IRP insert,
                               PIO_CSQ_REMOVE_IRP remove, PIO_CSQ_PEEK_NEXT_IRP peek,
                               PIO_CSQ_ACQUIRE_LOCK acquire, PIO_CSQ_RELEASE_LOCK release,
                               PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
	initialize(csq, IO_TYPE_CSQ, (PVOID)insert, remove, peek, acquire, release, complete);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoCsqInitializeEx(PIO_CSQ csq, PIO_CSQ_INSERT_IRP_EX insert,
                                 PIO_CSQ_REMOVE_IRP remove, PIO_CSQ_PEEK_NEXT_IRP peek,
                                 PIO_CSQ_ACQUIRE_LOCK acquire, PIO_CSQ_RELEASE_LOCK release,
                                 PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
	initialize(csq, IO_TYPE_CSQ_EX, (PVOID)insert, remove, peek, acquire, release,
	           complete);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoCsqInsertIrpEx(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context,
                                PVOID insert_context)
{
	BOOLEAN extended = csq->Type == IO_TYPE_CSQ_EX;
	KIRQL irql = lock(csq);
	NTSTATUS status;

	irp->Tail.Overlay.DriverContext[CONTEXT_INDEX] = csq;
	if (context) {
		context->Type = IO_TYPE_CSQ_IRP_CONTEXT;
		context->Irp = irp;
		context->Csq = csq;
		irp->Tail.Overlay.DriverContext[CONTEXT_INDEX] = context;
	}
	status = (NTSTATUS)call((PVOID)csq->CsqInsertIrp, (ULONG_PTR)csq, (ULONG_PTR)irp,
	                        (ULONG_PTR)insert_context, extended ? 3 : 2);
	if (extended && !NT_SUCCESS(status)) {
		unlock(csq, irql);
		return status;
	}
	IoMarkIrpPending(irp);
	IoSetCancelRoutine(irp, cancel);
	/* Canceled before that: nobody else will do it. */
	if (irp->Cancel && IoSetCancelRoutine(irp, NULL)) {
		take(csq, irp);
		unlock(csq, irql);
		complete_canceled(csq, irp);
		return STATUS_SUCCESS;
	}
	unlock(csq, irql);
	return STATUS_SUCCESS;
}

VOID NTAPI IoCsqInsertIrp(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context)
{
	IoCsqInsertIrpEx(csq, irp, context, NULL);
}

PIRP NTAPI IoCsqRemoveIrp(PIO_CSQ csq, PIO_CSQ_IRP_CONTEXT context)
{
	KIRQL irql = lock(csq);
	PIRP irp = context->Irp;

	if (irp && IoSetCancelRoutine(irp, NULL))
		take(csq, irp);
	else
		irp = NULL;
	unlock(csq, irql);
	return irp;
}

static PIRP peek(PIO_CSQ csq, PIRP after, PVOID context)
{
	return (PIRP)call((PVOID)csq->CsqPeekNextIrp, (ULONG_PTR)csq, (ULONG_PTR)after,
	                  (ULONG_PTR)context, 3);
}

PIRP NTAPI IoCsqRemoveNextIrp(PIO_CSQ csq, PVOID peek_context)
{
	KIRQL irql = lock(csq);
	PIRP irp = peek(csq, NULL, peek_context);

	while (irp && !IoSetCancelRoutine(irp, NULL))
		irp = peek(csq, irp, peek_context);
	if (irp)
		take(csq, irp);
	unlock(csq, irql);
	return irp;
}
