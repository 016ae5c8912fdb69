/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Counted strings: one that has a buffer to free is not empty, whatever routines of
 * the kernel may have done to its length.  Where its length is known it decides.
 */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
// RUN: %scan %plugin_arg skeleton=%t.skel %s
// RUN: FileCheck %s < %t.skel
#include <ntddk.h>

#define TAG 'tset'

NTSTATUS ZwDeleteValueKey(HANDLE key, PUNICODE_STRING name);

static NTSTATUS copy_name(PUNICODE_STRING to, PUNICODE_STRING from)
{
	to->Buffer = ExAllocatePoolWithTag(PagedPool, 16, TAG);
	if (to->Buffer == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	to->Length = from->Length;
	return STATUS_SUCCESS;
}

// CHECK-LABEL: F free_name
// CHECK: L [[V:v[0-9]+]] v0:Buffer
// CHECK: ? [[V]] != #0
void free_name(PUNICODE_STRING name)
{
	if (name->Length != 0) {
		name->Length = 0;
		ExFreePoolWithTag(name->Buffer, TAG);
		name->Buffer = NULL;
	}
}

// CHECK-LABEL: F free_if_longer
// CHECK: L [[V:v[0-9]+]] v0:Length
// CHECK: ? [[V]] > #2
void free_if_longer(PUNICODE_STRING name)
{
	if (name->Length > 2)
		ExFreePoolWithTag(name->Buffer, TAG);
}

NTSTATUS delete_value(HANDLE key, PUNICODE_STRING value)
{
	UNICODE_STRING name = {0};
	PUNICODE_STRING used = &name;
	NTSTATUS status = copy_name(&name, value);

	if (!NT_SUCCESS(status))
		return status;
	status = ZwDeleteValueKey(key, used);
	free_name(&name);
	return status;
}

NTSTATUS length_was_cleared(HANDLE key, PUNICODE_STRING value)
{
	UNICODE_STRING name = {0};
	NTSTATUS status = copy_name(&name, value);

	if (!NT_SUCCESS(status))
		return status;
	name.Length = 0;
	free_name(&name);
	return STATUS_SUCCESS; // expected-warning{{leak: 'to->Buffer' from ExAllocatePoolWithTag (tag test, 16 bytes) is not freed on this path}}
}
