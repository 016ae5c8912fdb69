/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A relay of messages: writes put them in, reads take the oldest one out.  The queue is a
 * structure of its own within the device extension; deleting the device does not empty it.
 */
#include <ntddk.h>

#define RLY_TAG 'ylRA'

typedef struct _RLY_MESSAGE {
	LIST_ENTRY Link;
	ULONG Value;
} RLY_MESSAGE, *PRLY_MESSAGE;

typedef struct _RLY_QUEUE {
	KSPIN_LOCK Lock;
	LIST_ENTRY Head;
	ULONG Count;
} RLY_QUEUE, *PRLY_QUEUE;

typedef struct _RLY_EXTENSION {
	PDEVICE_OBJECT Self;
	RLY_QUEUE Queue;
} RLY_EXTENSION, *PRLY_EXTENSION;

static UNICODE_STRING g_DeviceName = RTL_CONSTANT_STRING(L"\\Device\\Relay");

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD RlyUnload;
DRIVER_DISPATCH RlyOpenClose;
DRIVER_DISPATCH RlyRead;
DRIVER_DISPATCH RlyWrite;

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	PDEVICE_OBJECT device;
	PRLY_EXTENSION ext;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, sizeof(RLY_EXTENSION), &g_DeviceName, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;

	ext = device->DeviceExtension;
	ext->Self = device;
	KeInitializeSpinLock(&ext->Queue.Lock);
	InitializeListHead(&ext->Queue.Head);
	device->Flags |= DO_BUFFERED_IO;

	driver->MajorFunction[IRP_MJ_CREATE] = RlyOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = RlyOpenClose;
	driver->MajorFunction[IRP_MJ_READ] = RlyRead;
	driver->MajorFunction[IRP_MJ_WRITE] = RlyWrite;
	driver->DriverUnload = RlyUnload;
	return STATUS_SUCCESS;
}

static PRLY_MESSAGE RlyTake(PRLY_QUEUE queue)
{
	PRLY_MESSAGE message = NULL;
	KIRQL irql;

	KeAcquireSpinLock(&queue->Lock, &irql);
	if (queue->Count > 0) {
		message = CONTAINING_RECORD(RemoveHeadList(&queue->Head), RLY_MESSAGE, Link);
		queue->Count--;
	}
	KeReleaseSpinLock(&queue->Lock, irql);
	return message;
}

VOID RlyUnload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}

static NTSTATUS RlyComplete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

NTSTATUS RlyOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	return RlyComplete(irp, STATUS_SUCCESS, 0);
}

NTSTATUS RlyWrite(PDEVICE_OBJECT device, PIRP irp)
{
	PRLY_EXTENSION ext = device->DeviceExtension;
	PRLY_MESSAGE message;
	KIRQL irql;

	if (IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length != sizeof(ULONG))
		return RlyComplete(irp, STATUS_INVALID_PARAMETER, 0);

	message = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*message), RLY_TAG); /* leak62: LeakAtUnload */
	if (!message)
		return RlyComplete(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	message->Value = *(PULONG)irp->AssociatedIrp.SystemBuffer;

	KeAcquireSpinLock(&ext->Queue.Lock, &irql);
	InsertTailList(&ext->Queue.Head, &message->Link);
	ext->Queue.Count++;
	KeReleaseSpinLock(&ext->Queue.Lock, irql);
	return RlyComplete(irp, STATUS_SUCCESS, sizeof(ULONG));
}

NTSTATUS RlyRead(PDEVICE_OBJECT device, PIRP irp)
{
	PRLY_EXTENSION ext = device->DeviceExtension;
	PRLY_MESSAGE message;

	if (IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length < sizeof(ULONG))
		return RlyComplete(irp, STATUS_BUFFER_TOO_SMALL, 0);

	message = RlyTake(&ext->Queue);
	if (!message)
		return RlyComplete(irp, STATUS_NO_MORE_ENTRIES, 0);

	*(PULONG)irp->AssociatedIrp.SystemBuffer = message->Value;
	ExFreePoolWithTag(message, RLY_TAG);
	return RlyComplete(irp, STATUS_SUCCESS, sizeof(ULONG));
}
