/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a failed load leaves is not known where a loop that frees was not looked into. */
// RUN: %scan %s
// RUN: %dump %t.db outcome | FileCheck %s --check-prefix=FREED
// RUN: %scan -DOTHERS %s
// RUN: %dump %t.db outcome | FileCheck %s --check-prefix=OTHERS
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

// OTHERS: outcome: DriverEntry | failure | {{.*}} in row.cells
// FREED-NOT: outcome: DriverEntry | failure | {{.*}} in row.cells
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	if (!make_rows())
		return STATUS_INSUFFICIENT_RESOURCES;
	return STATUS_SUCCESS;
}
// FREED: outcome: end
