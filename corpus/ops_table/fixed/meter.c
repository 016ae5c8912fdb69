/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that reads a meter.  The routines for requests stand in a table, and those of
 * the meter in another: DriverEntry starts it, unload stops it, which frees all it had.
 */
#include "ops.h"

static const METER_OPS *g_Meter = &g_AverageOps;
static PVOID g_State;
static UNICODE_STRING g_DeviceName = RTL_CONSTANT_STRING(L"\\Device\\Meter");

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD MtrUnload;
DRIVER_DISPATCH MtrOpenClose;
DRIVER_DISPATCH MtrRead;

static const struct {
	UCHAR Major;
	PDRIVER_DISPATCH Routine;
} g_Requests[] = {
	{IRP_MJ_CREATE, MtrOpenClose},
	{IRP_MJ_CLOSE, MtrOpenClose},
	{IRP_MJ_READ, MtrRead},
};

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	PDEVICE_OBJECT device;
	NTSTATUS status;
	ULONG i;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &g_DeviceName, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;

	status = g_Meter->Start(&g_State);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}

	device->Flags |= DO_BUFFERED_IO;
	for (i = 0; i < RTL_NUMBER_OF(g_Requests); i++)
		driver->MajorFunction[g_Requests[i].Major] = g_Requests[i].Routine;
	driver->DriverUnload = MtrUnload;
	return STATUS_SUCCESS;
}

VOID MtrUnload(PDRIVER_OBJECT driver)
{
	g_Meter->Stop(g_State);
	IoDeleteDevice(driver->DeviceObject);
}

static NTSTATUS MtrComplete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

NTSTATUS MtrOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	return MtrComplete(irp, STATUS_SUCCESS, 0);
}

NTSTATUS MtrRead(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	if (IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length < sizeof(ULONG))
		return MtrComplete(irp, STATUS_BUFFER_TOO_SMALL, 0);

	*(PULONG)irp->AssociatedIrp.SystemBuffer = g_Meter->Next(g_State);
	return MtrComplete(irp, STATUS_SUCCESS, sizeof(ULONG));
}
