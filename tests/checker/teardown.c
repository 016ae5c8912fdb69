/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the syntax tree says of slots that hold the same pointer, of lists from which
 * one entry is taken, and of what results are.
 */
// RUN: %scan %s
// RUN: %dump %t.db alias | FileCheck %s --check-prefix=ALIAS
// RUN: %dump %t.db picked | FileCheck %s --check-prefix=PICKED
// RUN: %dump %t.db site_record | FileCheck %s --check-prefix=RECORD
// RUN: %dump %t.db member | FileCheck %s --check-prefix=MEMBER
#include <ntddk.h>

typedef struct _ITEM {
	LIST_ENTRY Link;
	ULONG Id;
} ITEM;
typedef struct _BOX {
	LIST_ENTRY Items;
	ITEM *First;
	PDEVICE_OBJECT Device;
} BOX;
typedef struct _OTHER {
	ITEM *Same;
} OTHER;

LIST_ENTRY g_Items;
ITEM *g_Item;

// ALIAS:      alias: aliases | OTHER.Same | BOX.First
// ALIAS-NEXT: alias: aliases | OTHER.Same | list BOX.Items
// ALIAS-NEXT: alias: aliases | OTHER.Same | param 2
// ALIAS-NEXT: alias: end
void aliases(BOX *box, OTHER *other, ITEM *item, int what)
{
	ITEM *local = CONTAINING_RECORD(box->Items.Flink, ITEM, Link);
	ULONG id = item->Id;

	if (what == 1)
		other->Same = box->First;
	else if (what == 2)
		other->Same = local;
	else
		other->Same = item;
	item->Id = id;
}

// PICKED:      picked: delete_one_device | DRIVER_OBJECT.DeviceObject
// PICKED-NEXT: picked: pick_and_break | list BOX.Items
// PICKED-NEXT: picked: pick_and_return | list BOX.Items
// PICKED-NEXT: picked: end
void pick_and_break(BOX *box, ULONG id)
{
	for (LIST_ENTRY *l = box->Items.Flink; l != &box->Items; l = l->Flink) {
		ITEM *item = CONTAINING_RECORD(l, ITEM, Link);

		if (item->Id == id) {
			l->Blink->Flink = l->Flink;
			ExFreePool(item);
			break;
		}
	}
}

int pick_and_return(BOX *box, ULONG id)
{
	LIST_ENTRY *l = box->Items.Flink;

	while (l != &box->Items) {
		ITEM *item = CONTAINING_RECORD(l, ITEM, Link);

		l = l->Flink;
		if (item->Id == id) {
			ExFreePool(item);
			return 1;
		}
	}
	return 0;
}

void remove_all_with_id(BOX *box, ULONG id)
{
	LIST_ENTRY *l = box->Items.Flink;

	while (l != &box->Items) {
		ITEM *item = CONTAINING_RECORD(l, ITEM, Link);

		l = l->Flink;
		switch (item->Id == id) {
		case 1: {
			ExFreePool(item);
			break;
		}
		}
	}
}

void empty(BOX *box)
{
	while (!IsListEmpty(&box->Items))
		ExFreePool(CONTAINING_RECORD(RemoveHeadList(&box->Items), ITEM, Link));
}

void pick_or_empty(BOX *box, ULONG id)
{
	pick_and_break(box, id);
	while (!IsListEmpty(&box->Items)) {
		ITEM *item = CONTAINING_RECORD(RemoveHeadList(&box->Items), ITEM, Link);

		if (item->Id == id) {
			ExFreePool(item);
			return;
		}
		ExFreePool(item);
	}
}

void delete_one_device(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}

void delete_all_devices(PDRIVER_OBJECT driver)
{
	while (driver->DeviceObject)
		IoDeleteDevice(driver->DeviceObject);
}

// RECORD:      site_record: ExAllocatePoolWithTag:[[@LINE+9]] | ITEM
// RECORD-NEXT: site_record: IoCreateDevice:[[@LINE+18]] | BOX
// RECORD-NEXT: site_record: end
// MEMBER:      member: ExAllocatePoolWithTag:[[@LINE+6]] | ::g_Item | only | [[@LINE+10]]
// MEMBER-NEXT: member: ExAllocatePoolWithTag:[[@LINE+5]] | list ::g_Items | shared | [[@LINE+10]]
// MEMBER-NEXT: member: IoCreateDevice:[[@LINE+14]] | BOX.Device | only | [[@LINE+14]]
// MEMBER-NEXT: member: end
void keep(void)
{
	ITEM *item = ExAllocatePoolWithTag(PagedPool, sizeof(ITEM), 'tset');

	if (!item)
		return;
	g_Item = item;
	InsertTailList(&g_Items, &item->Link);
}

NTSTATUS make(PDRIVER_OBJECT driver, BOX *box)
{
	return IoCreateDevice(driver, sizeof(BOX), NULL, 34, 0, FALSE,
	                      &box->Device);
}
