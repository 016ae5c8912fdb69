/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Interrupts.  No device is there that raises one; the objects and the lock that
 * service routines and KeSynchronizeExecution share are real.
 */
#include "nt.h"

struct _KINTERRUPT {
	struct _KINTERRUPT *next;
	PKSERVICE_ROUTINE routine;
	PVOID context;
	PKSPIN_LOCK lock;
	KSPIN_LOCK own;
	KIRQL irql; /* at which it is synchronized */
};

static struct _KINTERRUPT *interrupts;

static NTSTATUS connect(PKINTERRUPT *out, PKSERVICE_ROUTINE routine, PVOID context,
                        PKSPIN_LOCK lock, KIRQL irql, KIRQL synchronize)
{
	struct _KINTERRUPT *new;

	*out = NULL;
	/* Documented: the IRQL of a device, and to be synchronized at that or above. */
	if (!routine || irql <= DISPATCH_LEVEL || irql > HIGH_LEVEL || synchronize < irql)
		return STATUS_INVALID_PARAMETER;
	new = l62_host_alloc(sizeof(*new));
	new->routine = routine;
	new->context = context;
	new->lock = lock ? lock : &new->own;
	new->irql = synchronize;
	new->next = interrupts;
	interrupts = new;
	l62_root_add(&new->context, sizeof(new->context), "the context of an interrupt");
	*out = new;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoConnectInterrupt(PKINTERRUPT *out, PKSERVICE_ROUTINE routine, PVOID context,
                                  PKSPIN_LOCK lock, ULONG vector, KIRQL irql, KIRQL synchronize,
                                  KINTERRUPT_MODE mode, BOOLEAN shared, KAFFINITY affinity,
                                  BOOLEAN save)
{
	UNREFERENCED_PARAMETER(vector);
	UNREFERENCED_PARAMETER(mode);
	UNREFERENCED_PARAMETER(shared);
	UNREFERENCED_PARAMETER(save);
	if (!affinity)
		return STATUS_INVALID_PARAMETER;
	return connect(out, routine, context, lock, irql, synchronize);
}

enum { DEVICE_IRQL = 5 };

/* Messages: documented to fail so for a device that has none. */
NTSTATUS NTAPI IoConnectInterruptEx(PIO_CONNECT_INTERRUPT_PARAMETERS parameters)
{
	switch (parameters->Version) {
	case CONNECT_FULLY_SPECIFIED:
		return connect(parameters->FullySpecified.InterruptObject,
		               parameters->FullySpecified.ServiceRoutine,
		               parameters->FullySpecified.ServiceContext,
		               parameters->FullySpecified.SpinLock,
		               parameters->FullySpecified.Irql,
		               parameters->FullySpecified.SynchronizeIrql);
	case CONNECT_LINE_BASED:
		return connect(parameters->LineBased.InterruptObject,
		               parameters->LineBased.ServiceRoutine,
		               parameters->LineBased.ServiceContext,
		               parameters->LineBased.SpinLock, DEVICE_IRQL,
		               parameters->LineBased.SynchronizeIrql
		                       ? parameters->LineBased.SynchronizeIrql
		                       : DEVICE_IRQL);
	case CONNECT_MESSAGE_BASED:
		return STATUS_NOT_FOUND;
	default:
		return STATUS_NOT_SUPPORTED;
	}
}

static void check(const struct _KINTERRUPT *interrupt)
{
	const struct _KINTERRUPT *one = interrupts;

	while (one && one != interrupt)
		one = one->next;
	if (!one)
		l62_end_incomplete("the driver uses an interrupt that is not connected");
}

VOID NTAPI IoDisconnectInterrupt(PKINTERRUPT interrupt)
{
	struct _KINTERRUPT **link = &interrupts;

	check(interrupt);
	while (*link != interrupt)
		link = &(*link)->next;
	*link = interrupt->next;
	l62_root_remove(&interrupt->context);
	l62_host_free(interrupt);
}

VOID NTAPI IoDisconnectInterruptEx(PIO_DISCONNECT_INTERRUPT_PARAMETERS parameters)
{
	IoDisconnectInterrupt(parameters->ConnectionContext.InterruptObject);
}

KIRQL NTAPI KeAcquireInterruptSpinLock(PKINTERRUPT interrupt)
{
	KIRQL old;

	check(interrupt);
	old = l62_nt_raise_irql(interrupt->irql);
	KeAcquireSpinLockAtDpcLevel(interrupt->lock);
	return old;
}

VOID NTAPI KeReleaseInterruptSpinLock(PKINTERRUPT interrupt, KIRQL old)
{
	check(interrupt);
	KeReleaseSpinLockFromDpcLevel(interrupt->lock);
	l62_nt_lower_irql(old);
}

BOOLEAN NTAPI KeSynchronizeExecution(PKINTERRUPT interrupt, PKSYNCHRONIZE_ROUTINE routine,
                                     PVOID context)
{
	const uint64_t args[] = {(ULONG_PTR)context};
	KIRQL old = KeAcquireInterruptSpinLock(interrupt);
	BOOLEAN answer = (BOOLEAN)l62_invoke((PVOID)routine, args, 1, NULL);

	KeReleaseInterruptSpinLock(interrupt, old);
	return answer;
}
