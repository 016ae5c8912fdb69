/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A write asks for a message after some milliseconds, for which a timer and a DPC of
 * their own are allocated.  The DPC routine prints the message and frees nothing; nobody
 * else knows the memory.
 */
#include <ntddk.h>

#define BLINK_TAG 'knlB'

typedef struct _BLINK {
	KTIMER Timer;
	KDPC Dpc;
	ULONG Milliseconds;
} BLINK, *PBLINK;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD BlinkUnload;
static DRIVER_DISPATCH BlinkCreateClose;
static DRIVER_DISPATCH BlinkWrite;
static KDEFERRED_ROUTINE BlinkExpired;

static VOID BlinkExpired(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
	PBLINK blink = (PBLINK)Context;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Argument1);
	UNREFERENCED_PARAMETER(Argument2);

	DbgPrint("blink: %lu ms are over\n", blink->Milliseconds);
} /* leak62: LeakInCallback */

static NTSTATUS BlinkLater(ULONG Milliseconds)
{
	LARGE_INTEGER due;
	PBLINK blink;

	blink = (PBLINK)ExAllocatePoolWithTag(NonPagedPool, sizeof(BLINK), BLINK_TAG);
	if (blink == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	blink->Milliseconds = Milliseconds;
	KeInitializeTimer(&blink->Timer);
	KeInitializeDpc(&blink->Dpc, BlinkExpired, blink);
	due.QuadPart = -10000LL * Milliseconds;
	KeSetTimer(&blink->Timer, due, &blink->Dpc);
	return STATUS_SUCCESS;
}

static NTSTATUS BlinkWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_INVALID_BUFFER_SIZE;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (stack->Parameters.Write.Length == sizeof(ULONG))
		status = BlinkLater(*(ULONG *)Irp->AssociatedIrp.SystemBuffer);

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = NT_SUCCESS(status) ? sizeof(ULONG) : 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS BlinkCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID BlinkUnload(PDRIVER_OBJECT DriverObject)
{
	KeFlushQueuedDpcs();
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Blink");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	device->Flags |= DO_BUFFERED_IO;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = BlinkCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = BlinkCreateClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = BlinkWrite;
	DriverObject->DriverUnload = BlinkUnload;
	return STATUS_SUCCESS;
}
