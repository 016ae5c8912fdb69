/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Keeps parcels, a head and a copy of the bytes each.  The request that drops the oldest
 * frees the head, and the head alone.
 */
#include <ntddk.h>

#define PCL_TAG 'lcrP'
#define IOCTL_PCL_DROP CTL_CODE(FILE_DEVICE_UNKNOWN, 0x870, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _PCL_PARCEL {
	LIST_ENTRY Link;
	PUCHAR Bytes;
	ULONG Length;
} PCL_PARCEL, *PPCL_PARCEL;

static LIST_ENTRY g_Parcels;
static FAST_MUTEX g_Mutex;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD PclUnload;
static DRIVER_DISPATCH PclOpenClose;
static DRIVER_DISPATCH PclWrite;
static DRIVER_DISPATCH PclControl;

static NTSTATUS PclDone(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static VOID PclFree(PPCL_PARCEL parcel)
{
	ExFreePoolWithTag(parcel->Bytes, PCL_TAG);
	ExFreePoolWithTag(parcel, PCL_TAG);
}

static NTSTATUS PclWrite(PDEVICE_OBJECT device, PIRP irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;
	PPCL_PARCEL parcel = ExAllocatePoolWithTag(NonPagedPool, sizeof(PCL_PARCEL), PCL_TAG);

	UNREFERENCED_PARAMETER(device);

	if (!parcel)
		return PclDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	parcel->Length = length;
	parcel->Bytes = ExAllocatePoolWithTag(NonPagedPool, length, PCL_TAG);
	if (!parcel->Bytes) {
		ExFreePoolWithTag(parcel, PCL_TAG);
		return PclDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	}
	RtlCopyMemory(parcel->Bytes, irp->AssociatedIrp.SystemBuffer, length);
	ExAcquireFastMutex(&g_Mutex);
	InsertTailList(&g_Parcels, &parcel->Link);
	ExReleaseFastMutex(&g_Mutex);
	return PclDone(irp, STATUS_SUCCESS, length);
}

static NTSTATUS PclDrop(VOID)
{
	NTSTATUS status = STATUS_NO_MORE_ENTRIES;
	PPCL_PARCEL parcel;

	ExAcquireFastMutex(&g_Mutex);
	__try {
		if (IsListEmpty(&g_Parcels))
			__leave;
		parcel = CONTAINING_RECORD(RemoveHeadList(&g_Parcels), PCL_PARCEL, Link);
		ExFreePoolWithTag(parcel, PCL_TAG); /* leak62: LeakWithOwner */
		status = STATUS_SUCCESS;
	} __finally {
		ExReleaseFastMutex(&g_Mutex);
	}
	return status;
}

static NTSTATUS PclControl(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

	UNREFERENCED_PARAMETER(device);

	if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_PCL_DROP)
		return PclDone(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	return PclDone(irp, PclDrop(), 0);
}

static NTSTATUS PclOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return PclDone(irp, STATUS_SUCCESS, 0);
}

static VOID PclUnload(PDRIVER_OBJECT driver)
{
	while (!IsListEmpty(&g_Parcels))
		PclFree(CONTAINING_RECORD(RemoveHeadList(&g_Parcels), PCL_PARCEL, Link));
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Parcel");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	InitializeListHead(&g_Parcels);
	ExInitializeFastMutex(&g_Mutex);
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = PclOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = PclOpenClose;
	driver->MajorFunction[IRP_MJ_WRITE] = PclWrite;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = PclControl;
	driver->DriverUnload = PclUnload;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
