/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that hands out the numbers 0, 1, 2, ... to each open handle.  The cursor of a
 * handle hangs on its file object; closing the handle forgets it.
 */
#include <ntddk.h>

#define CUR_TAG 'ruCA'

typedef struct _CUR_HANDLE {
	volatile LONG Next;
	HANDLE Owner;
} CUR_HANDLE, *PCUR_HANDLE;

static UNICODE_STRING g_DeviceName = RTL_CONSTANT_STRING(L"\\Device\\Cursor");
static UNICODE_STRING g_LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Cursor");

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD CurUnload;
DRIVER_DISPATCH CurCreate;
DRIVER_DISPATCH CurClose;
DRIVER_DISPATCH CurRead;

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &g_DeviceName, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;

	status = IoCreateSymbolicLink(&g_LinkName, &g_DeviceName);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}

	device->Flags |= DO_BUFFERED_IO;
	driver->MajorFunction[IRP_MJ_CREATE] = CurCreate;
	driver->MajorFunction[IRP_MJ_CLOSE] = CurClose;
	driver->MajorFunction[IRP_MJ_READ] = CurRead;
	driver->DriverUnload = CurUnload;
	return STATUS_SUCCESS;
}

VOID CurUnload(PDRIVER_OBJECT driver)
{
	IoDeleteSymbolicLink(&g_LinkName);
	IoDeleteDevice(driver->DeviceObject);
}

static NTSTATUS CurComplete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

NTSTATUS CurCreate(PDEVICE_OBJECT device, PIRP irp)
{
	PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;
	PCUR_HANDLE handle;

	UNREFERENCED_PARAMETER(device);

	handle = ExAllocatePoolZero(NonPagedPoolNx, sizeof(*handle), CUR_TAG); /* leak62: LeakAtUnload */
	if (!handle)
		return CurComplete(irp, STATUS_INSUFFICIENT_RESOURCES, 0);

	handle->Owner = PsGetCurrentProcessId();
	file->FsContext = handle;
	return CurComplete(irp, STATUS_SUCCESS, 0);
}

NTSTATUS CurClose(PDEVICE_OBJECT device, PIRP irp)
{
	PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;

	UNREFERENCED_PARAMETER(device);

	file->FsContext = NULL;
	return CurComplete(irp, STATUS_SUCCESS, 0);
}

NTSTATUS CurRead(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
	PCUR_HANDLE handle = stack->FileObject->FsContext;

	UNREFERENCED_PARAMETER(device);

	if (stack->Parameters.Read.Length < sizeof(LONG))
		return CurComplete(irp, STATUS_BUFFER_TOO_SMALL, 0);
	if (handle->Owner != PsGetCurrentProcessId())
		return CurComplete(irp, STATUS_ACCESS_DENIED, 0);

	*(PLONG)irp->AssociatedIrp.SystemBuffer = InterlockedIncrement(&handle->Next) - 1;
	return CurComplete(irp, STATUS_SUCCESS, sizeof(LONG));
}
