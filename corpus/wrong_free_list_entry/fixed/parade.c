/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A list of marks, from a lookaside list.  Reads give them back there; unload frees
 * what is left in the same way.
 */
#include <ntddk.h>

#define PAR_TAG 'draP'

typedef struct _PAR_MARK {
	LIST_ENTRY Link;
	LARGE_INTEGER Time;
} PAR_MARK, *PPAR_MARK;

static NPAGED_LOOKASIDE_LIST g_Pool;
static LIST_ENTRY g_Marks;
static KSPIN_LOCK g_Lock;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD ParUnload;
static DRIVER_DISPATCH ParOpenClose;
static DRIVER_DISPATCH ParRead;
static DRIVER_DISPATCH ParWrite;

static NTSTATUS ParDone(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS ParWrite(PDEVICE_OBJECT device, PIRP irp)
{
	PPAR_MARK mark = ExAllocateFromNPagedLookasideList(&g_Pool);

	UNREFERENCED_PARAMETER(device);

	if (!mark)
		return ParDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	KeQuerySystemTime(&mark->Time);
	ExInterlockedInsertTailList(&g_Marks, &mark->Link, &g_Lock);
	return ParDone(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS ParRead(PDEVICE_OBJECT device, PIRP irp)
{
	PLIST_ENTRY link;
	PPAR_MARK mark;

	UNREFERENCED_PARAMETER(device);

	if (IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length < sizeof(LARGE_INTEGER))
		return ParDone(irp, STATUS_BUFFER_TOO_SMALL, 0);
	link = ExInterlockedRemoveHeadList(&g_Marks, &g_Lock);
	if (!link)
		return ParDone(irp, STATUS_SUCCESS, 0);
	mark = CONTAINING_RECORD(link, PAR_MARK, Link);
	*(PLARGE_INTEGER)irp->AssociatedIrp.SystemBuffer = mark->Time;
	ExFreeToNPagedLookasideList(&g_Pool, mark);
	return ParDone(irp, STATUS_SUCCESS, sizeof(LARGE_INTEGER));
}

static NTSTATUS ParOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return ParDone(irp, STATUS_SUCCESS, 0);
}

static VOID ParUnload(PDRIVER_OBJECT driver)
{
	PLIST_ENTRY link;

	while ((link = ExInterlockedRemoveHeadList(&g_Marks, &g_Lock)) != NULL) {
		PPAR_MARK mark = CONTAINING_RECORD(link, PAR_MARK, Link);

		ExFreeToNPagedLookasideList(&g_Pool, mark);
	}
	ExDeleteNPagedLookasideList(&g_Pool);
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Parade");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	InitializeListHead(&g_Marks);
	KeInitializeSpinLock(&g_Lock);
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	ExInitializeNPagedLookasideList(&g_Pool, NULL, NULL, 0, sizeof(PAR_MARK), PAR_TAG, 0);
	driver->MajorFunction[IRP_MJ_CREATE] = ParOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = ParOpenClose;
	driver->MajorFunction[IRP_MJ_READ] = ParRead;
	driver->MajorFunction[IRP_MJ_WRITE] = ParWrite;
	driver->DriverUnload = ParUnload;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
