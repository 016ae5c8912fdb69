/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Appends what is written to the device to a log file.  The work item's routine hands
 * its job to LogWrite, which frees it if the file could be opened.
 */
#include "job.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD LogUnload;
static DRIVER_DISPATCH LogOpenClose;
static DRIVER_DISPATCH LogTake;
static IO_WORKITEM_ROUTINE LogWork;

static VOID LogWork(PDEVICE_OBJECT device, PVOID context)
{
	PLOG_JOB job = context;

	UNREFERENCED_PARAMETER(device);

	IoFreeWorkItem(job->Item);
	LogWrite(job);
} /* leak62: LeakInCallback */

static NTSTATUS LogDone(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS LogTake(PDEVICE_OBJECT device, PIRP irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;
	PLOG_JOB job;

	if (length > sizeof(job->Text))
		return LogDone(irp, STATUS_INVALID_BUFFER_SIZE, 0);
	job = ExAllocatePoolWithTag(NonPagedPool, sizeof(LOG_JOB), JOB_TAG);
	if (!job)
		return LogDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	job->Item = IoAllocateWorkItem(device);
	if (!job->Item) {
		ExFreePoolWithTag(job, JOB_TAG);
		return LogDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	}
	job->Length = length;
	RtlCopyMemory(job->Text, irp->AssociatedIrp.SystemBuffer, length);
	IoQueueWorkItem(job->Item, LogWork, DelayedWorkQueue, job);
	return LogDone(irp, STATUS_SUCCESS, length);
}

static NTSTATUS LogOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return LogDone(irp, STATUS_SUCCESS, 0);
}

static VOID LogUnload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\JobLog");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = LogOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = LogOpenClose;
	driver->MajorFunction[IRP_MJ_WRITE] = LogTake;
	driver->DriverUnload = LogUnload;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
