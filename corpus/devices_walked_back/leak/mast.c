/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Weather masts: a device each, with a buffer for the wind and a list of gauges.  A
 * mast that cannot be finished is left to DriverEntry, which takes down all of them.
 */
#include <ntddk.h>

#define MAST_TAG 'tsaM'
#define MASTS 3
#define WIND_BYTES 2048

typedef struct _GAUGE {
	ULONG Height;
	LIST_ENTRY Link;
} GAUGE, *PGAUGE;

typedef struct _MAST {
	ULONG Number;
	PUCHAR Wind;
	LIST_ENTRY Gauges;
} MAST, *PMAST;

static VOID MastTakeGauges(PMAST Mast)
{
	while (!IsListEmpty(&Mast->Gauges)) {
		PLIST_ENTRY entry = RemoveHeadList(&Mast->Gauges);

		ExFreePoolWithTag(CONTAINING_RECORD(entry, GAUGE, Link), MAST_TAG);
	}
}

static NTSTATUS MastMake(PDRIVER_OBJECT DriverObject, ULONG Number)
{
	PDEVICE_OBJECT device;
	PGAUGE gauge;
	PMAST mast;
	NTSTATUS status;

	status = IoCreateDevice(DriverObject, sizeof(MAST), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	mast = device->DeviceExtension;
	mast->Number = Number;
	InitializeListHead(&mast->Gauges);

	mast->Wind = ExAllocatePoolWithTag(NonPagedPool, WIND_BYTES, MAST_TAG);
	if (mast->Wind == NULL)
		return STATUS_INSUFFICIENT_RESOURCES; /* the caller finds the device */
	gauge = ExAllocatePoolWithTag(NonPagedPool, sizeof(*gauge), MAST_TAG);
	if (gauge == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	gauge->Height = 10 * Number;
	InsertTailList(&mast->Gauges, &gauge->Link);
	device->Flags |= DO_BUFFERED_IO;
	return STATUS_SUCCESS;
}

static VOID MastsUndo(PDRIVER_OBJECT DriverObject)
{
	PDEVICE_OBJECT device = DriverObject->DeviceObject, next;

	while (device != NULL) {
		PMAST mast = device->DeviceExtension;

		next = device->NextDevice;
		MastTakeGauges(mast);
		IoDeleteDevice(device);
		device = next;
	}
}

static NTSTATUS MastCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static NTSTATUS MastRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PMAST mast = DeviceObject->DeviceExtension;
	ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;

	if (length > WIND_BYTES)
		length = WIND_BYTES;
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, mast->Wind, length);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = length;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID MastUnload(PDRIVER_OBJECT DriverObject)
{
	while (DriverObject->DeviceObject != NULL) {
		PDEVICE_OBJECT device = DriverObject->DeviceObject;
		PMAST mast = device->DeviceExtension;

		MastTakeGauges(mast);
		ExFreePoolWithTag(mast->Wind, MAST_TAG);
		IoDeleteDevice(device);
	}
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	NTSTATUS status;
	ULONG i;

	UNREFERENCED_PARAMETER(RegistryPath);
	for (i = 0; i < MASTS; i++) {
		status = MastMake(DriverObject, i);
		if (!NT_SUCCESS(status)) {
			MastsUndo(DriverObject);
			return status; /* leak62: LeakOnFailedLoad */
		}
	}
	DriverObject->MajorFunction[IRP_MJ_CREATE] = MastCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = MastCreateClose;
	DriverObject->MajorFunction[IRP_MJ_READ] = MastRead;
	DriverObject->DriverUnload = MastUnload;
	return STATUS_SUCCESS;
}
