/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Who frees it is somebody else: callbacks, the I/O manager, unknown code. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

struct context {
	PIO_WORKITEM item;
	void *data;
	KDPC dpc;
};

void work(PDEVICE_OBJECT device, PVOID context);
void thread(PVOID context);
void deferred(PKDPC dpc, PVOID context, PVOID first, PVOID second);
int unknown(void *p);

int work_item_leak(PDEVICE_OBJECT device, int refuse)
{
	PIO_WORKITEM item = IoAllocateWorkItem(device);

	if (!item)
		return -1;
	if (refuse)
		return -1; // expected-warning{{leak: 'item' from IoAllocateWorkItem (tag Vfwi) is not freed on this path}}
	IoQueueWorkItem(item, work, 0, NULL);
	return 0;
}

int work_item_queued(PDEVICE_OBJECT device)
{
	PIO_WORKITEM item = IoAllocateWorkItem(device);

	if (!item)
		return -1;
	IoQueueWorkItem(item, work, 0, NULL);
	return 0;
}

/* The context goes along, and what its fields hold. */
int work_item_context(PDEVICE_OBJECT device)
{
	struct context *c = ExAllocatePool(PagedPool, sizeof(*c));

	if (!c)
		return -1;
	c->data = ExAllocatePool(PagedPool, 8);
	c->item = IoAllocateWorkItem(device);
	if (!c->item) {
		if (c->data)
			ExFreePool(c->data);
		ExFreePool(c);
		return -1;
	}
	IoQueueWorkItem(c->item, work, 0, c);
	return 0;
}

int work_item_context_leak(PDEVICE_OBJECT device)
{
	struct context *c = ExAllocatePool(PagedPool, 16);

	if (!c)
		return -1;
	c->item = IoAllocateWorkItem(device);
	if (!c->item)
		return -1; // expected-warning{{leak: 'c' from ExAllocatePool (16 bytes)}}
	IoQueueWorkItem(c->item, work, 0, c);
	return 0;
}

int dpc_context(PKDPC dpc)
{
	struct context *c = ExAllocatePool(NonPagedPool, sizeof(*c));

	if (!c)
		return -1;
	KeInitializeDpc(&c->dpc, deferred, c);
	KeInsertQueueDpc(&c->dpc, NULL, NULL);
	return 0;
}

/* A thread takes its context only if it starts. */
NTSTATUS thread_leak(void)
{
	struct context *c = ExAllocatePool(PagedPool, 16);
	HANDLE handle;
	NTSTATUS status;

	if (!c)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, thread, c);
	if (!NT_SUCCESS(status))
		return status; // expected-warning{{leak: 'c' from ExAllocatePool (16 bytes)}}
	ZwClose(handle);
	return STATUS_SUCCESS;
}

NTSTATUS thread_started(void)
{
	struct context *c = ExAllocatePool(PagedPool, 16);
	HANDLE handle;
	NTSTATUS status;

	if (!c)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, thread, c);
	if (!NT_SUCCESS(status)) {
		ExFreePool(c);
		return status;
	}
	ZwClose(handle);
	return STATUS_SUCCESS;
}

NTSTATUS thread_handle_leak(void)
{
	HANDLE handle;

	return PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, thread, NULL); // expected-warning{{leak: 'handle' from PsCreateSystemThread is not closed}}
}

/* A completion routine that frees no IRP leaves it to the sender. */
NTSTATUS keeps(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	*(int *)context = 1;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS frees(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	IoFreeIrp(irp);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

IO_COMPLETION_ROUTINE elsewhere;

NTSTATUS irp_kept_leak(PDEVICE_OBJECT device)
{
	int done = 0;
	PIRP irp = IoAllocateIrp(1, FALSE);

	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	IoSetCompletionRoutine(irp, keeps, &done, TRUE, TRUE, TRUE);
	return IoCallDriver(device, irp); // expected-warning{{leak: 'irp' from IoAllocateIrp (tag Irp ) is not freed on this path}}
}

NTSTATUS irp_kept_freed(PDEVICE_OBJECT device)
{
	int done = 0;
	NTSTATUS status;
	PIRP irp = IoAllocateIrp(1, FALSE);

	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	IoSetCompletionRoutine(irp, keeps, &done, TRUE, TRUE, TRUE);
	status = IoCallDriver(device, irp);
	IoFreeIrp(irp);
	return status;
}

NTSTATUS irp_freed_by_routine(PDEVICE_OBJECT device)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	IoSetCompletionRoutine(irp, frees, NULL, TRUE, TRUE, TRUE);
	return IoCallDriver(device, irp);
}

NTSTATUS irp_with_routine_elsewhere(PDEVICE_OBJECT device)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	IoSetCompletionRoutine(irp, elsewhere, NULL, TRUE, TRUE, TRUE);
	return IoCallDriver(device, irp);
}

NTSTATUS irp_not_sent_leak(PDEVICE_OBJECT device, int refuse)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	IoSetCompletionRoutine(irp, frees, NULL, TRUE, TRUE, TRUE);
	if (refuse)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'irp' from IoAllocateIrp}}
	return IoCallDriver(device, irp);
}

/* A threaded IRP is the I/O manager's once sent. */
NTSTATUS threaded_irp_sent(PDEVICE_OBJECT device, PVOID event, PVOID block)
{
	PIRP irp = IoBuildDeviceIoControlRequest(1, device, NULL, 0, NULL, 0, FALSE, event, block);

	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	return IoCallDriver(device, irp);
}

NTSTATUS threaded_irp_leak(PDEVICE_OBJECT device, PVOID event, PVOID block, int refuse)
{
	PIRP irp = IoBuildDeviceIoControlRequest(1, device, NULL, 0, NULL, 0, FALSE, event, block);

	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (refuse)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'irp' from IoBuildDeviceIoControlRequest}}
	return IoCallDriver(device, irp);
}

/* Sending somebody else's IRP leaves one's own pool alone. */
NTSTATUS other_irp_sent_leak(PDEVICE_OBJECT device, PIRP irp)
{
	void *p = ExAllocatePool(PagedPool, 8);

	return p ? IoCallDriver(device, irp) : STATUS_INSUFFICIENT_RESOURCES; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

/* Routines of the system take nothing unless a row says so... */
NTSTATUS kernel_routine_leak(void)
{
	char *p = ExAllocatePool(PagedPool, 8);
	ULONG hash;

	if (!p)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlHashBytes(p, 8, &hash);
	return IoRegisterNothing(p); // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

/* ...routines of the driver that are not seen may do anything. */
int escapes_to_unknown(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	return unknown(p);
}

int escapes_through_pointer(int (*f)(void *))
{
	void *p = ExAllocatePool(PagedPool, 8);

	return p ? f(p) : -1;
}

int escapes_in_a_local(void)
{
	struct context c = {0};

	c.data = ExAllocatePool(PagedPool, 8);
	return unknown(&c);
}

/* One that is seen shows what it does. */
static void looks_at(int *p)
{
	p[0] = 1;
}

static void frees_it(void *p)
{
	ExFreePool(p);
}

static int frees_it_if(void *p, int enough)
{
	if (!enough)
		return -1;
	ExFreePool(p);
	return 0;
}

int looked_at_leak(void)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	looks_at(p);
	return 0; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

int freed_by_callee(void)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	frees_it(p);
	return 0;
}

int freed_by_callee_sometimes_leak(int enough)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	return frees_it_if(p, enough); // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

int freed_by_callee_or_here(int enough)
{
	int *p = ExAllocatePool(PagedPool, 8);
	int status;

	if (!p)
		return -1;
	status = frees_it_if(p, enough);
	if (status < 0)
		ExFreePool(p);
	return status;
}

/* Who completes an IRP says how it ended, whatever the sender has put there. */
static NTSTATUS ask(PDEVICE_OBJECT device, PVOID reply)
{
	int done = 0;
	NTSTATUS status;
	PIRP irp = IoAllocateIrp(1, FALSE);

	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	irp->UserBuffer = reply;
	irp->IoStatus.Status = STATUS_UNSUCCESSFUL;
	IoSetCompletionRoutine(irp, keeps, &done, TRUE, TRUE, TRUE);
	IoCallDriver(device, irp);
	status = irp->IoStatus.Status;
	IoFreeIrp(irp);
	return status;
}

NTSTATUS asks_and_forgets(PDEVICE_OBJECT device)
{
	NTSTATUS status;
	PVOID reply = ExAllocatePool(NonPagedPool, 48);

	if (!reply)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = ask(device, reply);
	if (NT_SUCCESS(status))
		return status; // expected-warning{{leak: 'reply' from ExAllocatePool (48 bytes) is not freed on this path}}
	ExFreePool(reply);
	return status;
}

NTSTATUS asks_and_frees(PDEVICE_OBJECT device)
{
	NTSTATUS status;
	PVOID reply = ExAllocatePool(NonPagedPool, 48);

	if (!reply)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = ask(device, reply);
	ExFreePool(reply);
	return status;
}

struct message {
	int size;
	UCHAR data[32];
};
int unknown_bytes(UCHAR *bytes);

/* Who gets bytes of an object does not get the object. */
int gives_bytes(void)
{
	struct message *m = ExAllocatePool(PagedPool, sizeof(*m));

	if (!m)
		return -1;
	unknown_bytes(m->data);
	return unknown_bytes(&m->data[4]); // expected-warning{{leak: 'm' from ExAllocatePool (36 bytes) is not freed on this path}}
}

int gives_message(void)
{
	struct message *m = ExAllocatePool(PagedPool, sizeof(*m));

	if (!m)
		return -1;
	return unknown(m);
}
