/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A file with an error is a failed one: its facts hold the errors and no more. */
// RUN: not %scan %s
// RUN: %dump %t.db | FileCheck %s
// RUN: %scan -DWHOLE %s
// RUN: %dump %t.db meta site | FileCheck %s --check-prefix=WHOLE
#include <ntddk.h>

int leaks(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	return p ? 0 : -1;
}

#ifndef WHOLE
int broken(void)
{
	return undeclared_name;
}
#include "no such header.h"
#endif
// CHECK: meta: source | failed.c
// CHECK: meta: status | failed
// CHECK: function: end
// CHECK: call: end
// CHECK: role: end
// CHECK: site: end
// CHECK: outcome: end
// CHECK: path_leak: end
// CHECK: diagnostic: failed.c | [[@LINE-12]] | use of undeclared identifier 'undeclared_name'
// CHECK: diagnostic: failed.c | [[@LINE-11]] | 'no such header.h' file not found
// CHECK: diagnostic: end
// CHECK: schema
// WHOLE: meta: status | ok
// WHOLE: site: leaks | ExAllocatePool
