/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Leaks that leak62 scan reports on a line that is not the best one.  As in
 * known-gaps.c, the tests fail once that changes: then move them to flow.c.
 */
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

int unknown(void);

/* known gap: a goto that stands alone behind its condition is passed over. */
int goto_alone(void)
{
	int *p, *q;
	int status = -1;

	p = ExAllocatePool(PagedPool, 8);
	if (!p)
		return -1;
	q = ExAllocatePool(PagedPool, 16);
	if (!q)
		goto out; // here
	status = 0;
	ExFreePool(q);
	ExFreePool(p);
out:
	return status; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

/* known gap: what a callee left in the caller's local counts as lost in the callee. */
static int allocate(void **out)
{
	*out = ExAllocatePool(PagedPool, 8);
	return *out ? 0 : -1;
} // expected-warning{{leak: '*out' from ExAllocatePool (8 bytes)}}

int of_callee(void)
{
	void *p;

	if (allocate(&p) < 0)
		return -1;
	return 0; // here
}
