/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One dispatch routine looks requests up in a table that has no routine for some of
 * them, IRP_MJ_CLEANUP among them.  A write keeps a memo; unload frees it only if a read
 * has seen it.
 */
#include <ntddk.h>

#define MEMO_TAG 'omeM'
#define MEMO_BYTES 64

static FAST_MUTEX MemoLock;
static PUCHAR Memo;
static BOOLEAN MemoSeen;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD MemoUnload;
static DRIVER_DISPATCH MemoDispatch;
static DRIVER_DISPATCH MemoOpenClose;
static DRIVER_DISPATCH MemoWrite;
static DRIVER_DISPATCH MemoRead;

static const PDRIVER_DISPATCH MemoRoutines[IRP_MJ_MAXIMUM_FUNCTION + 1] = {
	[IRP_MJ_CREATE] = MemoOpenClose,
	[IRP_MJ_CLOSE] = MemoOpenClose,
	[IRP_MJ_READ] = MemoRead,
	[IRP_MJ_WRITE] = MemoWrite,
};

static NTSTATUS MemoDone(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS MemoOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	return MemoDone(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS MemoWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
	NTSTATUS status = STATUS_SUCCESS;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (length != MEMO_BYTES)
		return MemoDone(Irp, STATUS_INVALID_BUFFER_SIZE, 0);
	ExAcquireFastMutex(&MemoLock);
	if (Memo == NULL)
		Memo = ExAllocatePoolWithTag(PagedPool, MEMO_BYTES, MEMO_TAG);
	if (Memo != NULL)
		RtlCopyMemory(Memo, Irp->AssociatedIrp.SystemBuffer, MEMO_BYTES);
	else
		status = STATUS_INSUFFICIENT_RESOURCES;
	ExReleaseFastMutex(&MemoLock);
	return MemoDone(Irp, status, NT_SUCCESS(status) ? length : 0);
}

static NTSTATUS MemoRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (length != MEMO_BYTES)
		return MemoDone(Irp, STATUS_INVALID_BUFFER_SIZE, 0);
	ExAcquireFastMutex(&MemoLock);
	if (Memo != NULL) {
		RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, Memo, MEMO_BYTES);
		MemoSeen = TRUE;
	} else {
		length = 0;
	}
	ExReleaseFastMutex(&MemoLock);
	return MemoDone(Irp, STATUS_SUCCESS, length);
}

static NTSTATUS MemoDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UCHAR major = IoGetCurrentIrpStackLocation(Irp)->MajorFunction;

	if (MemoRoutines[major] == NULL)
		return MemoDone(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	return MemoRoutines[major](DeviceObject, Irp);
}

static VOID MemoUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
	if (MemoSeen)
		ExFreePoolWithTag(Memo, MEMO_TAG);
} /* leak62: LeakOnUnloadPath */

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Memo");
	PDEVICE_OBJECT device;
	NTSTATUS status;
	ULONG major;

	UNREFERENCED_PARAMETER(RegistryPath);

	ExInitializeFastMutex(&MemoLock);
	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	device->Flags |= DO_BUFFERED_IO;
	for (major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++)
		DriverObject->MajorFunction[major] = MemoDispatch;
	DriverObject->DriverUnload = MemoUnload;
	return STATUS_SUCCESS;
}
