/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Multiplies the caller's samples by a gain, in a block of its own, and writes them
 * back (METHOD_NEITHER).  Two macros hide __try and __except.  When the caller's
 * buffer cannot be written, the block is freed like on the other exits.
 */
#include "guard.h"

#define SCL_TAG 'lcSA'
#define SCL_MAX 1024
#define SCL_GAIN 3

#define IOCTL_SCL_SCALE CTL_CODE(FILE_DEVICE_SOUND, 0x911, METHOD_NEITHER, FILE_ANY_ACCESS)

static NTSTATUS SclScale(PVOID User, ULONG Count)
{
	ULONG size = Count * sizeof(LONG);
	NTSTATUS status;
	PLONG samples;
	ULONG i;

	samples = (PLONG)ExAllocatePoolWithTag(PagedPool, size, SCL_TAG);
	if (!samples)
		return STATUS_NO_MEMORY;

	GUARDED(status)
	{
		ProbeForWrite(User, size, sizeof(LONG));
		RtlCopyMemory(samples, User, size);
	}
	GUARD_END(status);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(samples, SCL_TAG);
		return status;
	}

	for (i = 0; i < Count; i++)
		samples[i] *= SCL_GAIN;

	GUARDED(status)
	{
		ProbeForWrite(User, size, sizeof(LONG));
		RtlCopyMemory(User, samples, size);
	}
	GUARD_END(status);

	ExFreePoolWithTag(samples, SCL_TAG);
	return status;
}

static NTSTATUS SclComplete(PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static DRIVER_DISPATCH SclOpen;
static NTSTATUS SclOpen(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	return SclComplete(Irp, STATUS_SUCCESS);
}

static DRIVER_DISPATCH SclControl;
static NTSTATUS SclControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG length = stack->Parameters.DeviceIoControl.OutputBufferLength;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_SCL_SCALE)
		return SclComplete(Irp, STATUS_INVALID_DEVICE_REQUEST);
	if (length == 0 || length % sizeof(LONG) != 0 || length / sizeof(LONG) > SCL_MAX)
		return SclComplete(Irp, STATUS_INVALID_BUFFER_SIZE);
	return SclComplete(Irp, SclScale(Irp->UserBuffer, length / sizeof(LONG)));
}

static DRIVER_UNLOAD SclUnload;
static VOID SclUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Scale");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_SOUND,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = SclOpen;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = SclOpen;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = SclControl;
	DriverObject->DriverUnload = SclUnload;
	return STATUS_SUCCESS;
}
