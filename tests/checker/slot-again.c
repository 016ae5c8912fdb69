/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A slot that a call may have changed is read again to release what is in it. */
// RUN: %scan %s
// RUN: %dump %t.db outcome | FileCheck %s
#include <kinds.h>

PVOID g_table;
NTSTATUS start(void);

NTSTATUS released(void)
{
	NTSTATUS status;

	g_table = ExAllocatePool(PagedPool, 64);
	if (!g_table)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = start();
	if (!NT_SUCCESS(status)) {
		ExFreePool(g_table);
		return status; // nothing is in g_table any more
	}
	return STATUS_SUCCESS;
}
// CHECK-DAG: outcome: released | failure | [[@LINE-4]] | -
// CHECK-DAG: outcome: released | success | [[@LINE-3]] | ExAllocatePool:14 in ::g_table
// CHECK-NOT: released | failure | {{.*}} in ::g_table

NTSTATUS kept(void)
{
	NTSTATUS status;

	g_table = ExAllocatePool(PagedPool, 64);
	if (!g_table)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = start();
	if (!NT_SUCCESS(status))
		return status;
	return STATUS_SUCCESS;
}
// CHECK: outcome: kept | failure | [[@LINE-3]] | ExAllocatePool:32 in ::g_table

struct volume {
	ERESOURCE Lock;
} *g_volume;

NTSTATUS object_released(void)
{
	NTSTATUS status;

	ExInitializeResourceLite(&g_volume->Lock);
	status = start();
	if (!NT_SUCCESS(status)) {
		ExDeleteResourceLite(&g_volume->Lock);
		return status;
	}
	return STATUS_SUCCESS;
}
// CHECK: outcome: object_released | failure | [[@LINE-4]] | -
// CHECK: outcome: object_released | success | [[@LINE-3]] | ExInitializeResourceLite:{{[0-9]+}} in volume.Lock
