/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Routines whose result tells whether the status that they wrote is a success. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
// RUN: %plugin_only %plugin_arg out=%t.db %plugin_arg skeleton=%t.skel %s
// RUN: sed "/^#/d" %t.skel | FileCheck %s
#include "kinds.h"

typedef struct _SECURITY_SUBJECT_CONTEXT SECURITY_SUBJECT_CONTEXT;

NTKERNELAPI BOOLEAN SeAccessCheck(PSECURITY_DESCRIPTOR Descriptor,
				  SECURITY_SUBJECT_CONTEXT *Subject, BOOLEAN Locked, ULONG Desired,
				  ULONG Previously, PVOID *Privileges, PVOID Mapping, CHAR Mode,
				  ULONG *Granted, NTSTATUS *Status);

struct node {
	PSECURITY_DESCRIPTOR Sd;
	NTSTATUS Last;
};

NTSTATUS use(PVOID Buffer);

#define CHECK(node, status)                                                                        \
	SeAccessCheck((node)->Sd, Subject, FALSE, 1, 0, NULL, NULL, 1, &granted, status)

// CHECK-LABEL: F denied_then_freed e
// CHECK: K [[R:v[0-9]+]] {{.*}}&[[S:v[0-9]+]]
// CHECK-NEXT: D [[R]] >= [[S]] #0
NTSTATUS denied_then_freed(struct node *n, SECURITY_SUBJECT_CONTEXT *Subject)
{
	NTSTATUS status = STATUS_SUCCESS;
	PVOID p = ExAllocatePool(PagedPool, 8);
	ULONG granted;

	if (!p)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (!CHECK(n, &status))
		goto end;
	status = use(p);
	ExFreePool(p);
	p = NULL;
end:
	if (!NT_SUCCESS(status) && p)
		ExFreePool(p);
	return status;
}

/* The result in a variable, the status in memory of the driver. */
NTSTATUS denied_in_a_field(struct node *n, SECURITY_SUBJECT_CONTEXT *Subject)
{
	PVOID p = ExAllocatePool(PagedPool, 8);
	BOOLEAN allowed;
	ULONG granted;

	if (!p)
		return STATUS_INSUFFICIENT_RESOURCES;
	allowed = CHECK(n, &n->Last);
	if (NT_SUCCESS(n->Last)) {
		ExFreePool(p);
		return STATUS_SUCCESS;
	}
	if (allowed == FALSE)
		ExFreePool(p);
	return n->Last;
}

NTSTATUS denied_leaks(struct node *n, SECURITY_SUBJECT_CONTEXT *Subject)
{
	NTSTATUS status = STATUS_SUCCESS;
	PVOID p = ExAllocatePool(PagedPool, 8);
	ULONG granted;

	if (!p)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (!CHECK(n, &status)) {
		if (NT_SUCCESS(status))
			ExFreePool(p);
		return status; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	}
	ExFreePool(p);
	return STATUS_SUCCESS;
}

/* Without a place for the status nothing is told. */
NTSTATUS unknown_status(struct node *n, SECURITY_SUBJECT_CONTEXT *Subject, NTSTATUS *Status)
{
	PVOID p = ExAllocatePool(PagedPool, 8);
	ULONG granted;

	if (!p)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (CHECK(n, Status))
		ExFreePool(p);
	else if (NT_SUCCESS(*Status))
		return STATUS_UNSUCCESSFUL;
	else
		ExFreePool(p);
	return STATUS_SUCCESS;
}
