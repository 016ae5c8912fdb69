/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Reading the device gives one reading, which a routine of another file allocates.
 * A caller whose buffer is too small gets an error, and the reading is lost.
 */
#include "meter.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD SrvUnload;
static DRIVER_DISPATCH SrvOpenClose;
static DRIVER_DISPATCH SrvRead;

static NTSTATUS SrvFinish(PIRP Irp, NTSTATUS Status, ULONG Bytes)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Bytes;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS SrvOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	return SrvFinish(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS SrvRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PREADING reading = MeterTake(DeviceObject->DeviceExtension);

	if (!reading)
		return SrvFinish(Irp, STATUS_NO_MEMORY, 0);
	if (stack->Parameters.Read.Length < sizeof(READING)) {
		return SrvFinish(Irp, STATUS_BUFFER_TOO_SMALL, 0); /* leak62: LeakOnPath */
	}

	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, reading, sizeof(READING));
	MeterForget(reading);
	return SrvFinish(Irp, STATUS_SUCCESS, sizeof(READING));
}

static VOID SrvUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Meter");
	PDEVICE_OBJECT device;
	PMETER meter;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, sizeof(METER), &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	meter = device->DeviceExtension;
	KeInitializeSpinLock(&meter->Lock);
	meter->Last = 1;
	device->Flags |= DO_BUFFERED_IO;

	DriverObject->MajorFunction[IRP_MJ_CREATE] = SrvOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = SrvOpenClose;
	DriverObject->MajorFunction[IRP_MJ_READ] = SrvRead;
	DriverObject->DriverUnload = SrvUnload;
	return STATUS_SUCCESS;
}
