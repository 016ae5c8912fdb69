/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A ferry: each read waits for a crossing with a ticket of its own, in a list.  A timer's DPC
 * completes the reads that wait, a cancel routine the others.  Neither frees the ticket.
 */
#include <ntddk.h>

#define FERRY_TAG 'rreF'
#define FERRY_PERIOD_MS 250
#define FERRY_TICKET(irp) ((irp)->Tail.Overlay.DriverContext[0])

typedef struct _FERRY_TICKET {
	LIST_ENTRY Link;
	PIRP Irp;
	ULONG Crossing;
} FERRY_TICKET, *PFERRY_TICKET;

typedef struct _FERRY {
	KSPIN_LOCK Lock;
	LIST_ENTRY Waiting;
	KTIMER Timer;
	KDPC Dpc;
	ULONG Crossing;
} FERRY, *PFERRY;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD FerryUnload;
static DRIVER_DISPATCH FerryOpenClose;
static DRIVER_DISPATCH FerryRead;
static DRIVER_CANCEL FerryCancel;
static KDEFERRED_ROUTINE FerryCross;

static NTSTATUS FerryDone(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static VOID FerryCancel(PDEVICE_OBJECT device, PIRP irp)
{
	PFERRY ferry = device->DeviceExtension;
	PFERRY_TICKET ticket = FERRY_TICKET(irp);
	KIRQL irql;

	IoReleaseCancelSpinLock(irp->CancelIrql);
	KeAcquireSpinLock(&ferry->Lock, &irql);
	RemoveEntryList(&ticket->Link);
	KeReleaseSpinLock(&ferry->Lock, irql);
	FerryDone(irp, STATUS_CANCELLED, 0);
}

static VOID FerryCross(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	PFERRY ferry = context;
	PLIST_ENTRY entry, next;
	LIST_ENTRY aboard;

	UNREFERENCED_PARAMETER(dpc);
	UNREFERENCED_PARAMETER(first);
	UNREFERENCED_PARAMETER(second);

	InitializeListHead(&aboard);
	KeAcquireSpinLockAtDpcLevel(&ferry->Lock);
	ferry->Crossing++;
	for (entry = ferry->Waiting.Flink; entry != &ferry->Waiting; entry = next) {
		PFERRY_TICKET waiting = CONTAINING_RECORD(entry, FERRY_TICKET, Link);

		next = entry->Flink;
		if (waiting->Crossing > ferry->Crossing || !IoSetCancelRoutine(waiting->Irp, NULL))
			continue;
		RemoveEntryList(&waiting->Link);
		InsertTailList(&aboard, &waiting->Link);
	}
	KeReleaseSpinLockFromDpcLevel(&ferry->Lock);
	while (!IsListEmpty(&aboard)) {
		PFERRY_TICKET ticket = CONTAINING_RECORD(RemoveHeadList(&aboard), FERRY_TICKET, Link);

		FerryDone(ticket->Irp, STATUS_SUCCESS, 0);
	}
}

static NTSTATUS FerryRead(PDEVICE_OBJECT device, PIRP irp)
{
	PFERRY ferry = device->DeviceExtension;
	PFERRY_TICKET ticket;
	KIRQL irql;

	ticket = ExAllocatePoolWithTag(NonPagedPool, sizeof(FERRY_TICKET), FERRY_TAG); /* leak62: LeakAtUnload */
	if (!ticket)
		return FerryDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	ticket->Irp = irp;
	FERRY_TICKET(irp) = ticket;
	KeAcquireSpinLock(&ferry->Lock, &irql);
	ticket->Crossing = ferry->Crossing + 1;
	IoSetCancelRoutine(irp, FerryCancel);
	if (irp->Cancel && IoSetCancelRoutine(irp, NULL)) {
		KeReleaseSpinLock(&ferry->Lock, irql);
		ExFreePoolWithTag(ticket, FERRY_TAG);
		return FerryDone(irp, STATUS_CANCELLED, 0);
	}
	IoMarkIrpPending(irp);
	InsertTailList(&ferry->Waiting, &ticket->Link);
	KeReleaseSpinLock(&ferry->Lock, irql);
	return STATUS_PENDING;
}

static NTSTATUS FerryOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return FerryDone(irp, STATUS_SUCCESS, 0);
}

/* No file is open any more, so no read waits. */
static VOID FerryUnload(PDRIVER_OBJECT driver)
{
	PFERRY ferry = driver->DeviceObject->DeviceExtension;

	KeCancelTimer(&ferry->Timer);
	KeFlushQueuedDpcs();
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Ferry");
	PDEVICE_OBJECT device;
	LARGE_INTEGER due;
	PFERRY ferry;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, sizeof(FERRY), &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	ferry = device->DeviceExtension;
	KeInitializeSpinLock(&ferry->Lock);
	InitializeListHead(&ferry->Waiting);
	KeInitializeTimerEx(&ferry->Timer, SynchronizationTimer);
	KeInitializeDpc(&ferry->Dpc, FerryCross, ferry);
	driver->MajorFunction[IRP_MJ_CREATE] = FerryOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = FerryOpenClose;
	driver->MajorFunction[IRP_MJ_READ] = FerryRead;
	driver->DriverUnload = FerryUnload;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	due.QuadPart = -10000LL * FERRY_PERIOD_MS;
	KeSetTimerEx(&ferry->Timer, due, FERRY_PERIOD_MS, &ferry->Dpc);
	return STATUS_SUCCESS;
}
