/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A sheet for each handle, added to a total under a lock when the handle is closed.
 * An empty sheet is left early, past the statement that frees it.
 */
#include <ntddk.h>

#define LDG_TAG 'gdeL'

typedef struct _LDG_SHEET {
	ULONG Rows;
	ULONG Sum;
} LDG_SHEET, *PLDG_SHEET;

static FAST_MUTEX g_Mutex;
static ULONG g_Sum, g_Sheets;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD LdgUnload;
static DRIVER_DISPATCH LdgCreate;
static DRIVER_DISPATCH LdgClose;
static DRIVER_DISPATCH LdgWrite;

static NTSTATUS LdgDone(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS LdgCreate(PDEVICE_OBJECT device, PIRP irp)
{
	PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;
	PLDG_SHEET sheet;

	UNREFERENCED_PARAMETER(device);

	sheet = ExAllocatePoolWithTag(PagedPool, sizeof(LDG_SHEET), LDG_TAG);
	if (!sheet)
		return LdgDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	RtlZeroMemory(sheet, sizeof(*sheet));
	file->FsContext = sheet;
	return LdgDone(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS LdgWrite(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
	PLDG_SHEET sheet = stack->FileObject->FsContext;
	PULONG row = irp->AssociatedIrp.SystemBuffer;

	UNREFERENCED_PARAMETER(device);

	if (stack->Parameters.Write.Length != sizeof(ULONG))
		return LdgDone(irp, STATUS_INVALID_BUFFER_SIZE, 0);
	sheet->Rows++;
	sheet->Sum += *row;
	return LdgDone(irp, STATUS_SUCCESS, sizeof(ULONG));
}

static VOID LdgFile(PFILE_OBJECT file)
{
	PLDG_SHEET sheet = file->FsContext;

	ExAcquireFastMutex(&g_Mutex);
	__try {
		if (sheet->Rows == 0)
			__leave;
		g_Sum += sheet->Sum;
		g_Sheets++;
		ExFreePoolWithTag(sheet, LDG_TAG);
		file->FsContext = NULL;
	} __finally {
		ExReleaseFastMutex(&g_Mutex);
	}
} /* leak62: LeakOnUnloadPath */

static NTSTATUS LdgClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	LdgFile(IoGetCurrentIrpStackLocation(irp)->FileObject);
	return LdgDone(irp, STATUS_SUCCESS, 0);
}

static VOID LdgUnload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Ledger");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	ExInitializeFastMutex(&g_Mutex);
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = LdgCreate;
	driver->MajorFunction[IRP_MJ_CLOSE] = LdgClose;
	driver->MajorFunction[IRP_MJ_WRITE] = LdgWrite;
	driver->DriverUnload = LdgUnload;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
