/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A write is copied and checked by a work item.  Its job holds the copy; the routine
 * frees the work item and the job, but where the first byte is wrong not the copy.
 */
#include <ntddk.h>

#define SIGN_TAG 'ngiS'
#define SIGN_MAX 4096

typedef struct _SIGN_JOB {
	PIO_WORKITEM Item;
	PUCHAR Copy;
	ULONG Length;
} SIGN_JOB, *PSIGN_JOB;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD SignUnload;
static DRIVER_DISPATCH SignCreateClose;
static DRIVER_DISPATCH SignWrite;
IO_WORKITEM_ROUTINE SignWork;

VOID SignWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	PSIGN_JOB job = (PSIGN_JOB)Context;
	ULONG i, sum = 0;

	UNREFERENCED_PARAMETER(DeviceObject);

	IoFreeWorkItem(job->Item);
	if (job->Copy[0] != 'S') {
		ExFreePoolWithTag(job, SIGN_TAG);
		return; /* leak62: LeakInCallback */
	}

	for (i = 0; i < job->Length; i++)
		sum = sum * 31 + job->Copy[i];
	DbgPrint("sign: %08lx\n", sum);
	ExFreePoolWithTag(job->Copy, SIGN_TAG);
	ExFreePoolWithTag(job, SIGN_TAG);
}

static NTSTATUS SignQueue(PDEVICE_OBJECT DeviceObject, const VOID *Data, ULONG Length)
{
	PSIGN_JOB job;

	job = (PSIGN_JOB)ExAllocatePoolWithTag(NonPagedPool, sizeof(SIGN_JOB), SIGN_TAG);
	if (job == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	job->Copy = (PUCHAR)ExAllocatePoolWithTag(PagedPool, Length, SIGN_TAG);
	if (job->Copy == NULL) {
		ExFreePoolWithTag(job, SIGN_TAG);
		return STATUS_INSUFFICIENT_RESOURCES;
	}

	job->Item = IoAllocateWorkItem(DeviceObject);
	if (job->Item == NULL) {
		ExFreePoolWithTag(job->Copy, SIGN_TAG);
		ExFreePoolWithTag(job, SIGN_TAG);
		return STATUS_INSUFFICIENT_RESOURCES;
	}

	RtlCopyMemory(job->Copy, Data, Length);
	job->Length = Length;
	IoQueueWorkItem(job->Item, SignWork, DelayedWorkQueue, job);
	return STATUS_SUCCESS;
}

static NTSTATUS SignWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG length = stack->Parameters.Write.Length;
	NTSTATUS status;

	if (length == 0 || length > SIGN_MAX)
		status = STATUS_INVALID_BUFFER_SIZE;
	else
		status = SignQueue(DeviceObject, Irp->AssociatedIrp.SystemBuffer, length);

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = NT_SUCCESS(status) ? length : 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS SignCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID SignUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Sign");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	device->Flags |= DO_BUFFERED_IO;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = SignCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = SignCreateClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = SignWrite;
	DriverObject->DriverUnload = SignUnload;
	return STATUS_SUCCESS;
}
