/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* How a resource comes into being: every "at", "failure" and "when". */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

#define TAG 'tset'

int returned_leak(void)
{
	char *p = ExAllocatePoolWithTag(PagedPool, 64, TAG);

	if (!p)
		return -1;
	p[0] = 1;
	return 0; // expected-warning{{leak: 'p' from ExAllocatePoolWithTag (tag test, 64 bytes) is not freed on this path}}
}

int returned_freed(void)
{
	char *p = ExAllocatePoolWithTag(PagedPool, 64, TAG);

	if (!p)
		return -1; // NULL: nothing was allocated
	p[0] = 1;
	ExFreePoolWithTag(p, TAG);
	return 0;
}

void no_size_no_tag_leak(SIZE_T size)
{
	void *p = ExAllocatePool(PagedPool, size);
	return; // expected-warning{{leak: 'p' from ExAllocatePool is not freed on this path}}
}

void result_ignored_leak(SIZE_T size)
{
	ExAllocatePool(PagedPool, size);
	return; // expected-warning{{leak: what ExAllocatePool returned is not freed on this path}}
}

int only_when_null_leak(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		ExFreePool(p); // the wrong way round
	return 0; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

int freed_if_not_null(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (p != NULL)
		ExFreePool(p);
	return 0;
}

NTSTATUS out_parameter_leak(void)
{
	HANDLE key;
	NTSTATUS status = ZwOpenKey(&key, 0, NULL);

	if (!NT_SUCCESS(status))
		return status;
	return STATUS_SUCCESS; // expected-warning{{leak: 'key' from ZwOpenKey is not closed on this path}}
}

NTSTATUS out_parameter_closed(void)
{
	HANDLE key;
	NTSTATUS status = ZwOpenKey(&key, 0, NULL);

	if (!NT_SUCCESS(status))
		return status; // failed: nothing was opened
	ZwClose(key);
	return STATUS_SUCCESS;
}

/* Any way of asking for success does. */
NTSTATUS status_asked_for_otherwise(void)
{
	HANDLE key;
	NTSTATUS status = ZwOpenKey(&key, 0, NULL);

	if (status != STATUS_SUCCESS)
		return status;
	return ZwClose(key);
}

NTSTATUS status_not_asked_for_leak(void)
{
	HANDLE key = NULL;

	ZwOpenKey(&key, 0, NULL);
	return STATUS_SUCCESS; // expected-warning{{leak: 'key' from ZwOpenKey}}
}

NTSTATUS object_reference_leak(HANDLE handle)
{
	PVOID object;
	NTSTATUS status = ObReferenceObjectByHandle(handle, 0, NULL, 0, &object, NULL);

	if (!NT_SUCCESS(status))
		return status;
	if (object == handle)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'object' from ObReferenceObjectByHandle is not dereferenced on this path}}
	ObfDereferenceObject(object);
	return STATUS_SUCCESS;
}

NTSTATUS field_leak(const ANSI_STRING *from)
{
	UNICODE_STRING to;
	NTSTATUS status = RtlAnsiStringToUnicodeString(&to, from, TRUE);

	if (!NT_SUCCESS(status))
		return status;
	if (to.Length < 2)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'to.Buffer' from RtlAnsiStringToUnicodeString}}
	RtlFreeUnicodeString(&to);
	return STATUS_SUCCESS;
}

/* What allocates the buffer is the argument. */
NTSTATUS field_of_the_caller_s(const ANSI_STRING *from)
{
	WCHAR buffer[32];
	UNICODE_STRING to;

	to.Length = 0;
	to.MaximumLength = sizeof(buffer);
	to.Buffer = buffer;
	return RtlAnsiStringToUnicodeString(&to, from, FALSE);
}

NTSTATUS field_freed_as_pool(const ANSI_STRING *from)
{
	UNICODE_STRING to;
	NTSTATUS status = RtlAnsiStringToUnicodeString(&to, from, TRUE);

	if (NT_SUCCESS(status))
		ExFreePool(to.Buffer);
	return status;
}

int boolean_leak(const WCHAR *text)
{
	UNICODE_STRING string;

	if (!RtlCreateUnicodeString(&string, text))
		return 0;
	return 1; // expected-warning{{leak: 'string.Buffer' from RtlCreateUnicodeString}}
}

int boolean_freed(const WCHAR *text)
{
	UNICODE_STRING string;

	if (!RtlCreateUnicodeString(&string, text))
		return 0; // FALSE: nothing was allocated
	RtlFreeUnicodeString(&string);
	return 1;
}

/* A raising allocator is never NULL... on the path that goes on. */
int raises_leak(int refuse)
{
	void *p = ExAllocatePoolWithQuotaTag(PagedPool, 8, TAG);

	if (refuse)
		return -1; // expected-warning{{leak: 'p' from ExAllocatePoolWithQuotaTag (tag test, 8 bytes)}}
	ExFreePool(p);
	return 0;
}

int object_in_place_leak(int refuse)
{
	SECURITY_SUBJECT_CONTEXT context;

	SeCaptureSubjectContext(&context);
	if (refuse)
		return -1; // expected-warning{{leak: 'context' from SeCaptureSubjectContext is not freed on this path}}
	SeReleaseSubjectContext(&context);
	return 0;
}

int object_in_place_released(void)
{
	SECURITY_SUBJECT_CONTEXT context;

	SeCaptureSubjectContext(&context);
	SeReleaseSubjectContext(&context);
	return 0;
}

/* A device object is the system's too: lost only where the routine fails. */
NTSTATUS device_leak(PDRIVER_OBJECT driver, int refuse)
{
	PDEVICE_OBJECT device;
	NTSTATUS status = IoCreateDevice(driver, 0, NULL, 34, 0, FALSE, &device);

	if (!NT_SUCCESS(status))
		return status;
	if (refuse)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'device' from IoCreateDevice}}
	return STATUS_SUCCESS;
}

NTSTATUS device_deleted(PDRIVER_OBJECT driver, int refuse)
{
	PDEVICE_OBJECT device;
	NTSTATUS status = IoCreateDevice(driver, 0, NULL, 34, 0, FALSE, &device);

	if (!NT_SUCCESS(status))
		return status;
	if (refuse) {
		IoDeleteDevice(device);
		return STATUS_UNSUCCESSFUL;
	}
	return STATUS_SUCCESS;
}

/* IF_NULL: an MDL that is chained to an IRP goes with it. */
int mdl_leak(void *buffer)
{
	PMDL mdl = IoAllocateMdl(buffer, 32, FALSE, FALSE, NULL);

	return mdl ? 0 : -1; // expected-warning{{leak: 'mdl' from IoAllocateMdl (tag VMdl}}
}

int mdl_chained(void *buffer, PIRP irp)
{
	if (!irp)
		return -1;
	return IoAllocateMdl(buffer, 32, FALSE, FALSE, irp) ? 0 : -1;
}

int mdl_freed(void *buffer)
{
	PMDL mdl = IoAllocateMdl(buffer, 32, FALSE, FALSE, NULL);

	if (!mdl)
		return -1;
	IoFreeMdl(mdl);
	return 0;
}

/* The wrong family's routine frees nothing that is known: said by nobody yet,
 * but a pointer to another block is another block. */
int other_block_freed_leak(void)
{
	void *p = ExAllocatePool(PagedPool, 8), *q = ExAllocatePool(PagedPool, 16);

	if (p && q) {
		ExFreePool(q);
		return 0; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	}
	if (p)
		ExFreePool(p);
	if (q)
		ExFreePool(q);
	return -1;
}

/* Freeing a pointer into the block, as container macros make them, frees it. */
struct node {
	int value;
	LIST_ENTRY link;
};

int freed_through_its_entry(void)
{
	struct node *n = ExAllocatePool(PagedPool, sizeof(*n));
	LIST_ENTRY *entry;

	if (!n)
		return -1;
	entry = &n->link;
	ExFreePool(CONTAINING_RECORD(entry, struct node, link));
	return 0;
}
