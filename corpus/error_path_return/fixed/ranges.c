/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A control device that counts what a table of ranges covers.  A table with a
 * bad entry is refused.
 */
#include <ntddk.h>

#define RNG_TAG 'gnRA'
#define RNG_MAX_ENTRIES 4096

#define IOCTL_RNG_COVER \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x810, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _RANGE {
	ULONG First;
	ULONG Last;
} RANGE, *PRANGE;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD RngUnload;
static DRIVER_DISPATCH RngCreateClose;
static DRIVER_DISPATCH RngDeviceControl;

static UNICODE_STRING RngDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Ranges");
static UNICODE_STRING RngLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Ranges");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &RngDeviceName, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;

	status = IoCreateSymbolicLink(&RngLinkName, &RngDeviceName);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}

	DriverObject->MajorFunction[IRP_MJ_CREATE] = RngCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = RngCreateClose;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = RngDeviceControl;
	DriverObject->DriverUnload = RngUnload;
	return STATUS_SUCCESS;
}

static VOID RngUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteSymbolicLink(&RngLinkName);
	IoDeleteDevice(DriverObject->DeviceObject);
}

static NTSTATUS RngCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID RngSort(PRANGE Table, ULONG Count)
{
	ULONG i, k;

	for (i = 1; i < Count; i++) {
		RANGE entry = Table[i];

		for (k = i; k > 0 && Table[k - 1].First > entry.First; k--)
			Table[k] = Table[k - 1];
		Table[k] = entry;
	}
}

/* Sorts a copy of the caller's table and adds up what it covers. */
static NTSTATUS RngCover(const RANGE *Ranges, ULONG Count, PULONG Covered)
{
	PRANGE table;
	ULONG i, next = 0, sum = 0;

	table = ExAllocatePoolWithTag(PagedPool, Count * sizeof(RANGE), RNG_TAG);
	if (table == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	RtlCopyMemory(table, Ranges, Count * sizeof(RANGE));
	RngSort(table, Count);

	for (i = 0; i < Count; i++) {
		if (table[i].Last < table[i].First) {
			ExFreePoolWithTag(table, RNG_TAG);
			return STATUS_INVALID_PARAMETER;
		}
		if (table[i].Last < next)
			continue;
		sum += table[i].Last - max(table[i].First, next) + 1;
		next = table[i].Last + 1;
	}

	ExFreePoolWithTag(table, RNG_TAG);
	*Covered = sum;
	return STATUS_SUCCESS;
}

static NTSTATUS RngDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
	ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;
	ULONG covered = 0;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(DeviceObject);
	Irp->IoStatus.Information = 0;

	if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_RNG_COVER) {
		status = STATUS_INVALID_DEVICE_REQUEST;
	} else if (in == 0 || in % sizeof(RANGE) != 0 ||
		   in / sizeof(RANGE) > RNG_MAX_ENTRIES || out < sizeof(ULONG)) {
		status = STATUS_INVALID_BUFFER_SIZE;
	} else {
		status = RngCover(Irp->AssociatedIrp.SystemBuffer, in / sizeof(RANGE), &covered);
		if (NT_SUCCESS(status)) {
			*(PULONG)Irp->AssociatedIrp.SystemBuffer = covered;
			Irp->IoStatus.Information = sizeof(ULONG);
		}
	}

	Irp->IoStatus.Status = status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}
