/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Paths: loops, jumps, calls that do not come back. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

int unknown(void);

int loop_overwrites_leak(int n)
{
	int *p = NULL;
	int i;

	for (i = 0; i < n; i++) {
		p = ExAllocatePool(PagedPool, 8); // expected-warning@+6{{leak: 'p' from ExAllocatePool (8 bytes)}}
		if (!p)
			return -1;
	}
	if (p)
		ExFreePool(p);
	return 0;
}

int loop_frees_before(int n)
{
	int *p = NULL;
	int i;

	for (i = 0; i < n; i++) {
		if (p)
			ExFreePool(p);
		p = ExAllocatePool(PagedPool, 8);
		if (!p)
			return -1;
	}
	if (p)
		ExFreePool(p);
	return 0;
}

int loop_body(int n)
{
	while (n--) {
		// The next round overwrites what the way out would lose.
		int *p = ExAllocatePool(PagedPool, 8); // expected-warning 0-1 {{leak: 'p' from ExAllocatePool (8 bytes)}}

		if (!p)
			continue;
		if (unknown())
			continue;
		ExFreePool(p);
	}
	return 0; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

int overwritten_leak(void)
{
	int *p = ExAllocatePool(PagedPool, 8);

	p = ExAllocatePool(PagedPool, 16); // expected-warning@+3{{leak: 'p' from ExAllocatePool (8 bytes)}}
	if (p)
		ExFreePool(p);
	return 0;
}

int moved(void)
{
	int *p = ExAllocatePool(PagedPool, 8), *q = p;

	p = NULL;
	if (q)
		ExFreePool(q);
	return 0;
}

int one_cleanup_label(void)
{
	int *p = NULL, *q = NULL;
	int status = -1;

	p = ExAllocatePool(PagedPool, 8);
	if (!p)
		goto out;
	q = ExAllocatePool(PagedPool, 16);
	if (!q)
		goto out;
	status = 0;
out:
	if (p)
		ExFreePool(p);
	if (q)
		ExFreePool(q);
	return status;
}

int wrong_label_leak(void)
{
	int *p, *q;
	int status = -1;

	p = ExAllocatePool(PagedPool, 8);
	if (!p)
		return -1;
	q = ExAllocatePool(PagedPool, 16);
	if (!q) {
		status = unknown();
		goto out; // expected-warning@+6{{leak: 'p' from ExAllocatePool (8 bytes)}}
	}
	status = 0;
	ExFreePool(q);
	ExFreePool(p);
out:
	return status;
}

int case_leak(int code)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	switch (code) {
	case 1:
		ExFreePool(p);
		return 0;
	case 2:
		return 0; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	default:
		ExFreePool(p);
	}
	return 0;
}

int every_case(int code)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	switch (code) {
	case 1:
	case 2:
		break;
	default:
		ExFreePool(p);
		return -1;
	}
	ExFreePool(p);
	return 0;
}

/* Where the machine stops nothing leaks. */
int bug_check(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	if (n > 4)
		KeBugCheckEx(0xE2, 0, 0, 0, 0);
	ExFreePool(p);
	return 0;
}

static void stop(int code)
{
	KeBugCheckEx(code, 0, 0, 0, 0);
}

int bug_check_in_callee(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	if (n > 4)
		stop(n);
	ExFreePool(p);
	return 0;
}

/* A flag that goes along with the pointer. */
int with_a_flag(int wanted)
{
	int *p = NULL;
	int have = 0;

	if (wanted) {
		p = ExAllocatePool(PagedPool, 8);
		if (!p)
			return -1;
		have = 1;
	}
	unknown();
	if (have)
		ExFreePool(p);
	return 0;
}

int with_the_wrong_flag_leak(int wanted, int other)
{
	int *p = NULL;

	if (wanted) {
		p = ExAllocatePool(PagedPool, 8);
		if (!p)
			return -1;
	}
	if (other)
		ExFreePool(p);
	return 0; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

/* In the callee's own frame. */
static int callee_leak(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p || n > 4)
		return -1; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	ExFreePool(p);
	return 0;
}

int calls_it(int n)
{
	return callee_leak(n) + callee_leak(n + 1);
}

/* One report for each allocation, however many paths lose it. */
int one_report(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (n == 1)
		return 1; // expected-warning 0-1 {{leak: 'p' from ExAllocatePool (8 bytes)}}
	if (n == 2)
		return 2; // expected-warning 0-1 {{leak: 'p' from ExAllocatePool (8 bytes)}}
	return 3; // expected-warning 0-1 {{leak: 'p' from ExAllocatePool (8 bytes)}}
}

int two_sites(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);
	int *q = ExAllocatePool(PagedPool, 16);

	return n; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}} expected-warning{{leak: 'q' from ExAllocatePool (16 bytes)}}
}

/* A count that is known: who gives back the only reference decides. */
struct counted {
	LONG refs;
	void *data;
};

static void drop_counted(struct counted *c)
{
	InterlockedDecrement(&c->refs);
}

static void put_counted(struct counted *c)
{
	if (InterlockedDecrement(&c->refs) > 0)
		return;
	if (c->data)
		ExFreePool(c->data);
	ExFreePool(c);
}

int counted_forgotten(struct counted **out)
{
	struct counted *c = ExAllocatePool(PagedPool, 104);

	if (!c)
		return -1;
	c->refs = 1;
	c->data = ExAllocatePool(PagedPool, 8);
	if (!c->data) {
		drop_counted(c);
		return -1; // expected-warning{{leak: 'c' from ExAllocatePool (104 bytes)}}
	}
	*out = c;
	return 0;
}

int counted_freed(struct counted **out)
{
	struct counted *c = ExAllocatePool(PagedPool, 104);

	if (!c)
		return -1;
	c->refs = 1;
	c->data = ExAllocatePool(PagedPool, 8);
	if (!c->data) {
		put_counted(c);
		return -1;
	}
	*out = c;
	return 0;
}
