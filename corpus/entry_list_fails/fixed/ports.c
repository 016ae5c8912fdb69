/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A list of ports in a global, filled by DriverEntry with the usual ones.  If the
 * device cannot be made, the list is drained.
 */
#include <ntddk.h>

#define PRT_TAG 'troP'

typedef struct _PRT_PORT {
	LIST_ENTRY Link;
	USHORT Number;
} PRT_PORT, *PPRT_PORT;

static const USHORT usual[] = {22, 25, 80, 443};
static LIST_ENTRY g_Ports;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD PrtUnload;
static DRIVER_DISPATCH PrtOpenClose;

static NTSTATUS PrtOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID PrtDrain(VOID)
{
	PLIST_ENTRY link;

	while (!IsListEmpty(&g_Ports)) {
		link = RemoveHeadList(&g_Ports);
		ExFreePoolWithTag(CONTAINING_RECORD(link, PRT_PORT, Link), PRT_TAG);
	}
}

static NTSTATUS PrtFill(VOID)
{
	ULONG i;

	for (i = 0; i < ARRAYSIZE(usual); i++) {
		PPRT_PORT port = ExAllocatePoolWithTag(PagedPool, sizeof(PRT_PORT), PRT_TAG);

		if (!port)
			return STATUS_INSUFFICIENT_RESOURCES;
		port->Number = usual[i];
		InsertTailList(&g_Ports, &port->Link);
	}
	return STATUS_SUCCESS;
}

static VOID PrtUnload(PDRIVER_OBJECT driver)
{
	PrtDrain();
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Ports");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	InitializeListHead(&g_Ports);
	status = PrtFill();
	if (!NT_SUCCESS(status)) {
		PrtDrain();
		return status;
	}
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status)) {
		PrtDrain();
		return status;
	}
	driver->MajorFunction[IRP_MJ_CREATE] = PrtOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = PrtOpenClose;
	driver->DriverUnload = PrtUnload;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
