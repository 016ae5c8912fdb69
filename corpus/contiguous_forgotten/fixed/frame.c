/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A frame buffer of physically contiguous memory, made when the driver loads and
 * given back when it unloads.
 */
#include <ntddk.h>

#define FRM_SIZE (64 * 1024)

#define IOCTL_FRM_CLEAR CTL_CODE(FILE_DEVICE_UNKNOWN, 0x880, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _FRM_EXTENSION {
	PVOID Frame;
	PHYSICAL_ADDRESS Physical;
} FRM_EXTENSION, *PFRM_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD FrmUnload;
static DRIVER_DISPATCH FrmDispatch;

static UNICODE_STRING FrmDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Frame");
static UNICODE_STRING FrmLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Frame");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PHYSICAL_ADDRESS highest;
	PFRM_EXTENSION ext;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, sizeof(FRM_EXTENSION), &FrmDeviceName,
				FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	ext = device->DeviceExtension;

	/* The device can address the first four gigabytes. */
	highest.QuadPart = 0xFFFFFFFF;
	ext->Frame = MmAllocateContiguousMemory(FRM_SIZE, highest);
	if (ext->Frame == NULL) {
		IoDeleteDevice(device);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	RtlZeroMemory(ext->Frame, FRM_SIZE);
	ext->Physical = MmGetPhysicalAddress(ext->Frame);

	status = IoCreateSymbolicLink(&FrmLinkName, &FrmDeviceName);
	if (!NT_SUCCESS(status)) {
		MmFreeContiguousMemory(ext->Frame);
		ext->Frame = NULL;
		IoDeleteDevice(device);
		return status;
	}

	DriverObject->MajorFunction[IRP_MJ_CREATE] = FrmDispatch;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = FrmDispatch;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = FrmDispatch;
	DriverObject->DriverUnload = FrmUnload;
	return STATUS_SUCCESS;
}

static VOID FrmUnload(PDRIVER_OBJECT DriverObject)
{
	PDEVICE_OBJECT device = DriverObject->DeviceObject;
	PFRM_EXTENSION ext = device->DeviceExtension;

	IoDeleteSymbolicLink(&FrmLinkName);
	MmFreeContiguousMemory(ext->Frame);
	ext->Frame = NULL;
	IoDeleteDevice(device);
}

static NTSTATUS FrmDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PFRM_EXTENSION ext = DeviceObject->DeviceExtension;
	NTSTATUS status = STATUS_SUCCESS;

	if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
		if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_FRM_CLEAR)
			RtlZeroMemory(ext->Frame, FRM_SIZE);
		else
			status = STATUS_INVALID_DEVICE_REQUEST;
	}

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}
