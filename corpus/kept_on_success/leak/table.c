/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The table: a list under a spin lock, of no more than ROUTE_LIMIT routes. */
#include "route.h"

static KSPIN_LOCK TableLock;
static LIST_ENTRY TableHead;
static ULONG TableCount;

VOID RouteTableInitialize(VOID)
{
	KeInitializeSpinLock(&TableLock);
	InitializeListHead(&TableHead);
}

NTSTATUS RouteTableAdd(PROUTE Route)
{
	PLIST_ENTRY link;
	KIRQL irql;

	KeAcquireSpinLock(&TableLock, &irql);
	if (TableCount == ROUTE_LIMIT) {
		KeReleaseSpinLock(&TableLock, irql);
		return STATUS_QUOTA_EXCEEDED;
	}
	for (link = TableHead.Flink; link != &TableHead; link = link->Flink) {
		if (CONTAINING_RECORD(link, ROUTE, Link)->Destination == Route->Destination) {
			KeReleaseSpinLock(&TableLock, irql);
			return STATUS_DUPLICATE_OBJECTID;
		}
	}
	InsertTailList(&TableHead, &Route->Link);
	TableCount++;
	KeReleaseSpinLock(&TableLock, irql);
	return STATUS_SUCCESS;
}

VOID RouteTableDelete(VOID)
{
	PLIST_ENTRY link;

	while (!IsListEmpty(&TableHead)) {
		link = RemoveHeadList(&TableHead);
		ExFreePoolWithTag(CONTAINING_RECORD(link, ROUTE, Link), ROUTE_TAG);
	}
}
