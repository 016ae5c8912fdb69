/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The checker's name, its text output, and the company of clang's own checkers. */
// RUN: %cc1 -load %plugin -analyzer-checker-help | FileCheck %s --check-prefix=HELP
// RUN: %cc1 -load %plugin -analyze -setup-static-analyzer -analyzer-checker=leak62.Leak \
// RUN:   -analyzer-output=text %s 2>&1 | FileCheck %s
// RUN: %cc1 -load %plugin -analyze -setup-static-analyzer -analyzer-checker=core,unix,deadcode,leak62 \
// RUN:   -analyzer-output=text %s 2>&1 | FileCheck %s
// RUN: %cc1 -load %plugin -analyze -setup-static-analyzer -analyzer-checker=core %s 2>&1 | count 0
#include <ntddk.h>

// HELP: leak62.Hold{{ +}}Find references, locks and names that are not given back
// HELP: leak62.Leak{{ +}}Find kernel memory and objects that a driver leaves behind

int f(int n)
{
	int *p = ExAllocatePoolWithTag(PagedPool, 64, 'tset');

	if (!p)
		return -1;
	if (n > 4)
		return -1;
	ExFreePool(p);
	return 0;
}
// CHECK:      checker.c:[[@LINE-4]]:3: warning: leak: 'p' from ExAllocatePoolWithTag (tag test, 64 bytes) is not freed on this path [leak62.Leak]
// CHECK:      checker.c:[[@LINE-10]]:11: note: ExAllocatePoolWithTag allocates 64 bytes of pool (tag test)
// CHECK:      checker.c:[[@LINE-9]]:6: note: Assuming 'p' is non-null
// CHECK:      checker.c:[[@LINE-8]]:6: note: Assuming 'n' is > 4
// CHECK:      checker.c:[[@LINE-8]]:3: note: leak: 'p' from
// CHECK:      1 warning generated.
