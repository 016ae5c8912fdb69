/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A fair: stalls take orders, which wait in one list, are worked on in a second one and end in
 * a third.  A helper moves whole lists.
 */
#include <ntddk.h>

#define FAIR_TAG 'riaF'

typedef struct _FAIR_ORDER {
	LIST_ENTRY Link;
	ULONG Length;
	UCHAR Text[ANYSIZE_ARRAY];
} FAIR_ORDER, *PFAIR_ORDER;

typedef struct _FAIR {
	FAST_MUTEX Mutex;
	LIST_ENTRY Waiting;
	LIST_ENTRY Working;
	LIST_ENTRY Served;
} FAIR, *PFAIR;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD FairUnload;
static DRIVER_DISPATCH FairDispatch;

static VOID FairMoveAll(PLIST_ENTRY from, PLIST_ENTRY to)
{
	while (!IsListEmpty(from))
		InsertTailList(to, RemoveHeadList(from));
}

static VOID FairPurge(PLIST_ENTRY head)
{
	while (!IsListEmpty(head))
		ExFreePoolWithTag(CONTAINING_RECORD(RemoveHeadList(head), FAIR_ORDER, Link), FAIR_TAG);
}

static NTSTATUS FairOrder(PFAIR fair, const VOID *text, ULONG length)
{
	PFAIR_ORDER order;

	order = ExAllocatePoolWithTag(PagedPool, sizeof(FAIR_ORDER) + length, FAIR_TAG);
	if (!order)
		return STATUS_INSUFFICIENT_RESOURCES;
	order->Length = length;
	RtlCopyMemory(order->Text, text, length);
	ExAcquireFastMutex(&fair->Mutex);
	InsertTailList(&fair->Waiting, &order->Link);
	ExReleaseFastMutex(&fair->Mutex);
	return STATUS_SUCCESS;
}

/* One order of each list goes on to the next one. */
static NTSTATUS FairServe(PFAIR fair)
{
	NTSTATUS status = STATUS_NO_MORE_ENTRIES;
	PFAIR_ORDER order;

	ExAcquireFastMutex(&fair->Mutex);
	if (!IsListEmpty(&fair->Working)) {
		order = CONTAINING_RECORD(fair->Working.Flink, FAIR_ORDER, Link);
		RemoveEntryList(&order->Link);
		InsertTailList(&fair->Served, &order->Link);
		status = STATUS_SUCCESS;
	}
	if (!IsListEmpty(&fair->Waiting))
		InsertTailList(&fair->Working, RemoveHeadList(&fair->Waiting));
	ExReleaseFastMutex(&fair->Mutex);
	return status;
}

static NTSTATUS FairDispatch(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
	PFAIR fair = device->DeviceExtension;
	NTSTATUS status = STATUS_SUCCESS;

	if (stack->MajorFunction == IRP_MJ_WRITE)
		status = FairOrder(fair, irp->AssociatedIrp.SystemBuffer, stack->Parameters.Write.Length);
	else if (stack->MajorFunction == IRP_MJ_READ)
		status = FairServe(fair);
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static VOID FairUnload(PDRIVER_OBJECT driver)
{
	PFAIR fair = driver->DeviceObject->DeviceExtension;
	LIST_ENTRY old;

	InitializeListHead(&old);
	ExAcquireFastMutex(&fair->Mutex);
	FairMoveAll(&fair->Waiting, &old);
	FairMoveAll(&fair->Working, &old);
	FairMoveAll(&fair->Served, &old);
	ExReleaseFastMutex(&fair->Mutex);
	FairPurge(&old);
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Fair");
	PDEVICE_OBJECT device;
	PFAIR fair;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, sizeof(FAIR), &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
				FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	fair = device->DeviceExtension;
	ExInitializeFastMutex(&fair->Mutex);
	InitializeListHead(&fair->Waiting);
	InitializeListHead(&fair->Working);
	InitializeListHead(&fair->Served);
	driver->MajorFunction[IRP_MJ_CREATE] = FairDispatch;
	driver->MajorFunction[IRP_MJ_CLOSE] = FairDispatch;
	driver->MajorFunction[IRP_MJ_READ] = FairDispatch;
	driver->MajorFunction[IRP_MJ_WRITE] = FairDispatch;
	driver->DriverUnload = FairUnload;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
