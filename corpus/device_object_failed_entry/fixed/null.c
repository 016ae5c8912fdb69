/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A device that swallows what is written to it.
 */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD NullUnload;
static DRIVER_DISPATCH NullDispatch;

static UNICODE_STRING NullDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Swallow");
static UNICODE_STRING NullLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Swallow");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &NullDeviceName, FILE_DEVICE_NULL,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;

	status = IoCreateSymbolicLink(&NullLinkName, &NullDeviceName);
	if (!NT_SUCCESS(status)) {
		DbgPrint("swallow: no link, status 0x%08lx\n", (ULONG)status);
		IoDeleteDevice(device);
		return status;
	}

	device->Flags |= DO_BUFFERED_IO;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = NullDispatch;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = NullDispatch;
	DriverObject->MajorFunction[IRP_MJ_READ] = NullDispatch;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = NullDispatch;
	DriverObject->DriverUnload = NullUnload;
	return STATUS_SUCCESS;
}

static VOID NullUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteSymbolicLink(&NullLinkName);
	IoDeleteDevice(DriverObject->DeviceObject);
}

static NTSTATUS NullDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_SUCCESS;

	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Information = 0;
	switch (stack->MajorFunction) {
	case IRP_MJ_READ:
		status = STATUS_END_OF_FILE;
		break;
	case IRP_MJ_WRITE:
		Irp->IoStatus.Information = stack->Parameters.Write.Length;
		break;
	default:
		break;
	}

	Irp->IoStatus.Status = status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}
