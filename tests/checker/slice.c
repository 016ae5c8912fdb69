/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What decides nothing costs no paths, and what does is not passed over. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
// RUN: %dump %t.db function | FileCheck %s
// CHECK-NOT: budget
// CHECK-NOT: past a loop
#include <ntddk.h>

int unknown(void);
void report(const char *function, const char *format, ...);
int tidy(const char *format, void *first, ...);

struct header {
	int kind, length, flags;
	unsigned char digest[16];
};

static char digit(unsigned char n)
{
	if (n < 10)
		return '0' + n;
	return 'a' + n - 10;
}

/* Sixteen rounds with two branches each, before what matters. */
int text_before_leak(const struct header *h, char *text)
{
	int i, at = 0;
	int *p;

	for (i = 0; i < 16; i++) {
		text[at] = digit(h->digest[i] >> 4);
		text[at + 1] = digit(h->digest[i] & 15);
		at += 2;
		if (i == 3 || i == 5)
			text[at++] = '-';
	}
	p = ExAllocatePool(PagedPool, 8);
	if (!p)
		return -1;
	return 0; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

int text_before_free(const struct header *h, char *text)
{
	int i, at = 0;
	int *p;

	for (i = 0; i < 16; i++) {
		text[at] = digit(h->digest[i] >> 4);
		text[at + 1] = digit(h->digest[i] & 15);
		at += 2;
		if (i == 3 || i == 5)
			text[at++] = '-';
	}
	p = ExAllocatePool(PagedPool, 8);
	if (!p)
		return -1;
	ExFreePool(p);
	return 0;
}

/* Longer than the engine follows a loop. */
int long_loop_leak(int *t)
{
	int *p = ExAllocatePool(PagedPool, 8);
	int i;

	if (!p)
		return -1;
	for (i = 0; i < 1000; i++)
		t[i] = 0;
	return 0; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

int long_loop_freed(int *t)
{
	int *p = ExAllocatePool(PagedPool, 8);
	int i;

	if (!p)
		return -1;
	for (i = 0; i < 1000; i++)
		t[i] = 0;
	ExFreePool(p);
	return 0;
}

/* A message does not take what it names. */
int message_leak(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);

	report(__func__, "%p of %d\n", p, n);
	if (n > 4)
		report(__func__, "many\n");
	return p ? 0 : -1; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

int message_freed(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);

	report(__func__, "%p of %d\n", p, n);
	if (p)
		ExFreePool(p);
	return 0;
}

/* One whose format comes first may be anything. */
int no_message(int n)
{
	return tidy("d", ExAllocatePool(PagedPool, 8), n);
}

/* The bookkeeping that decides is followed: in a local, a field, a callee. */
int flag_in_a_loop(struct header *h, int n)
{
	int *p = NULL;
	int i, have = 0;

	for (i = 0; i < n; i++)
		if (h->kind == i)
			have = 1;
	if (have)
		p = ExAllocatePool(PagedPool, 8);
	if (have && p)
		ExFreePool(p);
	return 0;
}

int flag_in_a_field(struct header *h, int n)
{
	int *p = NULL;

	h->flags = 0;
	if (n > 4)
		h->flags = 1;
	if (h->flags) {
		p = ExAllocatePool(PagedPool, 8);
		if (!p)
			return -1;
	}
	if (h->flags)
		ExFreePool(p);
	return 0;
}

static int wanted(const struct header *h)
{
	if (h->kind == 4)
		return h->length > 16;
	return 0;
}

int flag_from_a_callee(const struct header *h)
{
	int *p = NULL;

	if (wanted(h)) {
		p = ExAllocatePool(PagedPool, 8);
		if (!p)
			return -1;
	}
	if (wanted(h))
		ExFreePool(p);
	return 0;
}

static void through(int *out, int n)
{
	if (n > 4)
		*out = 1;
}

int flag_through_a_pointer(int n)
{
	int *p = NULL;
	int have = 0;

	through(&have, n);
	if (have) {
		p = ExAllocatePool(PagedPool, 8);
		if (!p)
			return -1;
	}
	if (have)
		ExFreePool(p);
	return 0;
}

/* Assembly beside them hides no call. */
static void consume(int *p)
{
	__asm__ volatile("");
	ExFreePool(p);
}

int freed_beside_assembly(void)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (p)
		consume(p);
	return 0;
}

/* Many questions that are answered alike before one that is not. */
int after_many_questions_leak(const struct header *h, int *t)
{
	int *p, a = 0;

	if (h->digest[0])
		a += unknown();
	if (h->digest[1])
		a += unknown();
	if (h->digest[2])
		a += unknown();
	if (h->digest[3])
		a += unknown();
	if (h->digest[4])
		a += unknown();
	if (h->digest[5])
		a += unknown();
	if (h->digest[6])
		a += unknown();
	if (h->digest[7])
		a += unknown();
	if (a < 0)
		return -1;
	p = ExAllocatePool(PagedPool, 8);
	if (!p)
		return -1;
	if (h->kind == 4)
		return 0; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	ExFreePool(p);
	return 0;
}
