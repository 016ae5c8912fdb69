/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a failed load leaves is not known where a loop that frees was not looked into. */
// RUN: %scan %s
// RUN: %dump %t.db outcome path_leak | FileCheck %s --check-prefix=FREED
// RUN: %scan -DOTHERS %s
// RUN: %dump %t.db outcome path_leak | FileCheck %s --check-prefix=OTHERS
#include <ntddk.h>

#define COUNT 24

struct row {
	void *cells;
};
struct other {
	void *cells;
};

static struct row rows[COUNT];
static struct other others[COUNT];
static PDEVICE_OBJECT device;
static PAGED_LOOKASIDE_LIST pool;

static void free_rows(void)
{
	int i;

	for (i = 0; i < COUNT; i++) {
#ifdef OTHERS
		ExFreePool(others[i].cells);
#else
		if (!rows[i].cells)
			continue;
		ExFreePool(rows[i].cells);
		rows[i].cells = NULL;
#endif
	}
#ifndef OTHERS
	if (device)
		IoDeleteDevice(device);
	ExDeletePagedLookasideList(&pool);
#endif
}

static int make_rows(void)
{
	int i;

	for (i = 0; i < COUNT; i++) {
		rows[i].cells = ExAllocatePool(PagedPool, 8);
		if (!rows[i].cells) {
			free_rows();
			return 0;
		}
	}
	return 1;
}

// OTHERS: outcome: DriverEntry | failure | {{.*}} in row.cells, {{.*}}:pool
// OTHERS: path_leak: DriverEntry | IoCreateDevice:67
// FREED-NOT: outcome: DriverEntry | failure | {{.*}} in row.cells
// FREED-NOT: outcome: DriverEntry | failure | {{.*}}:pool
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	NTSTATUS status;

	ExInitializePagedLookasideList(&pool, NULL, NULL, 0, 64, 'looP', 0);
	status = IoCreateDevice(driver, 0, NULL, 0, 0, 0, &device);
	if (!NT_SUCCESS(status)) {
		device = NULL;
		goto fail;
	}
	status = STATUS_INSUFFICIENT_RESOURCES;
	if (!make_rows())
		goto fail;
	return STATUS_SUCCESS;

fail:
	free_rows();
	return status;
}
// FREED: outcome: end
// FREED-NEXT: path_leak: end
