/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A dye works: two vats hold the last recipe that was written to them, and the ledger what
 * was written last of all.  Unload goes through a table of the addresses of all three.
 */
#include <ntddk.h>

#define DYE_TAG 'seyD'

typedef struct _DYE_WORKS {
	PVOID Red;
	PVOID Blue;
	PVOID Ledger;
} DYE_WORKS;

static DYE_WORKS g_Works;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD DyeUnload;
static DRIVER_DISPATCH DyeOpenClose;
static DRIVER_DISPATCH DyeWrite;

static NTSTATUS DyeDone(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static VOID DyeDrop(PVOID recipe)
{
	if (recipe)
		ExFreePoolWithTag(recipe, DYE_TAG);
}

static PVOID DyeCopy(const VOID *bytes, ULONG length)
{
	PVOID copy = ExAllocatePoolWithTag(PagedPool, length, DYE_TAG);

	return copy ? memcpy(copy, bytes, length) : NULL;
}

static NTSTATUS DyeWrite(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
	ULONG length = stack->Parameters.Write.Length;
	PVOID recipe, note;

	UNREFERENCED_PARAMETER(device);

	if (length == 0)
		return DyeDone(irp, STATUS_INVALID_PARAMETER, 0);
	recipe = DyeCopy(irp->AssociatedIrp.SystemBuffer, length);
	if (!recipe)
		return DyeDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	note = ExAllocatePoolWithTag(PagedPool, sizeof(LARGE_INTEGER), DYE_TAG);
	if (!note) {
		DyeDrop(recipe);
		return DyeDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	}
	KeQuerySystemTime((PLARGE_INTEGER)note);
	DyeDrop(InterlockedExchangePointer(&g_Works.Ledger, note));
	if (stack->Parameters.Write.ByteOffset.LowPart & 1)
		DyeDrop(InterlockedExchangePointer(&g_Works.Red, recipe));
	else
		DyeDrop(InterlockedExchangePointer(&g_Works.Blue, recipe));
	return DyeDone(irp, STATUS_SUCCESS, length);
}

static NTSTATUS DyeOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return DyeDone(irp, STATUS_SUCCESS, 0);
}

static VOID DyeUnload(PDRIVER_OBJECT driver)
{
	PVOID *vats[] = {&g_Works.Red, &g_Works.Blue, &g_Works.Ledger};
	ULONG i;

	IoDeleteDevice(driver->DeviceObject);
	for (i = 0; i < RTL_NUMBER_OF(vats); i++)
		DyeDrop(InterlockedExchangePointer(vats[i], NULL));
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\DyeWorks");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = DyeOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = DyeOpenClose;
	driver->MajorFunction[IRP_MJ_WRITE] = DyeWrite;
	driver->DriverUnload = DyeUnload;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
