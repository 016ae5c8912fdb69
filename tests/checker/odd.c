/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* C that is rarely seen: it must be analysed, and nothing may crash. */
// RUN: %analyze -std=gnu11 %s
// RUN: %analyze -std=gnu89 %s
// RUN: %scan -std=gnu11 %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

int unknown(void *p);

int statement_expression_leak(void)
{
	int *p = ({ int *q = ExAllocatePool(PagedPool, 8); q; });

	return p ? 0 : -1; // expected-warning{{leak: }}
}

int statement_expression(void)
{
	int *p = ({ int *q = ExAllocatePool(PagedPool, 8); q; });

	if (p)
		ExFreePool(p);
	return 0;
}

int computed_goto_leak(int n)
{
	static const void *const to[] = {&&one, &&two};
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	goto *to[n & 1];
one:
	ExFreePool(p);
	return 1;
two:
	return 2; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

int vla_leak(int n)
{
	char *a[n];

	a[0] = ExAllocatePool(PagedPool, 8);
	return a[0] ? n : 0; // expected-warning{{leak: }}
}

int vla(int n)
{
	char a[n], *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	a[0] = 0;
	ExFreePool(p);
	return a[0];
}

int old_style(n, p) int n; char *p;
{
	char *q = ExAllocatePool(PagedPool, 8);

	if (!q)
		return -1;
	if (n)
		ExFreePool(q);
	return *p; // expected-warning{{leak: 'q' from ExAllocatePool (8 bytes)}}
}

int calls_old_style(int n)
{
	char c = 1;

	return old_style(n, &c);
}

int comma_and_conditional(int n)
{
	int *p;

	return (p = ExAllocatePool(PagedPool, 8), n) ? (p ? (ExFreePool(p), 1) : 2) : 3; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

int in_a_condition(void)
{
	int *p;

	if ((p = ExAllocatePool(PagedPool, 8)) == NULL)
		return -1;
	ExFreePool(p);
	return 0;
}

int compound_literal(void)
{
	struct pair {
		void *a, *b;
	} *pair = &(struct pair){ExAllocatePool(PagedPool, 8), NULL};

	if (pair->a)
		ExFreePool(pair->a);
	return 0;
}

int union_member(void)
{
	union {
		void *p;
		ULONG_PTR n;
	} u;

	u.p = ExAllocatePool(PagedPool, 8);
	if (u.n)
		ExFreePool(u.p);
	return 0;
}

int as_integer(void)
{
	ULONG_PTR n = (ULONG_PTR)ExAllocatePool(PagedPool, 8);

	if (n)
		ExFreePool((void *)n);
	return 0;
}

int recursive(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);
	int r;

	if (!p)
		return -1;
	r = n ? recursive(n - 1) : 0;
	ExFreePool(p);
	return r;
}

/* Fewer and more arguments than the table knows. */
PVOID IoAllocateErrorLogEntry();
int through_an_old_declaration(void)
{
	PVOID p = IoAllocateErrorLogEntry();

	return unknown(p);
}

int in_sizeof(void)
{
	return sizeof(ExAllocatePool(PagedPool, 8));
}

void no_body_of_note(void);
static int never_called(void)
{
	return 0;
}
