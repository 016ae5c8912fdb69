/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Counts the bytes written through each handle.  The handle's block comes from the
 * driver's own routines, and CLOSE gives it back to them.
 */
#include <ntddk.h>

#define QLL_TAG 'lliQ'

typedef struct _QLL_HANDLE {
	ULONG Writes;
	ULONGLONG Bytes;
} QLL_HANDLE, *PQLL_HANDLE;

static volatile LONG64 g_Total;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD QllUnload;
static DRIVER_DISPATCH QllCreate;
static DRIVER_DISPATCH QllClose;
static DRIVER_DISPATCH QllWrite;

static PVOID QllAlloc(SIZE_T length)
{
	PVOID block = ExAllocatePoolWithTag(NonPagedPool, length, QLL_TAG);

	if (block)
		RtlZeroMemory(block, length);
	return block;
}

static VOID QllFree(PVOID block)
{
	if (block)
		ExFreePoolWithTag(block, QLL_TAG);
}

static NTSTATUS QllDone(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS QllCreate(PDEVICE_OBJECT device, PIRP irp)
{
	PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;

	UNREFERENCED_PARAMETER(device);

	file->FsContext = QllAlloc(sizeof(QLL_HANDLE));
	return QllDone(irp, file->FsContext ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES, 0);
}

static NTSTATUS QllWrite(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
	PQLL_HANDLE handle = stack->FileObject->FsContext;

	UNREFERENCED_PARAMETER(device);

	handle->Writes++;
	handle->Bytes += stack->Parameters.Write.Length;
	return QllDone(irp, STATUS_SUCCESS, stack->Parameters.Write.Length);
}

static NTSTATUS QllClose(PDEVICE_OBJECT device, PIRP irp)
{
	PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;
	PQLL_HANDLE handle = file->FsContext;

	UNREFERENCED_PARAMETER(device);

	file->FsContext = NULL;
	if (handle->Writes != 0)
		InterlockedExchangeAdd64(&g_Total, (LONG64)handle->Bytes);
	QllFree(handle);
	return QllDone(irp, STATUS_SUCCESS, 0);
}

static VOID QllUnload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Quill");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = QllCreate;
	driver->MajorFunction[IRP_MJ_CLOSE] = QllClose;
	driver->MajorFunction[IRP_MJ_WRITE] = QllWrite;
	driver->DriverUnload = QllUnload;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
