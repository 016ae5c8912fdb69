/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Has memory routines of its own, for pool.  A work item that is not needed after all
 * goes there as well.
 */
#include <ntddk.h>

#define RLY_TAG 'ylRd'

typedef struct _RLY_NOTE {
	PIO_WORKITEM Item;
	ULONG Code;
} RLY_NOTE, *PRLY_NOTE;

static LONG g_Enabled;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD RlyUnload;
static DRIVER_DISPATCH RlyOpenClose;
static DRIVER_DISPATCH RlyControl;
static IO_WORKITEM_ROUTINE RlyWork;

static PVOID RlyAlloc(SIZE_T length)
{
	return ExAllocatePoolWithTag(NonPagedPool, length, RLY_TAG);
}

static VOID RlyFree(PVOID block)
{
	ExFreePoolWithTag(block, RLY_TAG);
}

static VOID RlyWork(PDEVICE_OBJECT device, PVOID context)
{
	PRLY_NOTE note = context;

	UNREFERENCED_PARAMETER(device);

	DbgPrint("relay: %x\n", note->Code);
	IoFreeWorkItem(note->Item);
	RlyFree(note);
}

static NTSTATUS RlyNote(PDEVICE_OBJECT device, ULONG code)
{
	PIO_WORKITEM item = IoAllocateWorkItem(device);
	PRLY_NOTE note;

	if (!item)
		return STATUS_INSUFFICIENT_RESOURCES;
	note = RlyAlloc(sizeof(RLY_NOTE));
	if (!note) {
		RlyFree(item); /* leak62: WrongFree */
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	note->Item = item;
	note->Code = code;
	IoQueueWorkItem(item, RlyWork, DelayedWorkQueue, note);
	return STATUS_SUCCESS;
}

static NTSTATUS RlyDone(PIRP irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS RlyControl(PDEVICE_OBJECT device, PIRP irp)
{
	ULONG code = IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode;

	if (!g_Enabled)
		return RlyDone(irp, STATUS_DEVICE_NOT_READY);
	return RlyDone(irp, RlyNote(device, code));
}

static NTSTATUS RlyOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	InterlockedExchange(&g_Enabled, 1);
	return RlyDone(irp, STATUS_SUCCESS);
}

static VOID RlyUnload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Relay");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = RlyOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = RlyOpenClose;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = RlyControl;
	driver->DriverUnload = RlyUnload;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
