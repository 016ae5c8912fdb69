/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What one function held is forgotten before the next, which may hold nothing. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <kinds.h>

NTSTATUS start(int n);

void holds_nothing_first(PERESOURCE resource)
{
	KeStallExecutionProcessor(1);
}

NTSTATUS reference_leak(PFILE_OBJECT file, int n)
{
	NTSTATUS status;

	ObReferenceObject(file);
	status = start(n);
	if (!NT_SUCCESS(status))
		return status; // expected-warning{{leak: 'file' from ObfReferenceObject}}
	ObDereferenceObject(file);
	return STATUS_SUCCESS;
}

void holds_nothing(PERESOURCE resource)
{
	KeStallExecutionProcessor(1);
}

NTSTATUS again_given_back(PFILE_OBJECT file, int n)
{
	NTSTATUS status;

	ObReferenceObject(file);
	status = start(n);
	ObDereferenceObject(file);
	return status;
}

int owns_something(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	ExFreePool(p);
	return 0;
}
