/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * METHOD_NEITHER: captures a mask of the caller under __try and keeps it in the
 * device extension, from where unload frees it.
 */
#include <ntddk.h>

#define MSK_TAG 'ksaM'
#define MSK_MAX 4096
#define IOCTL_MSK_SET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x850, METHOD_NEITHER, FILE_WRITE_DATA)

typedef struct _MSK_EXTENSION {
	FAST_MUTEX Mutex;
	PUCHAR Mask;
	ULONG Length;
} MSK_EXTENSION, *PMSK_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD MskUnload;
static DRIVER_DISPATCH MskOpenClose;
static DRIVER_DISPATCH MskControl;

static NTSTATUS MskSet(PMSK_EXTENSION ext, PVOID user, ULONG length)
{
	NTSTATUS status = STATUS_SUCCESS;
	PUCHAR mask, old;

	if (length == 0 || length > MSK_MAX)
		return STATUS_INVALID_PARAMETER;
	mask = ExAllocatePoolWithTag(PagedPool, length, MSK_TAG);
	if (!mask)
		return STATUS_INSUFFICIENT_RESOURCES;
	__try {
		ProbeForRead(user, length, sizeof(UCHAR));
		RtlCopyMemory(mask, user, length);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(mask, MSK_TAG);
		return status;
	}

	ExAcquireFastMutex(&ext->Mutex);
	old = ext->Mask;
	ext->Mask = mask;
	ext->Length = length;
	ExReleaseFastMutex(&ext->Mutex);
	if (old)
		ExFreePoolWithTag(old, MSK_TAG);
	return STATUS_SUCCESS;
}

static NTSTATUS MskControl(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
	NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

	if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_MSK_SET)
		status = MskSet(device->DeviceExtension,
				stack->Parameters.DeviceIoControl.Type3InputBuffer,
				stack->Parameters.DeviceIoControl.InputBufferLength);
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS MskOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID MskUnload(PDRIVER_OBJECT driver)
{
	PMSK_EXTENSION ext = driver->DeviceObject->DeviceExtension;

	if (ext->Mask)
		ExFreePoolWithTag(ext->Mask, MSK_TAG);
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Mask");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, sizeof(MSK_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	ExInitializeFastMutex(&((PMSK_EXTENSION)device->DeviceExtension)->Mutex);
	driver->MajorFunction[IRP_MJ_CREATE] = MskOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = MskOpenClose;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = MskControl;
	driver->DriverUnload = MskUnload;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
