/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Writes a time stamp to the registry from a work item.  Its context comes from the
 * driver's own allocator and is given back whether the key can be opened or not.
 */
#include <ntddk.h>

#define STP_TAG 'pmtS'

typedef struct _STP_JOB {
	PIO_WORKITEM Item;
	LARGE_INTEGER Time;
} STP_JOB, *PSTP_JOB;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD StpUnload;
static DRIVER_DISPATCH StpCreate;
static DRIVER_DISPATCH StpClose;
static IO_WORKITEM_ROUTINE StpWork;

static PVOID StpAlloc(SIZE_T length)
{
	PVOID block = ExAllocatePoolWithTag(NonPagedPool, length, STP_TAG);

	if (block)
		RtlZeroMemory(block, length);
	return block;
}

static VOID StpFree(PVOID block)
{
	if (block)
		ExFreePoolWithTag(block, STP_TAG);
}

static VOID StpWork(PDEVICE_OBJECT device, PVOID context)
{
	UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\Software\\Stamp");
	UNICODE_STRING value = RTL_CONSTANT_STRING(L"Last");
	OBJECT_ATTRIBUTES attributes;
	PSTP_JOB job = context;
	HANDLE key;

	UNREFERENCED_PARAMETER(device);

	IoFreeWorkItem(job->Item);
	InitializeObjectAttributes(&attributes, &path, OBJ_KERNEL_HANDLE, NULL, NULL);
	if (!NT_SUCCESS(ZwOpenKey(&key, KEY_SET_VALUE, &attributes))) {
		StpFree(job);
		return;
	}
	ZwSetValueKey(key, &value, 0, REG_QWORD, &job->Time, sizeof(job->Time));
	ZwClose(key);
	StpFree(job);
}

static NTSTATUS StpDone(PIRP irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS StpCreate(PDEVICE_OBJECT device, PIRP irp)
{
	PSTP_JOB job = StpAlloc(sizeof(STP_JOB));

	if (!job)
		return StpDone(irp, STATUS_INSUFFICIENT_RESOURCES);
	job->Item = IoAllocateWorkItem(device);
	if (!job->Item) {
		StpFree(job);
		return StpDone(irp, STATUS_INSUFFICIENT_RESOURCES);
	}
	KeQuerySystemTime(&job->Time);
	IoQueueWorkItem(job->Item, StpWork, DelayedWorkQueue, job);
	return StpDone(irp, STATUS_SUCCESS);
}

static NTSTATUS StpClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return StpDone(irp, STATUS_SUCCESS);
}

static VOID StpUnload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Stamp");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = StpCreate;
	driver->MajorFunction[IRP_MJ_CLOSE] = StpClose;
	driver->DriverUnload = StpUnload;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
