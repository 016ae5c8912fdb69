/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A cache of sectors from the driver's own allocator.  If the symbolic link cannot be
 * made, DriverEntry takes back the device only.
 */
#include <ntddk.h>

#define CCH_TAG 'hccS'
#define CCH_SECTORS 64
#define CCH_SECTOR 512

static PUCHAR g_Cache;
static UNICODE_STRING g_Link = RTL_CONSTANT_STRING(L"\\DosDevices\\SectorCache");

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD CchUnload;
static DRIVER_DISPATCH CchOpenClose;
static DRIVER_DISPATCH CchRead;

static PVOID CchAlloc(ULONG count, ULONG size)
{
	PVOID block = ExAllocatePoolWithTag(NonPagedPool, (SIZE_T)count * size, CCH_TAG);

	if (block)
		RtlZeroMemory(block, (SIZE_T)count * size);
	return block;
}

static VOID CchFree(PVOID block)
{
	ExFreePoolWithTag(block, CCH_TAG);
}

static NTSTATUS CchDone(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS CchRead(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
	LONGLONG sector = stack->Parameters.Read.ByteOffset.QuadPart / CCH_SECTOR;

	UNREFERENCED_PARAMETER(device);

	if (stack->Parameters.Read.Length != CCH_SECTOR || sector < 0 || sector >= CCH_SECTORS)
		return CchDone(irp, STATUS_INVALID_PARAMETER, 0);
	RtlCopyMemory(irp->AssociatedIrp.SystemBuffer, g_Cache + sector * CCH_SECTOR, CCH_SECTOR);
	return CchDone(irp, STATUS_SUCCESS, CCH_SECTOR);
}

static NTSTATUS CchOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return CchDone(irp, STATUS_SUCCESS, 0);
}

static VOID CchUnload(PDRIVER_OBJECT driver)
{
	IoDeleteSymbolicLink(&g_Link);
	IoDeleteDevice(driver->DeviceObject);
	CchFree(g_Cache);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\SectorCache");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	g_Cache = CchAlloc(CCH_SECTORS, CCH_SECTOR);
	if (!g_Cache)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status)) {
		CchFree(g_Cache);
		return status;
	}
	status = IoCreateSymbolicLink(&g_Link, &name);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status; /* leak62: LeakOnFailedLoad */
	}
	driver->MajorFunction[IRP_MJ_CREATE] = CchOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = CchOpenClose;
	driver->MajorFunction[IRP_MJ_READ] = CchRead;
	driver->DriverUnload = CchUnload;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
