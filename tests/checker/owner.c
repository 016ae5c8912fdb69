/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the syntax tree says of objects that go and of their members.  The rows of
 * disposal and member come in the order of their lines, the others by name.
 */
// RUN: %scan %s
// RUN: %dump %t.db disposal | FileCheck %s --check-prefix=DISPOSAL
// RUN: %dump %t.db member | FileCheck %s --check-prefix=MEMBER
// RUN: %dump %t.db mention | FileCheck %s --check-prefix=MENTION \
// RUN:   --implicit-check-not="| Count" --implicit-check-not="mention: cleared" \
// RUN:   --implicit-check-not="mention: prints"
// RUN: %dump %t.db handover | FileCheck %s --check-prefix=HANDOVER \
// RUN:   --implicit-check-not=IoRegisterNothing
// RUN: %dump %t.db part | FileCheck %s --check-prefix=PART
#include <ntddk.h>

struct inner {
	void *Block;
};
typedef struct _ITEM {
	LIST_ENTRY Link;
	ULONG Count;
	void *Data;
	UNICODE_STRING Name;
	PAGED_LOOKASIDE_LIST Pool;
	struct inner Inner[2];
	struct {
		void *Low;
	} Low;
	void (*Notify)(struct _ITEM *Item);
} ITEM;
typedef struct _BOX {
	LIST_ENTRY Items;
	ITEM *First;
} BOX;
struct shelf {
	union {
		BOX Box;
		void *Other;
	};
	KDPC Dpc;
	ITEM *Item;
};

// PART:      part: ITEM | inner
// PART-NEXT: part: shelf | BOX
// PART-NEXT: part: end

ITEM *FindItem(BOX *box);
void FillItem(ITEM **item);
void Forget(void *memory);
void Show(const ITEM *item);
void ShowLink(LIST_ENTRY *link);
void *g_Copy;

/* ---- disposals ---- */
void gone_from_list(BOX *box)
{
	while (!IsListEmpty(&box->Items)) {
		ITEM *item = CONTAINING_RECORD(RemoveHeadList(&box->Items), ITEM, Link);

		ExFreePool(item);
		// DISPOSAL: disposal: gone_from_list | ITEM | ExFreePool | NULL | 0 | [[@LINE-1]] | 3 | -
	}
}
// MENTION-DAG: mention: gone_from_list | BOX | Items | moved
// MENTION-DAG: mention: gone_from_list | ITEM | Link | link

void gone_from_parameter(ITEM *item)
{
	ExFreePool((void *)item);
	// DISPOSAL-NEXT: disposal: gone_from_parameter | ITEM | ExFreePool | NULL | 0 | [[@LINE-1]] | 2 | -
}

void gone_from_field(BOX *box)
{
	ExFreePool(box->First);
	// DISPOSAL-NEXT: disposal: gone_from_field | ITEM | ExFreePool | NULL | 0 | [[@LINE-1]] | 2 | -
}

/* The helper releases it or not: the linker knows. */
void gone_by_helper(ITEM *item)
{
	Forget(item);
	// DISPOSAL-NEXT: disposal: gone_by_helper | ITEM | NULL | Forget | 0 | [[@LINE-1]] | 2 | -
}
// HANDOVER-DAG: handover: gone_by_helper | Forget | ITEM

/* So it does of who makes new objects. */
void gone_found(BOX *box)
{
	ITEM *item = FindItem(box);

	if (!item)
		FillItem(&item);
	ExFreePool(item);
	// DISPOSAL-NEXT: disposal: gone_found | ITEM | ExFreePool | NULL | 0 | [[@LINE-1]] | 2 | FillItem, FindItem
}
// HANDOVER-DAG: handover: gone_found | FillItem | ITEM
// HANDOVER-DAG: handover: gone_found | FindItem | BOX

/* What a field is given afterwards says nothing of what was read from it. */
void gone_replaced(BOX *box)
{
	ITEM *old = box->First;

	box->First = ExAllocatePool(PagedPool, sizeof(ITEM));
	// MEMBER: member: ExAllocatePool:[[@LINE-1]] | BOX.First | only | [[@LINE-1]]
	ExFreePool(old);
	// DISPOSAL-NEXT: disposal: gone_replaced | ITEM | ExFreePool | NULL | 0 | [[@LINE-1]] | 2 | -
}

/* Half-built objects of the same function are no disposals; nor is void *. */
void half_built(BOX *box, void *memory)
{
	ITEM *item = ExAllocatePool(PagedPool, sizeof(ITEM));
	ITEM *same = item;

	box->First = ExAllocatePool(PagedPool, sizeof(ITEM));
	// MEMBER-NEXT: member: ExAllocatePool:[[@LINE-1]] | BOX.First | only | [[@LINE-1]]
	ExFreePool(same);
	ExFreePool(box->First);
	ExFreePool(memory);
}
// DISPOSAL-NEXT: disposal: end

/* ---- members ---- */
void fill(BOX *box, ITEM *item, void *given, HANDLE handle, ANSI_STRING *ansi)
{
	void *data = 0, *kept, *mixed, *object;
	ITEM *entry;

	data = ExAllocatePool(PagedPool, 8);
	item->Data = data;
	// MEMBER-NEXT: member: ExAllocatePool:[[@LINE-2]] | ITEM.Data | only | [[@LINE-1]]
	kept = ExAllocatePool(PagedPool, 16);
	g_Copy = kept;
	item->Inner[0].Block = kept;
	// MEMBER-NEXT: member: ExAllocatePool:[[@LINE-3]] | ::g_Copy | shared | [[@LINE-2]]
	// MEMBER-NEXT: member: ExAllocatePool:[[@LINE-4]] | inner.Block | shared | [[@LINE-2]]
	mixed = ExAllocatePool(PagedPool, 32);
	mixed = given;
	item->Data = mixed;
	item->Low.Low = ExAllocatePool(PagedPool, 64);
	// MEMBER-NEXT: member: ExAllocatePool:[[@LINE-1]] | ITEM.Low.Low | only | [[@LINE-1]]
	RtlAnsiStringToUnicodeString(&item->Name, ansi, TRUE);
	// MEMBER-NEXT: member: RtlAnsiStringToUnicodeString:[[@LINE-1]] | ITEM.Name.Buffer | only | [[@LINE-1]]
	ExInitializePagedLookasideList(&item->Pool, 0, 0, 0, 8, 'tset', 0);
	// MEMBER-NEXT: member: ExInitializePagedLookasideList:[[@LINE-1]] | ITEM.Pool | object | [[@LINE-1]]
	if (NT_SUCCESS(ObReferenceObjectByHandle(handle, 0, 0, 0, &object, 0)))
		item->Data = object;
	// MEMBER-NEXT: member: ObReferenceObjectByHandle:[[@LINE-2]] | ITEM.Data | only | [[@LINE-1]]
	entry = ExAllocatePool(PagedPool, sizeof(ITEM));
	InsertTailList(&box->Items, &entry->Link);
	// MEMBER-NEXT: member: ExAllocatePool:[[@LINE-2]] | list BOX.Items | shared | [[@LINE-1]]
}
// MEMBER-NEXT: member: end

/* ---- mentions ---- */
void names(ITEM *item)
{
	if (item->Data)
		ExFreePool(item->Name.Buffer);
	item->Count = 0;
	g_Copy = item->Inner[1].Block;
}
// A plain number owns nothing: nothing is said of Count.
// MENTION-DAG: mention: names | ITEM | Data | NULL
// MENTION-DAG: mention: names | ITEM | Name | NULL
// MENTION-DAG: mention: names | inner | Block | moved
NTKERNELAPI ULONG DbgPrint(const CHAR *Format, ...);
// Who only prints or copies what is there gives nobody the pointer.
void prints(ITEM *item, void *to)
{
	DbgPrint("%wZ: %p\n", &item->Name, item->Data);
	RtlCopyMemory(to, item->Data, 16);
}
void hands_on(ITEM *item, UNICODE_STRING *to)
{
	RtlCopyMemory(to, &item->Name, sizeof(*to));
	ExFreePool(item->Data);
}
// MENTION-DAG: mention: hands_on | ITEM | Data | NULL
// MENTION-DAG: mention: hands_on | ITEM | Name | moved

void copies(ITEM *to, const ITEM *from)
{
	*to = *from;
}
// MENTION-DAG: mention: copies | ITEM | * | NULL
void copies_bytes(ITEM *item, void *to)
{
	RtlCopyMemory(to, item, sizeof(*item));
}
// MENTION-DAG: mention: copies_bytes | ITEM | * | NULL
void calls_back(ITEM *item)
{
	item->Notify(item);
}
// MENTION-DAG: mention: calls_back | ITEM | * | NULL
// Whatever was there is lost; that is no mention.
void cleared(ITEM *item)
{
	RtlZeroMemory(item, sizeof(*item));
}

/* ---- hand-overs ---- */
void hands(ITEM *item)
{
	Show(item);
	ShowLink(&item->Link);
	IoRegisterNothing(item);
}
// HANDOVER-DAG: handover: hands | Show | ITEM
// HANDOVER-DAG: handover: hands | ShowLink | ITEM
