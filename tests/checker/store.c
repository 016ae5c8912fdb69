/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Memory that outlives the function keeps it; locals do not. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

struct entry {
	LIST_ENTRY link;
	void *data;
};
struct extension {
	void *buffer;
	LIST_ENTRY list;
	PAGED_LOOKASIDE_LIST entries;
	UNICODE_STRING name;
};

void *g_slot;
static void *g_static;
static void *g_table[4];
LIST_ENTRY g_list;

/* Wrappers: the site is the call to them, the leak is their caller's. */
static void *allocate(SIZE_T size)
{
	void *p = ExAllocatePoolWithTag(PagedPool, size, 'tset');

	if (p)
		memset(p, 0, size);
	return p;
}

void *returned(void)
{
	return ExAllocatePool(PagedPool, 8);
}

int wrapper_leak(void)
{
	int *p = allocate(24);

	if (!p)
		return -1;
	return 0; // expected-warning{{leak: 'p' from allocate (tag test}}
}

int wrapper_freed(void)
{
	int *p = allocate(24);

	if (!p)
		return -1;
	ExFreePool(p);
	return 0;
}

void *wrapper_returned(void)
{
	return allocate(24);
}

void in_global(void)
{
	g_slot = ExAllocatePool(PagedPool, 8);
}

void in_static(void)
{
	g_static = ExAllocatePool(PagedPool, 8);
}

void in_table(int i)
{
	g_table[i] = ExAllocatePool(PagedPool, 8);
}

int in_out_parameter(void **out)
{
	void *p = ExAllocatePool(PagedPool, 8);

	*out = p;
	return p ? 0 : -1;
}

int not_in_out_parameter_leak(void **out, int refuse)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p || refuse)
		return -1; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	*out = p;
	return 0;
}

/* Who calls it with a local gets it there. */
int of_callee_freed(void)
{
	void *p;

	if (in_out_parameter(&p) < 0)
		return -1;
	ExFreePool(p);
	return 0;
}

void in_extension(PDEVICE_OBJECT device)
{
	struct extension *extension = device->DeviceExtension;

	extension->buffer = ExAllocatePool(PagedPool, 8);
}

NTSTATUS string_in_extension(PDEVICE_OBJECT device, const ANSI_STRING *from)
{
	struct extension *extension = device->DeviceExtension;

	return RtlAnsiStringToUnicodeString(&extension->name, from, TRUE);
}

void object_in_extension(PDEVICE_OBJECT device)
{
	struct extension *extension = device->DeviceExtension;

	ExInitializePagedLookasideList(&extension->entries, NULL, NULL, 0, 32, 'tset', 0);
}

int in_local_record_leak(void)
{
	struct entry e;

	e.data = ExAllocatePool(PagedPool, 8);
	return e.data ? 0 : -1; // expected-warning{{leak: 'e.data' from ExAllocatePool (8 bytes)}}
}

int in_local_record_freed(void)
{
	struct entry e;

	e.data = ExAllocatePool(PagedPool, 8);
	if (e.data)
		ExFreePool(e.data);
	return 0;
}

/* A block holds what its fields hold: both are kept, or both lost. */
int block_of_block_stored(void)
{
	struct entry *e = ExAllocatePool(PagedPool, sizeof(*e));

	if (!e)
		return -1;
	e->data = ExAllocatePool(PagedPool, 8);
	g_slot = e;
	return 0;
}

int inner_leak(void)
{
	struct entry *e = ExAllocatePool(PagedPool, sizeof(*e));

	if (!e)
		return -1;
	e->data = ExAllocatePool(PagedPool, 8);
	ExFreePool(e);
	return 0; // expected-warning{{leak: 'e->data' from ExAllocatePool (8 bytes)}}
}

int inner_freed(void)
{
	struct entry *e = ExAllocatePool(PagedPool, sizeof(*e));

	if (!e)
		return -1;
	e->data = ExAllocatePool(PagedPool, 8);
	if (e->data)
		ExFreePool(e->data);
	ExFreePool(e);
	return 0;
}

/* Lists. */
int on_global_list(void)
{
	struct entry *e = ExAllocatePool(PagedPool, sizeof(*e));

	if (!e)
		return -1;
	InsertTailList(&g_list, &e->link);
	return 0;
}

int on_extension_list(PDEVICE_OBJECT device)
{
	struct extension *extension = device->DeviceExtension;
	struct entry *e = ExAllocatePool(PagedPool, sizeof(*e));

	if (!e)
		return -1;
	InsertTailList(&extension->list, &e->link);
	return 0;
}

int on_local_list_leak(void)
{
	LIST_ENTRY head;
	struct entry *e = ExAllocatePool(PagedPool, 32);

	if (!e)
		return -1;
	InitializeListHead(&head);
	InsertTailList(&head, &e->link);
	return 0; // expected-warning{{leak: 'e' from ExAllocatePool (32 bytes)}}
}

int on_local_list_drained(void)
{
	LIST_ENTRY head;
	struct entry *e = ExAllocatePool(PagedPool, sizeof(*e));

	if (!e)
		return -1;
	InitializeListHead(&head);
	InsertTailList(&head, &e->link);
	while (!IsListEmpty(&head))
		ExFreePool(CONTAINING_RECORD(RemoveHeadList(&head), struct entry, link));
	return 0;
}

/* Exchanges. */
void exchanged(void)
{
	void *p = ExAllocatePool(PagedPool, 8), *old;

	if (!p)
		return;
	old = InterlockedExchangePointer(&g_slot, p);
	if (old)
		ExFreePool(old);
}

void exchanged_if_empty(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return;
	if (InterlockedCompareExchangePointer(&g_slot, p, NULL) != NULL)
		ExFreePool(p); // somebody was faster
}

void exchanged_if_empty_leak(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return;
	InterlockedCompareExchangePointer(&g_slot, p, NULL);
	return; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

/* Copies. */
void copied_to_caller(struct entry *out)
{
	struct entry e = {0};

	e.data = ExAllocatePool(PagedPool, 8);
	*out = e;
}

void copied_as_bytes(struct entry *out)
{
	struct entry e = {0};

	e.data = ExAllocatePool(PagedPool, 8);
	RtlCopyMemory(out, &e, sizeof(e));
}

void aliased_in_string_leak(void)
{
	UNICODE_STRING string;
	WCHAR *text = ExAllocatePool(PagedPool, 8);

	if (text)
		RtlInitUnicodeString(&string, text);
	return; // expected-warning{{leak: 'text' from ExAllocatePool (8 bytes)}}
}

void aliased_in_string_freed(void)
{
	UNICODE_STRING string;
	WCHAR *text = ExAllocatePool(PagedPool, 8);

	if (!text)
		return;
	RtlInitUnicodeString(&string, text);
	ExFreePool(string.Buffer);
}

/* Memory that reads as zero: what was not stored is not there. */
int zeroed_by_the_allocator(void)
{
	struct entry *e = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*e), 'tset');

	if (!e)
		return -1;
	if (e->data) // never
		return -1;
	ExFreePool(e);
	return 0;
}

int zeroed_by_memset(void)
{
	struct entry e;

	RtlZeroMemory(&e, sizeof(e));
	if (!e.data)
		e.data = ExAllocatePool(PagedPool, 8);
	if (!e.data)
		return -1;
	ExFreePool(e.data);
	return 0;
}

int not_zeroed_leak(void)
{
	struct entry *e = ExAllocatePoolWithTag(PagedPool, 24, 'tset');

	if (!e)
		return -1;
	if (e->data) // may hold anything
		return -1; // expected-warning{{leak: 'e' from ExAllocatePoolWithTag (tag test, 24 bytes)}}
	ExFreePool(e);
	return 0;
}

/* An index that the engine cannot compute: the place is anywhere. */
static void **g_buckets;
int hashed(HANDLE key)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	g_buckets[((ULONG_PTR)key >> 2) % 64] = p;
	return 0;
}

int hashed_data_leak(HANDLE key, int *table)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	table[((ULONG_PTR)key >> 2) % 64] = *p;
	return 0; // expected-warning{{leak: 'p' from ExAllocatePool (}}
}
