/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A write sets the timer of one egg; its DPC only marks it as done, and a read takes it
 * away.  Unload frees an egg that it stops in time, not one whose timer is over.
 */
#include <ntddk.h>

#define EGG_TAG 'sggE'

typedef struct _EGG {
	volatile LONG Done;
	ULONG Minutes;
} EGG, *PEGG;

typedef struct _KITCHEN {
	FAST_MUTEX Lock;
	KTIMER Timer;
	KDPC Dpc;
	PEGG Egg;
} KITCHEN, *PKITCHEN;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD EggUnload;
static DRIVER_DISPATCH EggOpenClose;
static DRIVER_DISPATCH EggWrite;
static DRIVER_DISPATCH EggRead;
static KDEFERRED_ROUTINE EggRing;

static VOID EggRing(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
	PEGG egg = Context;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Argument1);
	UNREFERENCED_PARAMETER(Argument2);

	InterlockedExchange(&egg->Done, 1);
}

static NTSTATUS EggPut(PKITCHEN Kitchen, ULONG Minutes)
{
	LARGE_INTEGER due;
	PEGG egg;

	if (Kitchen->Egg != NULL)
		return STATUS_DEVICE_BUSY;
	egg = ExAllocatePoolWithTag(NonPagedPool, sizeof(EGG), EGG_TAG);
	if (egg == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	egg->Done = 0;
	egg->Minutes = Minutes;
	Kitchen->Egg = egg;
	KeInitializeDpc(&Kitchen->Dpc, EggRing, egg);
	due.QuadPart = -600000000LL * Minutes;
	KeSetTimer(&Kitchen->Timer, due, &Kitchen->Dpc);
	return STATUS_SUCCESS;
}

static NTSTATUS EggTake(PKITCHEN Kitchen)
{
	PEGG egg = Kitchen->Egg;

	if (egg == NULL)
		return STATUS_NO_MORE_ENTRIES;
	if (!egg->Done)
		return STATUS_DEVICE_NOT_READY;
	KeFlushQueuedDpcs();
	Kitchen->Egg = NULL;
	ExFreePoolWithTag(egg, EGG_TAG);
	return STATUS_SUCCESS;
}

static NTSTATUS EggDone(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS EggOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	return EggDone(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS EggWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PKITCHEN kitchen = DeviceObject->DeviceExtension;
	NTSTATUS status = STATUS_INVALID_BUFFER_SIZE;

	ExAcquireFastMutex(&kitchen->Lock);
	if (stack->Parameters.Write.Length == sizeof(ULONG))
		status = EggPut(kitchen, *(PULONG)Irp->AssociatedIrp.SystemBuffer);
	ExReleaseFastMutex(&kitchen->Lock);
	return EggDone(Irp, status, NT_SUCCESS(status) ? sizeof(ULONG) : 0);
}

static NTSTATUS EggRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PKITCHEN kitchen = DeviceObject->DeviceExtension;
	NTSTATUS status;

	ExAcquireFastMutex(&kitchen->Lock);
	status = EggTake(kitchen);
	ExReleaseFastMutex(&kitchen->Lock);
	return EggDone(Irp, status, 0);
}

static VOID EggUnload(PDRIVER_OBJECT DriverObject)
{
	PKITCHEN kitchen = DriverObject->DeviceObject->DeviceExtension;

	if (KeCancelTimer(&kitchen->Timer)) {
		ExFreePoolWithTag(kitchen->Egg, EGG_TAG);
		kitchen->Egg = NULL;
	}
	KeFlushQueuedDpcs();
	IoDeleteDevice(DriverObject->DeviceObject);
} /* leak62: LeakOnUnloadPath */

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Egg");
	PDEVICE_OBJECT device;
	PKITCHEN kitchen;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, sizeof(KITCHEN), &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	kitchen = device->DeviceExtension;
	ExInitializeFastMutex(&kitchen->Lock);
	KeInitializeTimer(&kitchen->Timer);
	kitchen->Egg = NULL;

	device->Flags |= DO_BUFFERED_IO;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = EggOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = EggOpenClose;
	DriverObject->MajorFunction[IRP_MJ_READ] = EggRead;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = EggWrite;
	DriverObject->DriverUnload = EggUnload;
	return STATUS_SUCCESS;
}
