/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Routines of the system write to structures and leave what those own. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

struct names {
	int count;
	UNICODE_STRING first;
};

NTKERNELAPI NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING To, const WCHAR *From);

int freed_after_append(void)
{
	UNICODE_STRING name;

	RtlInitUnicodeString(&name, 0);
	name.Buffer = ExAllocatePool(PagedPool, 16);
	if (!name.Buffer)
		return -1;
	RtlAppendUnicodeToString(&name, 0);
	ExFreePool(name.Buffer);
	return 0;
}

int nested_freed(void)
{
	struct names names;

	names.first.Buffer = ExAllocatePool(PagedPool, 16);
	if (!names.first.Buffer)
		return -1;
	RtlAppendUnicodeToString(&names.first, 0);
	ExFreePool(names.first.Buffer);
	return 0;
}

int lost_after_append(int why)
{
	UNICODE_STRING name;

	name.Buffer = ExAllocatePool(PagedPool, 16);
	if (!name.Buffer)
		return -1;
	RtlAppendUnicodeToString(&name, 0);
	if (why)
		return -1; // expected-warning{{leak: 'name.Buffer' from ExAllocatePool (16 bytes)}}
	ExFreePool(name.Buffer);
	return 0;
}
