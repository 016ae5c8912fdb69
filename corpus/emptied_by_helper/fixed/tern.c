/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * DriverEntry makes a device and, in its extension, two reports.  One helper gives back
 * whatever has been made so far, for the unload and for each step that fails.
 */
#include <ntddk.h>

#define TERN_TAG 'nreT'
#define TERN_BYTES 512

#define TERN_DEVICE L"\\Device\\Tern"
#define TERN_LINK L"\\DosDevices\\Tern"

struct tern_device {
	PDEVICE_OBJECT self;
	FAST_MUTEX lock;
	PUCHAR report;
	PUCHAR former;
};

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD tern_unload;
static DRIVER_DISPATCH tern_create_close;
static DRIVER_DISPATCH tern_read;

static struct tern_device *tern_of(PDEVICE_OBJECT device)
{
	return device->DeviceExtension;
}

static void tern_drop_reports(struct tern_device *tern)
{
	if (tern->report)
		ExFreePoolWithTag(tern->report, TERN_TAG);
	if (tern->former)
		ExFreePoolWithTag(tern->former, TERN_TAG);
	tern->report = NULL;
	tern->former = NULL;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
	PDEVICE_OBJECT device = NULL;
	struct tern_device *tern;
	UNICODE_STRING name, link;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(registry_path);

	RtlInitUnicodeString(&name, TERN_DEVICE);
	RtlInitUnicodeString(&link, TERN_LINK);
	status = IoCreateDevice(driver, sizeof(*tern), &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		goto fail;

	tern = tern_of(device);
	tern->self = device;
	ExInitializeFastMutex(&tern->lock);
	device->Flags |= DO_BUFFERED_IO;

	tern->report = ExAllocatePoolWithTag(PagedPool, TERN_BYTES, TERN_TAG);
	if (!tern->report) {
		status = STATUS_INSUFFICIENT_RESOURCES;
		goto fail;
	}
	RtlZeroMemory(tern->report, TERN_BYTES);

	tern->former = ExAllocatePoolWithTag(PagedPool, TERN_BYTES, TERN_TAG);
	if (!tern->former) {
		status = STATUS_INSUFFICIENT_RESOURCES;
		goto fail;
	}
	RtlZeroMemory(tern->former, TERN_BYTES);

	status = IoCreateSymbolicLink(&link, &name);
	if (!NT_SUCCESS(status))
		goto fail;

	driver->MajorFunction[IRP_MJ_CREATE] = tern_create_close;
	driver->MajorFunction[IRP_MJ_CLOSE] = tern_create_close;
	driver->MajorFunction[IRP_MJ_READ] = tern_read;
	driver->DriverUnload = tern_unload;
	return STATUS_SUCCESS;

fail:
	if (device) {
		tern_drop_reports(tern_of(device));
		IoDeleteDevice(device);
	}
	return status;
}

static VOID tern_unload(PDRIVER_OBJECT driver)
{
	struct tern_device *tern = tern_of(driver->DeviceObject);
	UNICODE_STRING link;

	RtlInitUnicodeString(&link, TERN_LINK);
	IoDeleteSymbolicLink(&link);
	tern_drop_reports(tern);
	IoDeleteDevice(tern->self);
}

static NTSTATUS tern_complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS tern_create_close(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	return tern_complete(irp, STATUS_SUCCESS, 0);
}

/* The last report; the one before it is kept too. */
static NTSTATUS tern_read(PDEVICE_OBJECT device, PIRP irp)
{
	struct tern_device *tern = tern_of(device);
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length;
	PUCHAR report;

	if (length > TERN_BYTES)
		length = TERN_BYTES;

	ExAcquireFastMutex(&tern->lock);
	report = tern->report;
	RtlCopyMemory(irp->AssociatedIrp.SystemBuffer, report, length);
	RtlCopyMemory(tern->former, report, TERN_BYTES);
	report[0]++;
	ExReleaseFastMutex(&tern->lock);

	return tern_complete(irp, STATUS_SUCCESS, length);
}
