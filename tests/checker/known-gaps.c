/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the checker is known not to see, or not to place well.  The tests say what
 * it does now, and fail once a gap is closed: then move the function to the file
 * of its subject with the expectation that it deserves.
 */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
// expected-no-diagnostics
#include <ntddk.h>

int unknown(void);

/* known gap: a local array with an index that is not known forgets what it holds. */
void *unknown_index(int i)
{
	void *table[4] = {0};

	table[i & 3] = ExAllocatePool(PagedPool, 8); // lost at the return
	return NULL;
}

/* known gap: an MDL whose IRP may or may not be NULL is taken for a chained one. */
int mdl_perhaps_chained(void *buffer, PIRP irp)
{
	return IoAllocateMdl(buffer, 32, FALSE, FALSE, irp) ? 0 : -1;
}

/* known gap: the same for a string that perhaps allocates. */
NTSTATUS string_perhaps_allocated(const ANSI_STRING *from, BOOLEAN allocate)
{
	UNICODE_STRING to = {0};

	return RtlAnsiStringToUnicodeString(&to, from, allocate);
}

/* known gap: a routine of the driver elsewhere may do anything, also only look. */
int looks(void *p);
int looked_at_elsewhere(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	return p ? looks(p) : -1;
}

/* known gap: an exception from a callee is raised before it has done anything. */
static int *allocates_then_raises(void *user)
{
	int *p = ExAllocatePool(PagedPool, 8);

	ProbeForRead(user, 8, 1);
	return p;
}

int lost_in_a_callee(void *user)
{
	int *p = NULL;

	__try {
		p = allocates_then_raises(user);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2;
	}
	if (p)
		ExFreePool(p);
	return 0;
}

/* known gap: a filter that is not a constant is taken to choose its handler. */
static int filter(unsigned long code)
{
	return code == 0xC0000005 ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH;
}

int filter_may_pass_on(void *user)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		ProbeForRead(user, 8, 1);
	} __except (filter(GetExceptionCode())) {
		ExFreePool(p);
		return -2;
	}
	ExFreePool(p);
	return 0;
}

/* known gap: the entries of a list that is longer than the engine follows a loop. */
int loop_of_many(void)
{
	void *table[64] = {0};
	int i;

	for (i = 0; i < 64; i++)
		table[i] = ExAllocatePool(PagedPool, 8);
	for (i = 0; i < 63; i++)
		if (table[i])
			ExFreePool(table[i]);
	return 0; // the last one
}

