/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Sums a copy of what was written, from a work item.  The routine allocates with quota
 * under __try; the handler frees the context, too.
 */
#include <ntddk.h>

#define CRC_TAG 'CRCd'

typedef struct _CRC_JOB {
	PIO_WORKITEM Item;
	ULONG Length;
	UCHAR Bytes[64];
} CRC_JOB, *PCRC_JOB;

static LONG g_Sum;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD CrcUnload;
static DRIVER_DISPATCH CrcOpenClose;
static DRIVER_DISPATCH CrcWrite;
static IO_WORKITEM_ROUTINE CrcWork;

static VOID CrcWork(PDEVICE_OBJECT device, PVOID context)
{
	PCRC_JOB job = context;
	PULONG row;
	ULONG i;

	UNREFERENCED_PARAMETER(device);

	IoFreeWorkItem(job->Item);
	__try {
		row = ExAllocatePoolWithQuotaTag(PagedPool, sizeof(job->Bytes) * sizeof(ULONG),
						 CRC_TAG);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		ExFreePoolWithTag(job, CRC_TAG);
		return;
	}
	for (i = 0; i < job->Length; i++) {
		row[i] = job->Bytes[i] * (i + 1);
		InterlockedExchangeAdd(&g_Sum, (LONG)row[i]);
	}
	ExFreePoolWithTag(row, CRC_TAG);
	ExFreePoolWithTag(job, CRC_TAG);
}

static NTSTATUS CrcDone(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS CrcWrite(PDEVICE_OBJECT device, PIRP irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;
	PCRC_JOB job;

	if (length > sizeof(job->Bytes))
		return CrcDone(irp, STATUS_INVALID_BUFFER_SIZE, 0);
	job = ExAllocatePoolWithTag(NonPagedPool, sizeof(CRC_JOB), CRC_TAG);
	if (!job)
		return CrcDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	job->Item = IoAllocateWorkItem(device);
	if (!job->Item) {
		ExFreePoolWithTag(job, CRC_TAG);
		return CrcDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	}
	job->Length = length;
	RtlCopyMemory(job->Bytes, irp->AssociatedIrp.SystemBuffer, length);
	IoQueueWorkItem(job->Item, CrcWork, DelayedWorkQueue, job);
	return CrcDone(irp, STATUS_SUCCESS, length);
}

static NTSTATUS CrcOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return CrcDone(irp, STATUS_SUCCESS, 0);
}

static VOID CrcUnload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Crc");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = CrcOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = CrcOpenClose;
	driver->MajorFunction[IRP_MJ_WRITE] = CrcWrite;
	driver->DriverUnload = CrcUnload;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
