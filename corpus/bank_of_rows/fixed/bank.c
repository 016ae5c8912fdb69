/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A display of 24 rows, each with a buffer that is made at load.  If one cannot be made,
 * those before it are freed.
 */
#include <ntddk.h>

#define ROW_TAG 'woRD'
#define ROW_COUNT 24
#define ROW_BYTES 160

typedef struct _ROW {
	BOOLEAN Changed;
	PUCHAR Cells;
} ROW, *PROW;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD DisplayUnload;
static DRIVER_DISPATCH DisplayDispatch;

static ROW Rows[ROW_COUNT];
static FAST_MUTEX RowsLock;

static VOID FreeRows(VOID)
{
	ULONG i;

	for (i = 0; i < ROW_COUNT; i++) {
		if (Rows[i].Cells == NULL)
			continue;
		ExFreePoolWithTag(Rows[i].Cells, ROW_TAG);
		Rows[i].Cells = NULL;
	}
}

static NTSTATUS MakeRows(VOID)
{
	ULONG i;

	for (i = 0; i < ROW_COUNT; i++) {
		Rows[i].Cells = ExAllocatePoolWithTag(NonPagedPool, ROW_BYTES, ROW_TAG);
		if (Rows[i].Cells == NULL) {
			FreeRows();
			return STATUS_INSUFFICIENT_RESOURCES;
		}
		RtlZeroMemory(Rows[i].Cells, ROW_BYTES);
	}
	return STATUS_SUCCESS;
}

static NTSTATUS DisplayDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_SUCCESS;
	ULONG row, length = 0;

	UNREFERENCED_PARAMETER(DeviceObject);
	if (stack->MajorFunction == IRP_MJ_WRITE) {
		length = stack->Parameters.Write.Length;
		row = stack->Parameters.Write.ByteOffset.LowPart;
		if (row >= ROW_COUNT || length > ROW_BYTES) {
			status = STATUS_INVALID_PARAMETER;
			length = 0;
		} else {
			ExAcquireFastMutex(&RowsLock);
			RtlCopyMemory(Rows[row].Cells, Irp->AssociatedIrp.SystemBuffer, length);
			Rows[row].Changed = TRUE;
			ExReleaseFastMutex(&RowsLock);
		}
	}
	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = length;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static VOID DisplayUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
	FreeRows();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\RowDisplay");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);
	ExInitializeFastMutex(&RowsLock);
	status = MakeRows();
	if (!NT_SUCCESS(status))
		return status;
	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status)) {
		FreeRows();
		return status;
	}
	DriverObject->MajorFunction[IRP_MJ_CREATE] = DisplayDispatch;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = DisplayDispatch;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = DisplayDispatch;
	DriverObject->DriverUnload = DisplayUnload;
	device->Flags |= DO_BUFFERED_IO;
	return STATUS_SUCCESS;
}
