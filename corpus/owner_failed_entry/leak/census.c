/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A context with a table of counters, made by DriverEntry.  If the device cannot be
 * made, DriverEntry frees the context alone.
 */
#include <ntddk.h>

#define CEN_TAG 'usnC'
#define CEN_ROWS 512

typedef struct _CEN_CONTEXT {
	PDEVICE_OBJECT Device;
	PULONG Table;
} CEN_CONTEXT, *PCEN_CONTEXT;

static PCEN_CONTEXT g_Context;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD CenUnload;
static DRIVER_DISPATCH CenOpenClose;
static DRIVER_DISPATCH CenWrite;

static NTSTATUS CenDone(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS CenWrite(PDEVICE_OBJECT device, PIRP irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;

	UNREFERENCED_PARAMETER(device);

	g_Context->Table[length % CEN_ROWS]++;
	return CenDone(irp, STATUS_SUCCESS, length);
}

static NTSTATUS CenOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return CenDone(irp, STATUS_SUCCESS, 0);
}

static VOID CenUnload(PDRIVER_OBJECT driver)
{
	UNREFERENCED_PARAMETER(driver);

	IoDeleteDevice(g_Context->Device);
	ExFreePoolWithTag(g_Context->Table, CEN_TAG);
	ExFreePoolWithTag(g_Context, CEN_TAG);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Census");
	PCEN_CONTEXT context;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	context = ExAllocatePoolWithTag(NonPagedPool, sizeof(CEN_CONTEXT), CEN_TAG);
	if (!context)
		return STATUS_INSUFFICIENT_RESOURCES;
	context->Table = ExAllocatePoolWithTag(NonPagedPool, CEN_ROWS * sizeof(ULONG), CEN_TAG);
	if (!context->Table) {
		ExFreePoolWithTag(context, CEN_TAG);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	RtlZeroMemory(context->Table, CEN_ROWS * sizeof(ULONG));

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&context->Device);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(context, CEN_TAG);
		return status; /* leak62: LeakOnFailedLoad */
	}
	g_Context = context;
	driver->MajorFunction[IRP_MJ_CREATE] = CenOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = CenOpenClose;
	driver->MajorFunction[IRP_MJ_WRITE] = CenWrite;
	driver->DriverUnload = CenUnload;
	context->Device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
