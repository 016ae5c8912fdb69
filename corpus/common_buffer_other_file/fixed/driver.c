/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Loading, unloading and dispatching. */
#include "plot.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD PlotUnload;
static DRIVER_DISPATCH PlotOpenClose;
static DRIVER_DISPATCH PlotWrite;

static NTSTATUS PlotDone(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS PlotOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	return PlotDone(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS PlotWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
	PPLOTTER plotter = DeviceObject->DeviceExtension;
	NTSTATUS status = STATUS_INVALID_BUFFER_SIZE;

	if (length != 0 && length <= PLOT_BYTES) {
		ExAcquireFastMutex(&plotter->Lock);
		status = PlotPrepare(plotter);
		if (NT_SUCCESS(status)) {
			RtlCopyMemory(plotter->Strokes, Irp->AssociatedIrp.SystemBuffer, length);
			plotter->Index[0] = length;
		}
		ExReleaseFastMutex(&plotter->Lock);
	}
	return PlotDone(Irp, status, NT_SUCCESS(status) ? length : 0);
}

static VOID PlotUnload(PDRIVER_OBJECT DriverObject)
{
	PlotRelease(DriverObject->DeviceObject->DeviceExtension);
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Plot");
	PDEVICE_OBJECT device;
	PPLOTTER plotter;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, sizeof(PLOTTER), &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	plotter = device->DeviceExtension;
	ExInitializeFastMutex(&plotter->Lock);
	plotter->Strokes = NULL;
	plotter->Index = NULL;

	device->Flags |= DO_BUFFERED_IO;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = PlotOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = PlotOpenClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = PlotWrite;
	DriverObject->DriverUnload = PlotUnload;
	return STATUS_SUCCESS;
}
