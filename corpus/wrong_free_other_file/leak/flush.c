/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * IOCTL_FLUSH_LATER starts a work item with a job.  If there is no memory for the
 * job, the work item is given to the function that frees the driver's pool.
 */
#include "mem.h"

#define IOCTL_FLUSH_LATER CTL_CODE(FILE_DEVICE_UNKNOWN, 0x862, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _FLUSH_JOB {
	PIO_WORKITEM Item;
	LARGE_INTEGER Asked;
} FLUSH_JOB, *PFLUSH_JOB;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD FlushUnload;
static DRIVER_DISPATCH FlushCreateClose;
static DRIVER_DISPATCH FlushControl;
static IO_WORKITEM_ROUTINE FlushWork;

static VOID FlushWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	PFLUSH_JOB job = Context;

	UNREFERENCED_PARAMETER(DeviceObject);

	DbgPrint("flush: asked at %I64d\n", job->Asked.QuadPart);
	IoFreeWorkItem(job->Item);
	MemFree(job);
}

static NTSTATUS FlushLater(PDEVICE_OBJECT DeviceObject)
{
	PIO_WORKITEM item;
	PFLUSH_JOB job;

	item = IoAllocateWorkItem(DeviceObject);
	if (item == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	job = MemAllocate(sizeof(*job));
	if (job == NULL) {
		MemFree(item); /* leak62: WrongFree */
		return STATUS_INSUFFICIENT_RESOURCES;
	}

	job->Item = item;
	KeQuerySystemTime(&job->Asked);
	IoQueueWorkItem(item, FlushWork, DelayedWorkQueue, job);
	return STATUS_SUCCESS;
}

static NTSTATUS FlushControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

	if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_FLUSH_LATER)
		status = FlushLater(DeviceObject);

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS FlushCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID FlushUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Flush");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = FlushCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = FlushCreateClose;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = FlushControl;
	DriverObject->DriverUnload = FlushUnload;
	return STATUS_SUCCESS;
}
