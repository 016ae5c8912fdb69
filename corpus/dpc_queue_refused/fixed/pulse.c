/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A write queues a DPC in memory of its own.  A DPC that cannot be queued leaves its
 * memory to whoever made it; one that runs frees it.
 */
#include <ntddk.h>

#define PULSE_TAG 'sluP'

typedef struct _PULSE {
	KDPC Dpc;
	ULONG Value;
} PULSE, *PPULSE;

static LONG PulseHeld;
static LONG PulseLast;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD PulseUnload;
static DRIVER_DISPATCH PulseOpenClose;
static DRIVER_DISPATCH PulseWrite;
static KDEFERRED_ROUTINE PulseDeliver;

static VOID PulseDeliver(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
	PPULSE pulse = Context;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Argument1);
	UNREFERENCED_PARAMETER(Argument2);

	if (!PulseHeld)
		InterlockedExchange(&PulseLast, (LONG)pulse->Value);
	ExFreePoolWithTag(pulse, PULSE_TAG);
}

static NTSTATUS PulseSend(ULONG Value)
{
	PPULSE pulse;

	if (Value == 0) {
		InterlockedExchange(&PulseHeld, !PulseHeld);
		return STATUS_SUCCESS;
	}

	pulse = ExAllocatePoolWithTag(NonPagedPool, sizeof(PULSE), PULSE_TAG);
	if (pulse == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	pulse->Value = Value;
	KeInitializeDpc(&pulse->Dpc, PulseDeliver, pulse);
	if (!KeInsertQueueDpc(&pulse->Dpc, NULL, NULL)) {
		ExFreePoolWithTag(pulse, PULSE_TAG);
		return STATUS_DEVICE_BUSY;
	}
	return STATUS_SUCCESS;
}

static NTSTATUS PulseDone(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS PulseOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	return PulseDone(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS PulseWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_INVALID_BUFFER_SIZE;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (stack->Parameters.Write.Length == sizeof(ULONG))
		status = PulseSend(*(PULONG)Irp->AssociatedIrp.SystemBuffer);
	return PulseDone(Irp, status, NT_SUCCESS(status) ? sizeof(ULONG) : 0);
}

static VOID PulseUnload(PDRIVER_OBJECT DriverObject)
{
	KeFlushQueuedDpcs();
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Pulse");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	device->Flags |= DO_BUFFERED_IO;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = PulseOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = PulseOpenClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = PulseWrite;
	DriverObject->DriverUnload = PulseUnload;
	return STATUS_SUCCESS;
}
