/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A ring of receive buffers for a network card, made when the card is opened.  When
 * a buffer cannot be had, all made before it are freed, the last one first.
 */
#include <ntddk.h>

#define RING_TAG 'gniR'
#define RING_SLOTS 16
#define RING_FRAME 1514

#define IOCTL_RING_PREPARE CTL_CODE(FILE_DEVICE_NETWORK, 0x921, METHOD_BUFFERED, FILE_ANY_ACCESS)

struct ring {
	FAST_MUTEX lock;
	BOOLEAN ready;
	PUCHAR frames[RING_SLOTS];
};

static struct ring Ring;

static NTSTATUS RingPrepare(struct ring *ring)
{
	PUCHAR frames[RING_SLOTS];
	ULONG i;

	for (i = 0; i < RING_SLOTS; i++) {
		frames[i] = ExAllocatePoolWithTag(NonPagedPoolNx, RING_FRAME, RING_TAG);
		if (!frames[i]) {
			while (i-- > 0)
				ExFreePoolWithTag(frames[i], RING_TAG);
			return STATUS_INSUFFICIENT_RESOURCES;
		}
	}

	for (i = 0; i < RING_SLOTS; i++)
		ring->frames[i] = frames[i];
	ring->ready = TRUE;
	return STATUS_SUCCESS;
}

static VOID RingRelease(struct ring *ring)
{
	ULONG i;

	if (!ring->ready)
		return;
	for (i = 0; i < RING_SLOTS; i++)
		ExFreePoolWithTag(ring->frames[i], RING_TAG);
	ring->ready = FALSE;
}

static NTSTATUS RingDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_SUCCESS;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
		if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_RING_PREPARE) {
			ExAcquireFastMutex(&Ring.lock);
			if (!Ring.ready)
				status = RingPrepare(&Ring);
			ExReleaseFastMutex(&Ring.lock);
		} else {
			status = STATUS_INVALID_DEVICE_REQUEST;
		}
	}

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static VOID RingUnload(PDRIVER_OBJECT DriverObject)
{
	RingRelease(&Ring);
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Ring");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	ExInitializeFastMutex(&Ring.lock);
	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_NETWORK,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = RingDispatch;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = RingDispatch;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = RingDispatch;
	DriverObject->DriverUnload = RingUnload;
	return STATUS_SUCCESS;
}
