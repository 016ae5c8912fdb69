/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a block or a device holds goes with it. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

#define MDL_PAGES_LOCKED 2

struct _MDL {
	short Size, MdlFlags;
};
struct item {
	void *data, *more;
};
struct extension {
	UNICODE_STRING *name;
	struct item *item;
};

NTSTATUS ready(void);

int stored_block_leak(struct extension *x)
{
	struct item *i = ExAllocatePool(PagedPool, sizeof(*i));

	if (!i)
		return -1;
	i->data = ExAllocatePool(PagedPool, 32);
	x->item = i;
	if (ready() < 0) {
		ExFreePool(x->item);
		x->item = NULL;
		return -1; // expected-warning{{leak: 'i->data' from ExAllocatePool (32 bytes)}}
	}
	return 0;
}

int stored_block_freed(struct extension *x)
{
	struct item *i = ExAllocatePool(PagedPool, sizeof(*i));

	if (!i)
		return -1;
	i->data = ExAllocatePool(PagedPool, 32);
	x->item = i;
	if (ready() < 0) {
		if (x->item->data)
			ExFreePool(x->item->data);
		ExFreePool(x->item);
		x->item = NULL;
		return -1;
	}
	return 0;
}

int member_is_elsewhere(struct extension *x, void **out)
{
	struct item *i = ExAllocatePool(PagedPool, sizeof(*i));

	if (!i)
		return -1;
	i->data = ExAllocatePool(PagedPool, 32);
	x->item = i;
	*out = i->data;
	ExFreePool(x->item);
	x->item = NULL;
	return 0;
}

/* The extension goes with its device. */
static UNICODE_STRING *make(void)
{
	UNICODE_STRING *s = ExAllocatePool(PagedPool, sizeof(*s));

	if (!s)
		return NULL;
	s->Buffer = ExAllocatePool(PagedPool, 64);
	if (!s->Buffer) {
		ExFreePool(s);
		return NULL;
	}
	return s;
}

static void drop(UNICODE_STRING *s)
{
	ExFreePool(s->Buffer);
	ExFreePool(s);
}

NTSTATUS device_leak(PDRIVER_OBJECT driver, PDEVICE_OBJECT *out)
{
	struct extension *x;
	PDEVICE_OBJECT d;
	NTSTATUS status = IoCreateDevice(driver, sizeof(*x), NULL, 0, 0, FALSE, &d);

	if (!NT_SUCCESS(status))
		return status;
	*out = d;
	x = d->DeviceExtension;
	x->name = make();
	if (!x->name) {
		IoDeleteDevice(d);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	status = ready();
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(d);
		return status; // expected-warning{{leak: 'x->name' from make}} expected-warning{{leak: 's->Buffer' from ExAllocatePool (64 bytes)}}
	}
	return STATUS_SUCCESS;
}

NTSTATUS device_freed(PDRIVER_OBJECT driver, PDEVICE_OBJECT *out)
{
	struct extension *x;
	PDEVICE_OBJECT d;
	NTSTATUS status = IoCreateDevice(driver, sizeof(*x), NULL, 0, 0, FALSE, &d);

	if (!NT_SUCCESS(status))
		return status;
	*out = d;
	x = d->DeviceExtension;
	x->name = make();
	if (!x->name) {
		IoDeleteDevice(d);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	status = ready();
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(d); // somebody still has a reference
		drop(x->name);
		return status;
	}
	return STATUS_SUCCESS;
}

/* Structures copied as bytes. */
int copied_leak(void)
{
	struct item from = {0}, to;

	from.data = ExAllocatePool(PagedPool, 8);
	RtlCopyMemory(&to, &from, sizeof(to));
	return to.data ? 0 : -1; // expected-warning{{leak: 'from.data' from ExAllocatePool (8 bytes)}}
}

int copied_freed(void)
{
	struct item from = {0}, to;

	from.data = ExAllocatePool(PagedPool, 8);
	RtlCopyMemory(&to, &from, sizeof(to));
	if (to.data)
		ExFreePool(to.data);
	return 0;
}

void copied_out(struct item *out)
{
	struct item from = {0};

	from.data = ExAllocatePool(PagedPool, 8);
	RtlCopyMemory(out, &from, sizeof(*out));
}

int copied_to_a_block_leak(void)
{
	struct item from = {0}, *to = ExAllocatePool(PagedPool, sizeof(*to));

	if (!to)
		return -1;
	from.data = ExAllocatePool(PagedPool, 8);
	RtlCopyMemory(to, &from, sizeof(*to));
	ExFreePool(to);
	return 0; // expected-warning{{leak: 'from.data' from ExAllocatePool (8 bytes)}}
}

/* An MDL knows whether its pages are locked. */
int mdl_asked(void *buffer)
{
	PMDL mdl = IoAllocateMdl(buffer, 32, FALSE, FALSE, NULL);
	int status = 0;

	if (!mdl)
		return -1;
	__try {
		MmProbeAndLockPages(mdl, 0, 0);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = -1;
	}
	if (mdl->MdlFlags & MDL_PAGES_LOCKED)
		MmUnlockPages(mdl);
	IoFreeMdl(mdl);
	return status;
}

int mdl_not_asked_leak(void *buffer)
{
	PMDL mdl = IoAllocateMdl(buffer, 32, FALSE, FALSE, NULL);
	int status = 0;

	if (!mdl)
		return -1;
	__try {
		MmProbeAndLockPages(mdl, 0, 0);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = -1;
	}
	if (!(mdl->MdlFlags & MDL_PAGES_LOCKED))
		MmUnlockPages(mdl);
	IoFreeMdl(mdl);
	return status; // expected-warning{{leak: 'mdl' from MmProbeAndLockPages}}
}

/* IRPs in an array of contexts, sent and waited for. */
struct stripe {
	struct request *request;
	PIRP irp;
};
struct request {
	struct stripe *stripes;
	long left;
};

static NTSTATUS done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct stripe *s = context;

	s->request->left--;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

void irps_leak(PDEVICE_OBJECT device, int n)
{
	struct request r;
	int i;

	r.stripes = ExAllocatePool(NonPagedPool, n * sizeof(*r.stripes));
	if (!r.stripes)
		return;
	RtlZeroMemory(r.stripes, n * sizeof(*r.stripes));
	for (i = 0; i < n; i++) {
		struct stripe *s = &r.stripes[i];

		s->irp = IoAllocateIrp(1, FALSE);
		if (!s->irp)
			continue;
		s->request = &r;
		IoSetCompletionRoutine(s->irp, done, s, TRUE, TRUE, TRUE);
		IoCallDriver(device, s->irp);
	}
	while (r.left)
		KeStallExecutionProcessor(1);
	ExFreePool(r.stripes);
	return; // expected-warning{{leak: 's->irp' from IoAllocateIrp}}
}

void irps_freed(PDEVICE_OBJECT device, int n)
{
	struct request r;
	int i;

	r.stripes = ExAllocatePool(NonPagedPool, n * sizeof(*r.stripes));
	if (!r.stripes)
		return;
	RtlZeroMemory(r.stripes, n * sizeof(*r.stripes));
	for (i = 0; i < n; i++) {
		struct stripe *s = &r.stripes[i];

		s->irp = IoAllocateIrp(1, FALSE);
		if (!s->irp)
			continue;
		s->request = &r;
		IoSetCompletionRoutine(s->irp, done, s, TRUE, TRUE, TRUE);
		IoCallDriver(device, s->irp);
	}
	while (r.left)
		KeStallExecutionProcessor(1);
	for (i = 0; i < n; i++)
		if (r.stripes[i].irp)
			IoFreeIrp(r.stripes[i].irp);
	ExFreePool(r.stripes);
}

/* What the I/O manager or an object has been given stays given. */
NTSTATUS given_with_the_request(PDEVICE_OBJECT device, PIRP irp)
{
	irp->UserBuffer = ExAllocatePool(PagedPool, 8);
	IofCompleteRequest(irp, 0);
	return STATUS_SUCCESS;
}

NTSTATUS given_to_an_object(HANDLE handle)
{
	struct extension *x;

	if (ObReferenceObjectByHandle(handle, 0, NULL, 0, (PVOID *)&x, NULL) < 0)
		return STATUS_UNSUCCESSFUL;
	x->item = ExAllocatePool(PagedPool, 8);
	ObfDereferenceObject(x);
	return STATUS_SUCCESS;
}
