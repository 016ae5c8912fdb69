/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Loading, unloading and dispatching.  The table of another file has been made when the
 * device cannot be; when its link cannot be, the table is freed.
 */
#include "tally.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD TallyUnload;
static DRIVER_DISPATCH TallyOpenClose;
static DRIVER_DISPATCH TallyWrite;

static UNICODE_STRING TallyLink = RTL_CONSTANT_STRING(L"\\DosDevices\\Tally");

static NTSTATUS TallyDone(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS TallyOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	return TallyDone(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS TallyWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (length != 0)
		CountsAdd(*(PUCHAR)Irp->AssociatedIrp.SystemBuffer);
	return TallyDone(Irp, STATUS_SUCCESS, length);
}

static VOID TallyUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteSymbolicLink(&TallyLink);
	IoDeleteDevice(DriverObject->DeviceObject);
	CountsTerm();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Tally");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = CountsInit();
	if (!NT_SUCCESS(status))
		return status;

	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status; /* leak62: LeakOnFailedLoad */

	status = IoCreateSymbolicLink(&TallyLink, &name);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		CountsTerm();
		return status;
	}

	device->Flags |= DO_BUFFERED_IO;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = TallyOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = TallyOpenClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = TallyWrite;
	DriverObject->DriverUnload = TallyUnload;
	return STATUS_SUCCESS;
}
