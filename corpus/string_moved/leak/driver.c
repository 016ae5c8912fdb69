/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Loading, unloading and dispatching: a write sets the banner, a read gets it. */
#include "banner.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD BannerUnload;
static DRIVER_DISPATCH BannerOpenClose;
static DRIVER_DISPATCH BannerWrite;
static DRIVER_DISPATCH BannerRead;

static NTSTATUS BannerDone(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS BannerOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	return BannerDone(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS BannerWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
	ANSI_STRING text;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (length > 256)
		return BannerDone(Irp, STATUS_INVALID_BUFFER_SIZE, 0);
	text.Buffer = Irp->AssociatedIrp.SystemBuffer;
	text.Length = text.MaximumLength = (USHORT)length;
	status = StoreSet(&text);
	return BannerDone(Irp, status, NT_SUCCESS(status) ? length : 0);
}

static NTSTATUS BannerRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	ULONG room = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;

	UNREFERENCED_PARAMETER(DeviceObject);

	return BannerDone(Irp, STATUS_SUCCESS,
			  room ? StoreGet(Irp->AssociatedIrp.SystemBuffer, room) : 0);
}

static VOID BannerUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
	StoreTerm();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Banner");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = StoreInit();
	if (!NT_SUCCESS(status))
		return status;
	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status)) {
		StoreTerm();
		return status;
	}

	device->Flags |= DO_BUFFERED_IO;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = BannerOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = BannerOpenClose;
	DriverObject->MajorFunction[IRP_MJ_READ] = BannerRead;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = BannerWrite;
	DriverObject->DriverUnload = BannerUnload;
	return STATUS_SUCCESS;
}
