/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Arrays that loops fill and free, and pointers that loops fill again. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

#define STATUS_BUFFER_OVERFLOW ((NTSTATUS)0x80000005L)

int array_leak(int n)
{
	void *t[16];
	int i;

	for (i = 0; i < n; i++) {
		t[i] = ExAllocatePool(PagedPool, 8);
		if (!t[i])
			return -1; // expected-warning{{leak: 't[i]' from ExAllocatePool (8 bytes)}}
	}
	for (i = 0; i < n; i++)
		ExFreePool(t[i]);
	return 0;
}

int array_freed(int n)
{
	void *t[16];
	int i, j;

	for (i = 0; i < n; i++) {
		t[i] = ExAllocatePool(PagedPool, 8);
		if (!t[i]) {
			for (j = 0; j < i; j++)
				ExFreePool(t[j]);
			return -1;
		}
	}
	for (i = 0; i < n; i++)
		ExFreePool(t[i]);
	return 0;
}

int array_in_a_block_leak(int n)
{
	void **t = ExAllocatePool(PagedPool, n * sizeof(*t));
	int i;

	if (!t)
		return -1;
	RtlZeroMemory(t, n * sizeof(*t));
	for (i = 0; i < n; i++) {
		t[i] = ExAllocatePool(PagedPool, 8);
		if (!t[i])
			goto end; // expected-warning@+7{{leak: 't[i]' from ExAllocatePool (8 bytes)}}
	}
	for (i = 0; i < n; i++)
		if (t[i])
			ExFreePool(t[i]);
end:
	ExFreePool(t);
	return 0;
}

int array_in_a_block_freed(int n)
{
	void **t = ExAllocatePool(PagedPool, n * sizeof(*t));
	int i;

	if (!t)
		return -1;
	RtlZeroMemory(t, n * sizeof(*t));
	for (i = 0; i < n; i++) {
		t[i] = ExAllocatePool(PagedPool, 8);
		if (!t[i])
			goto end;
	}
end:
	for (i = 0; i < n; i++)
		if (t[i])
			ExFreePool(t[i]);
	ExFreePool(t);
	return 0;
}

/* Grow and try again. */
NTSTATUS grown_leak(HANDLE key, PUNICODE_STRING name)
{
	ULONG size = 64, need;
	NTSTATUS status;
	void *p;

	do {
		size *= 2;
		p = ExAllocatePool(PagedPool, size); // expected-warning@+2{{leak: 'p' from ExAllocatePool}}
		if (!p)
			return STATUS_INSUFFICIENT_RESOURCES;
		status = ZwQueryValueKey(key, name, 0, p, size, &need);
	} while (status == STATUS_BUFFER_OVERFLOW);
	ExFreePool(p);
	return status;
}

NTSTATUS grown_freed(HANDLE key, PUNICODE_STRING name)
{
	ULONG size = 64, need;
	NTSTATUS status;
	void *p = NULL;

	do {
		if (p)
			ExFreePool(p);
		size *= 2;
		p = ExAllocatePool(PagedPool, size);
		if (!p)
			return STATUS_INSUFFICIENT_RESOURCES;
		status = ZwQueryValueKey(key, name, 0, p, size, &need);
	} while (status == STATUS_BUFFER_OVERFLOW);
	ExFreePool(p);
	return status;
}

/* A bound that a call may have changed says nothing of what was freed. */
struct table {
	int n;
	void **slots;
};
void unknown_to(struct table *t);

int bound_in_memory(struct table *t)
{
	void *p[16] = {0};
	int i;

	for (i = 0; i < t->n; i++)
		p[i] = ExAllocatePool(PagedPool, 8);
	unknown_to(t);
	for (i = 0; i < t->n; i++)
		if (p[i])
			ExFreePool(p[i]);
	return 0;
}

int bound_in_memory_leak(struct table *t)
{
	void *p[16] = {0};
	int i;

	for (i = 0; i < t->n; i++)
		p[i] = ExAllocatePool(PagedPool, 8);
	unknown_to(t);
	if (t->slots)
		return -1; // expected-warning{{leak: 'p[i]' from ExAllocatePool (8 bytes)}}
	for (i = 0; i < t->n; i++)
		if (p[i])
			ExFreePool(p[i]);
	return 0;
}

/* More rounds than the engine follows. */
int long_copy_leak(const char *from, ULONG n)
{
	char *p;
	ULONG i;

	if (n < 32)
		return 0;
	p = ExAllocatePool(PagedPool, n);
	if (!p)
		return -1;
	for (i = 0; i < n; i++)
		p[i] = from[i];
	if (p[0] == 0)
		return -2; // expected-warning{{leak: 'p' from ExAllocatePool}}
	ExFreePool(p);
	return 0;
}

int long_copy_freed(const char *from)
{
	char *p = ExAllocatePool(PagedPool, 1000);
	int i;

	if (!p)
		return -1;
	for (i = 0; i < 1000; i++)
		p[i] = from[i];
	if (i < 1000)
		return -2; // never
	if (p[0] == 0) {
		ExFreePool(p);
		return -3;
	}
	ExFreePool(p);
	return 0;
}

int counted_leak(const char *text)
{
	void *p = ExAllocatePool(PagedPool, 8);
	int n = 0;

	if (!p)
		return -1;
	while (n < 100 && text[n] != ' ')
		n++;
	if (n > 30)
		return -2; // expected-warning{{leak: 'p' from ExAllocatePool}}
	ExFreePool(p);
	return 0;
}

/* The round that leaves the loop frees, the others do nothing. */
int found_in_a_long_loop_leak(const char *text, ULONG n)
{
	char *p;
	ULONG i;

	if (n < 32)
		return 0;
	p = ExAllocatePool(PagedPool, n);
	if (!p)
		return -1;
	for (i = 0; i + 2 <= n; i++) {
		if (text[i] == text[i + 1]) {
			ExFreePool(p);
			return 1;
		}
	}
	return 0; // expected-warning{{leak: 'p' from ExAllocatePool}}
}

/* Rounds that free are not left out. */
int freed_downwards(void)
{
	void *t[8] = {0};
	int i;

	for (i = 0; i < 8; i++) {
		t[i] = ExAllocatePool(PagedPool, 8);
		if (!t[i])
			break;
	}
	while (i > 0) {
		i--;
		ExFreePool(t[i]);
	}
	return 0;
}

/* The first element is left out: it is lost by all ways to the end. */
int freed_from_one_leak(void)
{
	void *t[4] = {0};
	int i, status = 0;

	for (i = 0; i < 4; i++) {
		t[i] = ExAllocatePool(PagedPool, 8);
		if (!t[i]) {
			status = -1;
			goto end;
		}
	}
end:
	for (i = 1; i < 4; i++)
		ExFreePool(t[i]);
	return status; // expected-warning{{leak: 't[i]' from ExAllocatePool}}
}

int filled_and_freed_from_one(void)
{
	void *t[4] = {0};
	int i;

	for (i = 1; i < 4; i++)
		t[i] = ExAllocatePool(PagedPool, 8);
	for (i = 1; i < 4; i++)
		ExFreePool(t[i]);
	return 0;
}

int freed_from_one_and_the_first(int n)
{
	void *t[16];
	int i, filled;

	if (n > 16)
		return -1;
	for (filled = 0; filled < n; filled++) {
		t[filled] = ExAllocatePool(PagedPool, 8);
		if (!t[filled])
			break;
	}
	for (i = 1; i < filled; i++)
		ExFreePool(t[i]);
	if (filled > 0)
		ExFreePool(t[0]);
	return 0;
}

int freed_down_to_one_leak(int n)
{
	void *t[16];
	int i;

	if (n > 16)
		return -1;
	for (i = 0; i < n; i++) {
		t[i] = ExAllocatePool(PagedPool, 8);
		if (!t[i])
			break;
	}
	while (--i > 0)
		ExFreePool(t[i]);
	return 0; // expected-warning{{leak: 't[i]' from ExAllocatePool}}
}

int freed_down_to_the_first(int n)
{
	void *t[16];
	int i, j;

	if (n > 16)
		return -1;
	for (i = 0; i < n; i++) {
		t[i] = ExAllocatePool(PagedPool, 8);
		if (!t[i])
			break;
	}
	for (j = i; j > 0; j--)
		ExFreePool(t[j - 1]);
	return 0;
}

struct stripe {
	void *data;
	void *more;
};

/* A pointer to the element stands for it. */
int through_a_pointer(struct stripe *t, int *want, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		struct stripe *s = &t[i];

		if (want[i])
			s->data = ExAllocatePool(PagedPool, 8);
	}
	for (i = 0; i < n; i++)
		if (t[i].data)
			ExFreePool(t[i].data);
	ExFreePool(t);
	return 0;
}

int through_a_pointer_set_later(struct stripe *t, int *want, int n)
{
	struct stripe *s;
	int i;

	for (i = 0; i < n; i++) {
		if (want[i])
			t[i].data = ExAllocatePool(PagedPool, 8);
	}
	for (i = 0; i < n; i++) {
		s = &t[i];
		if (s->data)
			ExFreePool(s->data);
	}
	ExFreePool(t);
	return 0;
}

int another_field_is_freed(int n)
{
	struct stripe *t = ExAllocatePool(PagedPool, 3 * sizeof(*t));
	int i;

	if (!t)
		return -1;
	for (i = 0; i < 3; i++) {
		struct stripe *s = &t[i];

		s->more = ExAllocatePool(PagedPool, 16);
		s->data = ExAllocatePool(PagedPool, 8);
	}
	for (i = 0; i < 3; i++)
		if (t[i].data)
			ExFreePool(t[i].data);
	ExFreePool(t);
	return 0; // expected-warning{{leak: 's->more' from ExAllocatePool (16 bytes)}}
}

int search_or_free(void *p[16])
{
	void *t = ExAllocatePool(PagedPool, 8);
	unsigned i;

	if (!t)
		return -1;
	for (i = 0; i < 16; i++) {
		if (!p[i]) {
			p[i] = t;
			break;
		}
	}
	if (i == 16)
		ExFreePool(t);
	return 0;
}

int search_backwards(void **p, int n)
{
	void *t = ExAllocatePool(PagedPool, 8);
	int i;

	if (!t)
		return -1;
	for (i = 20; i > 0; i--) {
		if (!p[i]) {
			p[i] = t;
			break;
		}
	}
	if (i == 0)
		ExFreePool(t);
	return 0;
}

int search_and_forget(void **p, unsigned n)
{
	void *t = ExAllocatePool(PagedPool, 16);
	unsigned i;

	if (!t)
		return -1;
	for (i = 0; i < 16; i++) {
		if (!p[i]) {
			p[i] = t;
			break;
		}
	}
	if (i == 15)
		ExFreePool(t);
	return 0; // expected-warning{{leak: 't' from ExAllocatePool (16 bytes)}}
}

/* Two steps in one round come past the limit. */
int search_in_pairs(void **p, unsigned n)
{
	void *t = ExAllocatePool(PagedPool, 24);
	unsigned i, full = 0;

	if (!t)
		return -1;
	for (i = 0; i < n; i++) {
		i++;
		full += p[i] != NULL;
	}
	if (i == n)
		ExFreePool(t);
	return 0; // expected-warning{{leak: 't' from ExAllocatePool (24 bytes)}}
}
