/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Where leak62 scan says that something is lost. */
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

int unknown(void);

/* The goto that stands alone behind its condition is what loses. */
int goto_alone(void)
{
	int *p, *q;
	int status = -1;

	p = ExAllocatePool(PagedPool, 8);
	if (!p)
		return -1;
	q = ExAllocatePool(PagedPool, 16);
	if (!q)
		goto out; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	status = 0;
	ExFreePool(q);
	ExFreePool(p);
out:
	return status;
}

/* What a callee leaves in a local of its caller is the caller's to lose. */
static int allocate(void **out)
{
	*out = ExAllocatePool(PagedPool, 8);
	return *out ? 0 : -1;
}

int of_callee(void)
{
	void *p;

	if (allocate(&p) < 0)
		return -1;
	return 0; // expected-warning{{leak: '*out' from ExAllocatePool (8 bytes)}}
}

/* A result that tells of a pointer does not hand it on. */
int tells_of_it(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	return p != NULL; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

void *kept_table;

int tells_of_what_is_kept(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	kept_table = p;
	return p != NULL;
}

ULONG_PTR handed_on_as_number(void)
{
	return (ULONG_PTR)ExAllocatePool(PagedPool, 8);
}

/* A loop over a table of constant size is gone through. */
int after_a_long_loop(PDRIVER_OBJECT driver, DRIVER_DISPATCH *dispatch)
{
	void *p;
	int i;

	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		driver->MajorFunction[i] = dispatch;
	p = ExAllocatePool(PagedPool, 8);
	return p ? 0 : -1; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

/* No path gets past the loop, but where it was lost is known. */
int before_a_loop_without_end(void)
{
	void *p = ExAllocatePool(PagedPool, 8);
	int i;

	if (!p)
		return -1;
	if (unknown()) {
		unknown();
		goto out; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	}
	ExFreePool(p);
out:
	for (i = 0; i < 1000; i++)
		unknown();
	return 0;
}

/* Every exit that loses is named. */
int several_exits(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	if (n == 1)
		return 1; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	if (unknown() < 0)
		return 2; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	ExFreePool(p);
	return 0;
}

/* In code that several ways lead to, it is the way taken that loses. */
int under_the_wrong_flag(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);
	int status = -1, have = 0;

	if (!p)
		return -1;
	__try {
		if (n > 4)
			__leave; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
		have = 1;
		status = unknown();
	} __finally {
		if (have)
			ExFreePool(p);
	}
	return status;
}

/* The callee that fails has lost it, and not who passes its failure on. */
static NTSTATUS two_devices(PDRIVER_OBJECT driver)
{
	PDEVICE_OBJECT first, second;
	NTSTATUS status = IoCreateDevice(driver, 0, NULL, 0, 0, FALSE, &first);

	if (status < 0)
		return status;
	status = IoCreateDevice(driver, 0, NULL, 0, 0, FALSE, &second);
	if (status < 0)
		return status; // expected-warning{{leak: 'first' from IoCreateDevice}}
	return 0;
}

NTSTATUS passes_failure_on(PDRIVER_OBJECT driver)
{
	return two_devices(driver);
}

static NTSTATUS hands_out(PDRIVER_OBJECT driver, PDEVICE_OBJECT *first)
{
	PDEVICE_OBJECT second;
	NTSTATUS status = IoCreateDevice(driver, 0, NULL, 0, 0, FALSE, first);

	if (status < 0)
		return status;
	return IoCreateDevice(driver, 0, NULL, 0, 0, FALSE, &second);
}

NTSTATUS loses_what_was_handed_out(PDRIVER_OBJECT driver)
{
	PDEVICE_OBJECT first = NULL;
	NTSTATUS status = hands_out(driver, &first);

	if (status < 0)
		return status; // expected-warning{{leak: '*first' from IoCreateDevice}}
	return 0;
}

NTSTATUS deletes_what_was_handed_out(PDRIVER_OBJECT driver)
{
	PDEVICE_OBJECT first = NULL;
	NTSTATUS status = hands_out(driver, &first);

	if (status < 0 && first)
		IoDeleteDevice(first);
	return status;
}

/* Where paths end in no exit, the exit that another caller's path takes says it. */
static int waits_after_loss(int wait)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	*p = wait;
	unknown();
	while (wait)
		ExFreePool(ExAllocatePool(PagedPool, 16));
	return 0; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

int never_comes_back(void)
{
	return waits_after_loss(1);
}

static int never_waits(int wait)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	*p = wait;
	unknown();
	ExFreePool(p);
	while (wait)
		ExFreePool(ExAllocatePool(PagedPool, 16));
	return 0;
}

int never_comes_back_fixed(void)
{
	return never_waits(1);
}
