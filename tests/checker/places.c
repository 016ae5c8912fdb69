/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Ways to a slot that are not its name: tables of addresses, copies of heads and strings,
 * entries that change lists, variable arguments. */
// RUN: %scan %s
// RUN: %dump %t.db release | FileCheck %s --check-prefix=RELEASE
// RUN: %dump %t.db alias | FileCheck %s --check-prefix=ALIAS
// RUN: %dump %t.db call_arg | FileCheck %s --check-prefix=ARG
#include <ntddk.h>

typedef struct _EXT {
	void *A;
	void *B;
	void *C;
	UNICODE_STRING Name;
	LIST_ENTRY First;
	LIST_ENTRY Second;
	struct _ITEM *Current;
} EXT;
typedef struct _ITEM {
	LIST_ENTRY Link;
	void *Data;
} ITEM;

static void *g_One, *g_Two, *g_Three;
static void **const Table[] = {&g_One, &g_Two};

// RELEASE: release: by_address | ExFreePool | POOL | ::places.c:g_One | [[@LINE+4]]
void by_address(int i)
{
	// RELEASE-NOT: release: by_address {{.*}}g_Three
	ExFreePool(*Table[i]);
	// RELEASE: release: by_address | ExFreePool | POOL | ::places.c:g_Two | [[@LINE-1]]
}

void by_local_table(EXT *e)
{
	void **slots[2] = {&e->A};
	int i;

	slots[1] = &e->B;
	// RELEASE-NOT: release: by_local_table {{.*}}EXT.C
	// RELEASE: release: by_local_table | ExFreePool | POOL | EXT.A | [[@LINE+3]]
	// RELEASE: release: by_local_table | ExFreePool | POOL | EXT.B | [[@LINE+2]]
	for (i = 0; i < 2; i++)
		ExFreePool(*slots[i]);
}

// Of the rows of a table each field by itself; also through a pointer to a row.
struct row {
	void **Where;
	void **Not;
};
void by_row(EXT *e)
{
	struct row rows[] = {{&e->A, &e->C}, {&e->B, &e->C}}, *r;

	// RELEASE-NOT: release: by_row {{.*}}EXT.C
	// RELEASE: release: by_row | ExFreePool | POOL | EXT.A | [[@LINE+4]]
	// RELEASE: release: by_row | ExFreePool | POOL | EXT.B | [[@LINE+3]]
	// RELEASE-NOT: release: by_row {{.*}}EXT.C
	for (r = rows; r < rows + 2; r++)
		ExFreePool(*r->Where);
}

void copied_string(EXT *e)
{
	UNICODE_STRING old = e->Name;

	// RELEASE: release: copied_string | RtlFreeUnicodeString | POOL | EXT.Name.Buffer | [[@LINE+1]]
	RtlFreeUnicodeString(&old);
}

void result_is_argument(EXT *e)
{
	// RELEASE: release: result_is_argument | ExFreePool | POOL | EXT.A | [[@LINE+1]]
	ExFreePool(memcpy(e->A, e->B, 8));
}

void free_all(int count, ...)
{
	__builtin_va_list args;

	__builtin_va_start(args, count);
	// RELEASE: release: free_all | ExFreePool | POOL | param 1 | [[@LINE+2]]
	while (count--)
		ExFreePool(__builtin_va_arg(args, void *));
	__builtin_va_end(args);
}
// ARG:      call_arg: frees_two | free_all | 1 | EXT.A
// ARG-NEXT: call_arg: frees_two | free_all | 1 | EXT.B
// ARG-NOT:  call_arg: frees_two
void frees_two(EXT *e)
{
	free_all(2, e->A, e->B);
}

// ALIAS:      alias: from_list | list EXT.Second | list EXT.First
// ALIAS-NEXT: alias: from_slot | list EXT.Second | EXT.Current
// ALIAS-NEXT: alias: helper | list param 1 | list param 0
// ALIAS-NEXT: alias: splice | list EXT.Second | list EXT.First
// ALIAS-NEXT: alias: through_local | list local ::through_local:due | list EXT.First
// ALIAS-NEXT: alias: end
void from_list(EXT *e)
{
	InsertTailList(&e->Second, RemoveHeadList(&e->First));
}

void from_slot(EXT *e)
{
	ITEM *item = e->Current;

	InsertTailList(&e->Second, &item->Link);
}

void helper(LIST_ENTRY *from, LIST_ENTRY *to)
{
	InsertTailList(to, RemoveHeadList(from));
}

void splice(EXT *e)
{
	e->Second = e->First;
}

void through_local(EXT *e)
{
	LIST_ENTRY due, *link;
	ITEM *item;

	InsertTailList(&due, RemoveHeadList(&e->First));
	link = RemoveHeadList(&due);
	item = CONTAINING_RECORD(link, ITEM, Link);
	// RELEASE: release: through_local | ExFreePool | POOL | list EXT.First | [[@LINE+1]]
	ExFreePool(item);
}

// What is new goes nowhere else.
void new_entry(EXT *e)
{
	ITEM *item = ExAllocatePool(PagedPool, sizeof(*item));

	if (item)
		InsertTailList(&e->First, &item->Link);
}
