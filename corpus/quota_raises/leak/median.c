/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * IOCTL_MED_FIND sorts a copy of the caller's numbers.  The copy is charged to
 * the caller's quota, so the allocation raises when it cannot be had; the
 * handler forgets the histogram that was made before.
 */
#include <ntddk.h>

#define MED_TAG 'deMA'
#define MED_MAX_NUMBERS 1024
#define MED_CLASSES 64

#define IOCTL_MED_FIND CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8B0, METHOD_BUFFERED, FILE_ANY_ACCESS)

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD MedUnload;
static DRIVER_DISPATCH MedCreateClose;
static DRIVER_DISPATCH MedControl;

static UNICODE_STRING MedDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Median");
static UNICODE_STRING MedLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Median");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &MedDeviceName, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;

	status = IoCreateSymbolicLink(&MedLinkName, &MedDeviceName);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}

	DriverObject->MajorFunction[IRP_MJ_CREATE] = MedCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = MedCreateClose;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = MedControl;
	DriverObject->DriverUnload = MedUnload;
	return STATUS_SUCCESS;
}

static VOID MedUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteSymbolicLink(&MedLinkName);
	IoDeleteDevice(DriverObject->DeviceObject);
}

static NTSTATUS MedCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID MedSort(PULONG Numbers, ULONG Count)
{
	ULONG i, k;

	for (i = 1; i < Count; i++) {
		ULONG number = Numbers[i];

		for (k = i; k > 0 && Numbers[k - 1] > number; k--)
			Numbers[k] = Numbers[k - 1];
		Numbers[k] = number;
	}
}

static NTSTATUS MedFind(const ULONG *Numbers, ULONG Count, PULONG Median)
{
	PULONG classes, copy;
	ULONG i, fullest = 0;

	classes = ExAllocatePoolWithTag(PagedPool, MED_CLASSES * sizeof(ULONG), MED_TAG);
	if (classes == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlZeroMemory(classes, MED_CLASSES * sizeof(ULONG));

	__try {
		copy = ExAllocatePoolWithQuotaTag(PagedPool, Count * sizeof(ULONG), MED_TAG);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return GetExceptionCode(); /* leak62: LeakOnPath */
	}

	RtlCopyMemory(copy, Numbers, Count * sizeof(ULONG));
	MedSort(copy, Count);
	for (i = 0; i < Count; i++)
		classes[copy[i] % MED_CLASSES]++;
	for (i = 0; i < MED_CLASSES; i++) {
		if (classes[i] > classes[fullest])
			fullest = i;
	}
	DbgPrint("median: fullest class %lu\n", fullest);

	*Median = copy[Count / 2];
	ExFreePoolWithTag(copy, MED_TAG);
	ExFreePoolWithTag(classes, MED_TAG);
	return STATUS_SUCCESS;
}

static NTSTATUS MedControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG count = stack->Parameters.DeviceIoControl.InputBufferLength / sizeof(ULONG);
	ULONG median;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(DeviceObject);
	Irp->IoStatus.Information = 0;

	if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_MED_FIND) {
		status = STATUS_INVALID_DEVICE_REQUEST;
	} else if (count == 0 || count > MED_MAX_NUMBERS ||
		   stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG)) {
		status = STATUS_INVALID_BUFFER_SIZE;
	} else {
		status = MedFind(Irp->AssociatedIrp.SystemBuffer, count, &median);
		if (NT_SUCCESS(status)) {
			*(PULONG)Irp->AssociatedIrp.SystemBuffer = median;
			Irp->IoStatus.Information = sizeof(ULONG);
		}
	}

	Irp->IoStatus.Status = status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}
