/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A structure that is copied takes each of its fields to the same field. */
// RUN: %scan %s
// RUN: %dump %t.db store | FileCheck %s
#include <ntddk.h>

struct record {
	int n;
	ANSI_STRING name;
	void *data;
	int last;
};

static ANSI_STRING g_name;
struct record g_record;

int moves_a_string(void)
{
	ANSI_STRING copy = {0};

	copy.Buffer = ExAllocatePool(PagedPool, 8);
	if (!copy.Buffer)
		return -1;
	g_name = copy;
	// CHECK: store: ExAllocatePool:[[@LINE-4]] | ::copied.c:g_name.Buffer | [[@LINE-1]]
	return 0;
}

int moves_two(void)
{
	struct record copy = {0};

	copy.name.Buffer = ExAllocatePool(PagedPool, 8);
	copy.data = ExAllocatePool(PagedPool, 16);
	g_record = copy;
	// CHECK-NEXT: store: ExAllocatePool:[[@LINE-2]] | record.data | [[@LINE-1]]
	// CHECK-NEXT: store: ExAllocatePool:[[@LINE-4]] | record.name.Buffer | [[@LINE-2]]
	return 0;
}
// CHECK-NEXT: store: end
