/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A write is only noted; a work item counts the notes later on, one at a time.  When
 * a work item is already under way, the one just made is freed.
 */
#include <wdm.h>

typedef struct _FLUSH_EXTENSION {
	volatile LONG Busy;
	volatile LONG Noted;
	LONG Counted;
} FLUSH_EXTENSION, *PFLUSH_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD FlushUnload;
static DRIVER_DISPATCH FlushOpenClose;
static DRIVER_DISPATCH FlushWrite;
static IO_WORKITEM_ROUTINE FlushWork;

static VOID FlushWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	PFLUSH_EXTENSION ext = DeviceObject->DeviceExtension;

	ext->Counted += InterlockedExchange(&ext->Noted, 0);
	InterlockedExchange(&ext->Busy, 0);
	IoFreeWorkItem(Context);
}

static NTSTATUS FlushLater(PDEVICE_OBJECT DeviceObject)
{
	PFLUSH_EXTENSION ext = DeviceObject->DeviceExtension;
	PIO_WORKITEM item = IoAllocateWorkItem(DeviceObject);

	if (item == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	InterlockedIncrement(&ext->Noted);
	if (InterlockedExchange(&ext->Busy, 1) != 0) {
		IoFreeWorkItem(item);
		return STATUS_SUCCESS;
	}
	IoQueueWorkItem(item, FlushWork, DelayedWorkQueue, item);
	return STATUS_SUCCESS;
}

static NTSTATUS FlushWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	NTSTATUS status = FlushLater(DeviceObject);

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	if (NT_SUCCESS(status))
		Irp->IoStatus.Information =
			IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS FlushOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
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
	PFLUSH_EXTENSION ext;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, sizeof(*ext), &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	ext = device->DeviceExtension;
	RtlZeroMemory(ext, sizeof(*ext));
	DriverObject->MajorFunction[IRP_MJ_CREATE] = FlushOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = FlushOpenClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = FlushWrite;
	DriverObject->DriverUnload = FlushUnload;
	return STATUS_SUCCESS;
}
