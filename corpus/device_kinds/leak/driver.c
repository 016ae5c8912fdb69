/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Makes two gauges of different kinds; unload stops each by its kind's routine. */
#include "gauge.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD GaugeUnload;
static DRIVER_DISPATCH GaugeDispatch;

static VOID GaugeUnload(PDRIVER_OBJECT DriverObject)
{
	PDEVICE_OBJECT device = DriverObject->DeviceObject;

	while (device != NULL) {
		PDEVICE_OBJECT next = device->NextDevice;
		struct gauge *gauge = device->DeviceExtension;

		gauge->Kind->Stop(gauge);
		IoDeleteDevice(device);
		device = next;
	}
}

static NTSTATUS GaugeMake(PDRIVER_OBJECT DriverObject, PCWSTR Text, BOOLEAN Remembers)
{
	UNICODE_STRING name;
	PDEVICE_OBJECT device;
	struct gauge *gauge;
	NTSTATUS status;

	RtlInitUnicodeString(&name, Text);
	status = IoCreateDevice(DriverObject, sizeof(*gauge), &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	gauge = device->DeviceExtension;
	gauge->Kind = Remembers ? &RememberingGauge : &PlainGauge;
	status = gauge->Kind->Start(gauge);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}
	device->Flags |= DO_BUFFERED_IO;
	return STATUS_SUCCESS;
}

static NTSTATUS GaugeDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	struct gauge *gauge = DeviceObject->DeviceExtension;

	Irp->IoStatus.Information = 0;
	if (stack->MajorFunction == IRP_MJ_WRITE &&
	    stack->Parameters.Write.Length == sizeof(ULONG)) {
		gauge->Last = *(PULONG)Irp->AssociatedIrp.SystemBuffer;
		if (gauge->History != NULL)
			gauge->History[gauge->Next++ % GAUGE_SAMPLES] = gauge->Last;
		Irp->IoStatus.Information = sizeof(ULONG);
	}
	Irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);
	status = GaugeMake(DriverObject, L"\\Device\\Gauge0", FALSE);
	if (NT_SUCCESS(status))
		status = GaugeMake(DriverObject, L"\\Device\\Gauge1", TRUE);
	if (!NT_SUCCESS(status)) {
		GaugeUnload(DriverObject);
		return status;
	}
	DriverObject->MajorFunction[IRP_MJ_CREATE] = GaugeDispatch;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = GaugeDispatch;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = GaugeDispatch;
	DriverObject->DriverUnload = GaugeUnload;
	return STATUS_SUCCESS;
}
