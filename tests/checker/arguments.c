/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What is wrong with the plugin's arguments is said, and nothing is written. */
// RUN: rm -rf %t.db
// RUN: not %plugin_only %s 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not %plugin_only %plugin_arg speed=11 %plugin_arg out=%t.db %s 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not %plugin_only %plugin_arg out=%t.none/x.db %s 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: test ! -e %t.db
//
// An old file is replaced whole, and nothing but it is left.
// RUN: rm -rf %t.dir && mkdir %t.dir
// RUN: echo "not a database" > %t.dir/x.db
// RUN: %plugin_only %plugin_arg out=%t.dir/x.db %s
// RUN: %dump %t.dir/x.db site | FileCheck %s --check-prefix=WRITTEN
// RUN: ls -A %t.dir | FileCheck %s --check-prefix=ALONE
//
// The same source gives the same file.
// RUN: %plugin_only %plugin_arg out=%t.dir/y.db %s
// RUN: cmp %t.dir/x.db %t.dir/y.db
#include <ntddk.h>

int f(void)
{
	return ExAllocatePool(PagedPool, 8) ? 0 : -1;
}
// NONE: error: leak62: say where the facts go: -plugin-arg-leak62 out=FILE
// UNKNOWN: error: leak62: unknown argument 'speed=11'
// FOLDER: error: leak62: cannot write facts to {{.*}}x.db: unable to open database file
// WRITTEN: site: f | ExAllocatePool
// ALONE-NOT: {{[^x]}}.db
// ALONE: x.db
// ALONE-NOT: {{.}}
