/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A filter with a channel in its device extension, and a history in the channel from
 * START to STOP.  A device that is removed while it runs loses the history.
 */
#include <ntddk.h>

#define PRB_TAG 'ebrP'
#define PRB_HISTORY 2048

typedef struct _PRB_CHANNEL {
	PUCHAR History;
	ULONG Requests;
} PRB_CHANNEL, *PPRB_CHANNEL;

typedef struct _PRB_EXTENSION {
	PDEVICE_OBJECT Lower;
	PPRB_CHANNEL Channel;
} PRB_EXTENSION, *PPRB_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD PrbUnload;
static DRIVER_ADD_DEVICE PrbAddDevice;
static DRIVER_DISPATCH PrbPass;
static DRIVER_DISPATCH PrbPnp;

static NTSTATUS PrbPass(PDEVICE_OBJECT device, PIRP irp)
{
	PPRB_EXTENSION ext = device->DeviceExtension;

	IoSkipCurrentIrpStackLocation(irp);
	return IoCallDriver(ext->Lower, irp);
}

static VOID PrbStop(PPRB_CHANNEL channel)
{
	if (channel->History)
		ExFreePoolWithTag(channel->History, PRB_TAG);
	channel->History = NULL;
}

static NTSTATUS PrbPnp(PDEVICE_OBJECT device, PIRP irp)
{
	PPRB_EXTENSION ext = device->DeviceExtension;
	NTSTATUS status;

	switch (IoGetCurrentIrpStackLocation(irp)->MinorFunction) {
	case IRP_MN_START_DEVICE:
		if (!ext->Channel->History)
			ext->Channel->History =
				ExAllocatePoolWithTag(NonPagedPool, PRB_HISTORY, PRB_TAG);
		break;
	case IRP_MN_STOP_DEVICE:
		PrbStop(ext->Channel);
		break;
	case IRP_MN_REMOVE_DEVICE:
		status = PrbPass(device, irp);
		ExFreePoolWithTag(ext->Channel, PRB_TAG); /* leak62: LeakWithOwner */
		IoDetachDevice(ext->Lower);
		IoDeleteDevice(device);
		return status;
	}
	return PrbPass(device, irp);
}

static NTSTATUS PrbAddDevice(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
	PDEVICE_OBJECT device;
	PPRB_EXTENSION ext;
	NTSTATUS status;

	status = IoCreateDevice(driver, sizeof(PRB_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	ext = device->DeviceExtension;
	ext->Channel = ExAllocatePoolWithTag(NonPagedPool, sizeof(PRB_CHANNEL), PRB_TAG);
	if (!ext->Channel) {
		IoDeleteDevice(device);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	RtlZeroMemory(ext->Channel, sizeof(PRB_CHANNEL));
	ext->Lower = IoAttachDeviceToDeviceStack(device, pdo);
	if (!ext->Lower) {
		ExFreePoolWithTag(ext->Channel, PRB_TAG);
		IoDeleteDevice(device);
		return STATUS_NO_SUCH_DEVICE;
	}
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static VOID PrbUnload(PDRIVER_OBJECT driver)
{
	UNREFERENCED_PARAMETER(driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	ULONG i;

	UNREFERENCED_PARAMETER(path);

	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		driver->MajorFunction[i] = PrbPass;
	driver->MajorFunction[IRP_MJ_PNP] = PrbPnp;
	driver->DriverExtension->AddDevice = PrbAddDevice;
	driver->DriverUnload = PrbUnload;
	return STATUS_SUCCESS;
}
