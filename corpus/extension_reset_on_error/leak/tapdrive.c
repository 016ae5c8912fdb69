/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A function driver that has a ring of samples between START_DEVICE and REMOVE_DEVICE.
 * If no MDL can be had for the ring, the extension forgets the ring.
 */
#include <ntddk.h>

#define TAP_TAG 'vrDT'
#define TAP_RING (8 * PAGE_SIZE)

typedef struct _TAP_EXTENSION {
	PDEVICE_OBJECT Lower;
	PUCHAR Ring;
	PMDL RingMdl;
} TAP_EXTENSION, *PTAP_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD TapUnload;
static DRIVER_ADD_DEVICE TapAddDevice;
static DRIVER_DISPATCH TapPnp;
static DRIVER_DISPATCH TapPass;

static NTSTATUS TapPass(PDEVICE_OBJECT device, PIRP irp)
{
	PTAP_EXTENSION ext = device->DeviceExtension;

	IoSkipCurrentIrpStackLocation(irp);
	return IoCallDriver(ext->Lower, irp);
}

static NTSTATUS TapMakeRing(PTAP_EXTENSION ext)
{
	if (ext->Ring)
		return STATUS_SUCCESS;
	ext->Ring = ExAllocatePoolWithTag(NonPagedPool, TAP_RING, TAP_TAG);
	if (!ext->Ring)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlZeroMemory(ext->Ring, TAP_RING);

	ext->RingMdl = IoAllocateMdl(ext->Ring, TAP_RING, FALSE, FALSE, NULL);
	if (!ext->RingMdl) {
		ext->Ring = NULL; /* leak62: LeakOnPath */
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	MmBuildMdlForNonPagedPool(ext->RingMdl);
	return STATUS_SUCCESS;
}

static VOID TapFreeRing(PTAP_EXTENSION ext)
{
	if (!ext->Ring)
		return;
	IoFreeMdl(ext->RingMdl);
	ExFreePoolWithTag(ext->Ring, TAP_TAG);
	ext->RingMdl = NULL;
	ext->Ring = NULL;
}

static NTSTATUS TapPnp(PDEVICE_OBJECT device, PIRP irp)
{
	PTAP_EXTENSION ext = device->DeviceExtension;
	NTSTATUS status;

	switch (IoGetCurrentIrpStackLocation(irp)->MinorFunction) {
	case IRP_MN_START_DEVICE:
		status = TapMakeRing(ext);
		if (NT_SUCCESS(status))
			break;
		irp->IoStatus.Status = status;
		IoCompleteRequest(irp, IO_NO_INCREMENT);
		return status;
	case IRP_MN_REMOVE_DEVICE:
		TapFreeRing(ext);
		irp->IoStatus.Status = STATUS_SUCCESS;
		status = TapPass(device, irp);
		IoDetachDevice(ext->Lower);
		IoDeleteDevice(device);
		return status;
	default:
		break;
	}
	return TapPass(device, irp);
}

static NTSTATUS TapAddDevice(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
	PDEVICE_OBJECT device;
	PTAP_EXTENSION ext;
	NTSTATUS status;

	status = IoCreateDevice(driver, sizeof(TAP_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	ext = device->DeviceExtension;
	ext->Lower = IoAttachDeviceToDeviceStack(device, pdo);
	if (!ext->Lower) {
		IoDeleteDevice(device);
		return STATUS_NO_SUCH_DEVICE;
	}
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static VOID TapUnload(PDRIVER_OBJECT driver)
{
	UNREFERENCED_PARAMETER(driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	ULONG i;

	UNREFERENCED_PARAMETER(path);

	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		driver->MajorFunction[i] = TapPass;
	driver->MajorFunction[IRP_MJ_PNP] = TapPnp;
	driver->DriverExtension->AddDevice = TapAddDevice;
	driver->DriverUnload = TapUnload;
	return STATUS_SUCCESS;
}
