/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A frame with an MDL for each handle.  CLOSE frees all three blocks as pool.
 */
#include "frame.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD FraUnload;
static DRIVER_DISPATCH FraCreate;
static DRIVER_DISPATCH FraClose;

static NTSTATUS FraDone(PIRP irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS FraCreate(PDEVICE_OBJECT device, PIRP irp)
{
	PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;
	PFRA_HANDLE handle;

	UNREFERENCED_PARAMETER(device);

	handle = ExAllocatePoolWithTag(NonPagedPool, sizeof(FRA_HANDLE), FRA_TAG);
	if (!handle)
		return FraDone(irp, STATUS_INSUFFICIENT_RESOURCES);
	handle->Bits = ExAllocatePoolWithTag(NonPagedPool, FRA_BYTES, FRA_TAG);
	if (!handle->Bits) {
		ExFreePoolWithTag(handle, FRA_TAG);
		return FraDone(irp, STATUS_INSUFFICIENT_RESOURCES);
	}
	handle->Mdl = IoAllocateMdl(handle->Bits, FRA_BYTES, FALSE, FALSE, NULL);
	if (!handle->Mdl) {
		ExFreePoolWithTag(handle->Bits, FRA_TAG);
		ExFreePoolWithTag(handle, FRA_TAG);
		return FraDone(irp, STATUS_INSUFFICIENT_RESOURCES);
	}
	MmBuildMdlForNonPagedPool(handle->Mdl);
	file->FsContext = handle;
	return FraDone(irp, STATUS_SUCCESS);
}

static NTSTATUS FraClose(PDEVICE_OBJECT device, PIRP irp)
{
	PFRA_HANDLE handle = IoGetCurrentIrpStackLocation(irp)->FileObject->FsContext;

	UNREFERENCED_PARAMETER(device);

	ExFreePool(handle->Mdl); /* leak62: WrongFree */
	ExFreePoolWithTag(handle->Bits, FRA_TAG);
	ExFreePoolWithTag(handle, FRA_TAG);
	return FraDone(irp, STATUS_SUCCESS);
}

static VOID FraUnload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Frame");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = FraCreate;
	driver->MajorFunction[IRP_MJ_CLOSE] = FraClose;
	driver->DriverUnload = FraUnload;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
