/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Loading, unloading and dispatching.  What IOCTL_IDX_PREPARE makes is freed by a
 * helper of store.c.
 */
#include "index.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD IdxUnload;
static DRIVER_DISPATCH IdxDispatch;

static UNICODE_STRING IdxDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Index");
static UNICODE_STRING IdxLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Index");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PDEVICE_EXTENSION ext;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, sizeof(DEVICE_EXTENSION), &IdxDeviceName,
				FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;

	ext = device->DeviceExtension;
	ExInitializeFastMutex(&ext->Lock);
	ext->Store = NULL;
	ext->Index = NULL;

	status = IoCreateSymbolicLink(&IdxLinkName, &IdxDeviceName);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}

	DriverObject->MajorFunction[IRP_MJ_CREATE] = IdxDispatch;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = IdxDispatch;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = IdxDispatch;
	DriverObject->DriverUnload = IdxUnload;
	return STATUS_SUCCESS;
}

static VOID IdxUnload(PDRIVER_OBJECT DriverObject)
{
	PDEVICE_OBJECT device = DriverObject->DeviceObject;

	IoDeleteSymbolicLink(&IdxLinkName);
	IdxRelease(device->DeviceExtension);
	IoDeleteDevice(device);
}

static NTSTATUS IdxDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_SUCCESS;

	if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
		switch (stack->Parameters.DeviceIoControl.IoControlCode) {
		case IOCTL_IDX_PREPARE:
			status = IdxPrepare(DeviceObject->DeviceExtension);
			break;
		default:
			status = STATUS_INVALID_DEVICE_REQUEST;
			break;
		}
	}

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}
