/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Settings in a global, with a text that the first write sets.  Unload frees the
 * settings only.
 */
#include <ntddk.h>

#define BNR_TAG 'rnnB'

typedef struct _BNR_SETTINGS {
	PCHAR Text;
	ULONG Length;
} BNR_SETTINGS, *PBNR_SETTINGS;

static PBNR_SETTINGS g_Settings;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD BnrUnload;
static DRIVER_DISPATCH BnrOpenClose;
static DRIVER_DISPATCH BnrWrite;

static NTSTATUS BnrDone(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS BnrWrite(PDEVICE_OBJECT device, PIRP irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;

	UNREFERENCED_PARAMETER(device);

	if (g_Settings->Text)
		return BnrDone(irp, STATUS_ALREADY_COMMITTED, 0);
	g_Settings->Text = ExAllocatePoolWithTag(PagedPool, length, BNR_TAG);
	if (!g_Settings->Text)
		return BnrDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	RtlCopyMemory(g_Settings->Text, irp->AssociatedIrp.SystemBuffer, length);
	g_Settings->Length = length;
	return BnrDone(irp, STATUS_SUCCESS, length);
}

static NTSTATUS BnrOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return BnrDone(irp, STATUS_SUCCESS, 0);
}

static VOID BnrUnload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
	ExFreePoolWithTag(g_Settings, BNR_TAG); /* leak62: LeakWithOwner */
	g_Settings = NULL;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Banner");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	g_Settings = ExAllocatePoolWithTag(NonPagedPool, sizeof(BNR_SETTINGS), BNR_TAG);
	if (!g_Settings)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlZeroMemory(g_Settings, sizeof(*g_Settings));
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, TRUE,
				&device);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(g_Settings, BNR_TAG);
		return status;
	}
	driver->MajorFunction[IRP_MJ_CREATE] = BnrOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = BnrOpenClose;
	driver->MajorFunction[IRP_MJ_WRITE] = BnrWrite;
	driver->DriverUnload = BnrUnload;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
