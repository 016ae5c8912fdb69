/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * IOCTL_PEEK_SUM adds up the bytes of the caller's buffer (METHOD_NEITHER), which it
 * locks and maps.  The MDL is freed on every way out.
 */
#include <ntddk.h>

#define IOCTL_PEEK_SUM CTL_CODE(FILE_DEVICE_UNKNOWN, 0x860, METHOD_NEITHER, FILE_READ_DATA)
#define PEEK_MAX 65536

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD PeekUnload;
static DRIVER_DISPATCH PeekCreateClose;
static DRIVER_DISPATCH PeekControl;

static NTSTATUS PeekSum(PVOID Address, ULONG Length, ULONG *Sum)
{
	NTSTATUS status = STATUS_SUCCESS;
	UCHAR *bytes;
	ULONG i;
	PMDL mdl;

	mdl = IoAllocateMdl(Address, Length, FALSE, FALSE, NULL);
	if (mdl == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	__try {
		MmProbeAndLockPages(mdl, UserMode, IoReadAccess);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	if (!NT_SUCCESS(status)) {
		IoFreeMdl(mdl);
		return status;
	}

	bytes = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
	if (bytes == NULL) {
		MmUnlockPages(mdl);
		IoFreeMdl(mdl);
		return STATUS_INSUFFICIENT_RESOURCES;
	}

	*Sum = 0;
	for (i = 0; i < Length; i++)
		*Sum += bytes[i];

	MmUnlockPages(mdl);
	IoFreeMdl(mdl);
	return STATUS_SUCCESS;
}

static NTSTATUS PeekControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG length = stack->Parameters.DeviceIoControl.InputBufferLength;
	NTSTATUS status;
	ULONG sum = 0;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_PEEK_SUM)
		status = STATUS_INVALID_DEVICE_REQUEST;
	else if (length == 0 || length > PEEK_MAX)
		status = STATUS_INVALID_BUFFER_SIZE;
	else
		status = PeekSum(stack->Parameters.DeviceIoControl.Type3InputBuffer, length, &sum);

	if (NT_SUCCESS(status))
		DbgPrint("peek: %lu\n", sum);
	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS PeekCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID PeekUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Peek");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = PeekCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = PeekCreateClose;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = PeekControl;
	DriverObject->DriverUnload = PeekUnload;
	return STATUS_SUCCESS;
}
