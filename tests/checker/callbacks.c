/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A routine that is given a context for good must free it on all its paths. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

struct job {
	PIO_WORKITEM item;
	int n;
};

void use(int n);
void keep(struct job *j);

static VOID forgets(PDEVICE_OBJECT device, PVOID context)
{
	struct job *j = context;

	use(j->n);
	IoFreeWorkItem(j->item);
	return; // expected-warning{{leak in callback: 'j' from ExAllocatePool (16 bytes)}}
}

static VOID forgets_sometimes(PDEVICE_OBJECT device, PVOID context)
{
	struct job *j = context;

	IoFreeWorkItem(j->item);
	if (j->n > 4)
		return; // expected-warning{{leak in callback: 'j' from ExAllocatePool (16 bytes)}}
	ExFreePool(j);
}

static VOID frees(PDEVICE_OBJECT device, PVOID context)
{
	struct job *j = context;

	use(j->n);
	IoFreeWorkItem(j->item);
	ExFreePool(j);
}

static VOID passes_on(PDEVICE_OBJECT device, PVOID context)
{
	keep(context);
}

static VOID called_as_well(PDEVICE_OBJECT device, PVOID context)
{
	struct job *j = context;

	use(j->n);
}

#define QUEUES(name, routine)                                                                      \
	int name(PDEVICE_OBJECT device, int n)                                                     \
	{                                                                                          \
		struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));                          \
                                                                                                   \
		if (!j)                                                                            \
			return -1;                                                                 \
		j->n = n;                                                                          \
		j->item = IoAllocateWorkItem(device);                                              \
		if (!j->item) {                                                                    \
			ExFreePool(j);                                                             \
			return -1;                                                                 \
		}                                                                                  \
		IoQueueWorkItem(j->item, routine, 1, j);                                           \
		return 0;                                                                          \
	}
QUEUES(queues_forgets, forgets)
QUEUES(queues_forgets_sometimes, forgets_sometimes)
QUEUES(queues_frees, frees)
QUEUES(queues_passes_on, passes_on)
QUEUES(queues_called_as_well, called_as_well)

void calls_it(PDEVICE_OBJECT device)
{
	struct job j = {0};

	called_as_well(device, &j);
}

/* Whoever waits for the routine frees its context. */
static VOID is_waited_for(PDEVICE_OBJECT device, PVOID context)
{
	struct job *j = context;

	j->n++;
}

int waits(PDEVICE_OBJECT device)
{
	struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));

	if (!j)
		return -1;
	j->n = 0;
	j->item = IoAllocateWorkItem(device);
	if (!j->item) {
		ExFreePool(j);
		return -1;
	}
	IoQueueWorkItem(j->item, is_waited_for, 1, j);
	while (j->n < 1)
		KeStallExecutionProcessor(1);
	ExFreePool(j);
	return 0;
}

/* A thread that did not start leaves its context where it was. */
static VOID thread_forgets(PVOID context)
{
	struct job *j = context;

	use(j->n);
	return; // expected-warning{{leak in callback: 'j' from ExAllocatePool (24 bytes)}}
}

NTSTATUS starts(void)
{
	struct job *j = ExAllocatePool(NonPagedPool, 24);
	NTSTATUS status;
	HANDLE thread;

	if (!j)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = PsCreateSystemThread(&thread, 0, NULL, NULL, NULL, thread_forgets, j);
	if (!NT_SUCCESS(status)) {
		ExFreePool(j);
		return status;
	}
	ZwClose(thread);
	return STATUS_SUCCESS;
}

/* A macro that writes through the address of a member keeps no way to it. */
static VOID forgets_the_dated(PDEVICE_OBJECT device, PVOID context)
{
	struct job *j = context;

	use(j->n);
	IoFreeWorkItem(j->item);
	return; // expected-warning{{leak in callback: 'j' from ExAllocatePool (16 bytes)}}
}

int queues_dated(PDEVICE_OBJECT device)
{
	struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));

	if (!j)
		return -1;
	*(ULONG *)(&j->n) = 7;
	j->item = IoAllocateWorkItem(device);
	if (!j->item) {
		ExFreePool(j);
		return -1;
	}
	IoQueueWorkItem(j->item, forgets_the_dated, 1, j);
	return 0;
}

/* An IRP that leads to something in the context is no way to it, if nobody goes it. */
struct sale {
	int n;
	HANDLE result;
};

static NTSTATUS sold(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct sale *s = context;

	IoFreeIrp(irp);
	if (s->n > 4)
		return STATUS_MORE_PROCESSING_REQUIRED; // expected-warning{{leak in callback: 's' from ExAllocatePool (24 bytes)}}
	ExFreePool(s);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS sold_and_freed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct sale *s = context;

	use(s->n);
	IoFreeIrp(irp);
	ExFreePool(s);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

#define SELLS(name, routine, way)                                                                  \
	NTSTATUS name(PDEVICE_OBJECT device)                                                       \
	{                                                                                          \
		struct sale *s = ExAllocatePool(NonPagedPool, 24);                                 \
		PIRP irp;                                                                          \
                                                                                                   \
		if (!s)                                                                            \
			return STATUS_INSUFFICIENT_RESOURCES;                                      \
		irp = IoAllocateIrp(1, FALSE);                                                     \
		if (!irp) {                                                                        \
			ExFreePool(s);                                                             \
			return STATUS_INSUFFICIENT_RESOURCES;                                      \
		}                                                                                  \
		way = (PVOID)&s->result;                                                           \
		IoSetCompletionRoutine(irp, routine, s, TRUE, TRUE, TRUE);                         \
		IoCallDriver(device, irp);                                                         \
		return STATUS_SUCCESS;                                                             \
	}
SELLS(sells, sold, irp->UserBuffer)
SELLS(sells_and_frees, sold_and_freed, irp->UserBuffer)

static NTSTATUS found_by_another(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct sale *s = context;

	use(s->n);
	IoFreeIrp(irp);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

HANDLE *last_result;
SELLS(sells_to_another, found_by_another, last_result)

static NTSTATUS found_by_the_irp(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct sale *s = context;

	use(s->n);
	ExFreePool((char *)irp->MdlAddress - 8);
	IoFreeIrp(irp);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

SELLS(sells_by_the_irp, found_by_the_irp, irp->MdlAddress)
