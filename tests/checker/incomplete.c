/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Silence must not look like health: a function that was not explored wholly says so. */
// RUN: %scan %s
// RUN: %dump %t.db function | FileCheck %s
// RUN: %scan -Xclang -analyzer-config -Xclang max-nodes=40 %s
// RUN: %dump %t.db function | FileCheck %s --check-prefix=BUDGET
#include <ntddk.h>

int plain(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	ExFreePool(p);
	return 0;
}
// CHECK: function: plain | {{[0-9]+}} | {{[0-9]+}} | 1 | NULL

// No way out is no loss.
int forever(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	for (;;)
		KeStallExecutionProcessor(1);
}
// CHECK-NEXT: function: forever | {{[0-9]+}} | {{[0-9]+}} | 1 | NULL

int many_paths(int n)
{
	void *p = ExAllocatePool(PagedPool, 8);
	int a = 0;

	if (n == 1)
		a++;
	if (n == 2)
		a++;
	if (n == 3)
		a++;
	if (n == 4)
		a++;
	ExFreePool(p);
	return a;
}
// CHECK-NEXT:  function: many_paths | {{[0-9]+}} | {{[0-9]+}} | 1 | NULL
// BUDGET:      function: many_paths | {{[0-9]+}} | {{[0-9]+}} | 1 | the node budget ran out

int long_loop(void **t)
{
	void *p;
	int i;

	for (i = 0; i < 1000; i++)
		t[i] = ExAllocatePool(PagedPool, 8);
	p = ExAllocatePool(PagedPool, 8);
	if (p)
		ExFreePool(p);
	return 0;
}
// CHECK-NEXT: function: long_loop | {{[0-9]+}} | {{[0-9]+}} | 1 | no path got past a loop

int nothing_to_acquire(int n)
{
	return n;
}
// CHECK-NEXT: function: nothing_to_acquire | {{[0-9]+}} | {{[0-9]+}} | 0 | NULL
// CHECK-NEXT: function: end
