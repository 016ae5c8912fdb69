/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The control device: a write adds a route.  The table, in another file, keeps a
 * route that it accepts; the one it refuses is lost here.
 */
#include "route.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD RouteUnload;
static DRIVER_DISPATCH RouteCreateClose;
static DRIVER_DISPATCH RouteWrite;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Route");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	RouteTableInitialize();
	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_NETWORK,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	device->Flags |= DO_BUFFERED_IO;

	DriverObject->MajorFunction[IRP_MJ_CREATE] = RouteCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = RouteCreateClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = RouteWrite;
	DriverObject->DriverUnload = RouteUnload;
	return STATUS_SUCCESS;
}

static VOID RouteUnload(PDRIVER_OBJECT DriverObject)
{
	RouteTableDelete();
	IoDeleteDevice(DriverObject->DeviceObject);
}

static NTSTATUS RouteCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static NTSTATUS RouteNew(const ULONG *Input)
{
	PROUTE route;
	NTSTATUS status;

	route = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(ROUTE), ROUTE_TAG);
	if (route == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	route->Destination = Input[0];
	route->Gateway = Input[1];

	status = RouteTableAdd(route);
	if (!NT_SUCCESS(status)) {
		DbgPrint("route: refused, %08lx\n", status);
		return status; /* leak62: LeakOnPath */
	}
	return STATUS_SUCCESS;
}

static NTSTATUS RouteWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_INVALID_PARAMETER;
	ULONG length = stack->Parameters.Write.Length;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (length == 2 * sizeof(ULONG))
		status = RouteNew(Irp->AssociatedIrp.SystemBuffer);

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = NT_SUCCESS(status) ? length : 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}
