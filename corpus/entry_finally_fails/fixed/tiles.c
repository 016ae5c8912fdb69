/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * DriverEntry in one __try: __finally takes back what was made if a step has failed,
 * the map too.
 */
#include <ntddk.h>

#define TIL_TAG 'seiT'
#define TIL_MAP 4096

static PULONG g_Map;
static UNICODE_STRING g_Link = RTL_CONSTANT_STRING(L"\\DosDevices\\Tiles");

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD TilUnload;
static DRIVER_DISPATCH TilOpenClose;

static NTSTATUS TilOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID TilUnload(PDRIVER_OBJECT driver)
{
	IoDeleteSymbolicLink(&g_Link);
	IoDeleteDevice(driver->DeviceObject);
	ExFreePoolWithTag(g_Map, TIL_TAG);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Tiles");
	PDEVICE_OBJECT device = NULL;
	NTSTATUS status = STATUS_UNSUCCESSFUL;

	UNREFERENCED_PARAMETER(path);

	__try {
		g_Map = ExAllocatePoolWithTag(PagedPool, TIL_MAP * sizeof(ULONG), TIL_TAG);
		if (!g_Map) {
			status = STATUS_INSUFFICIENT_RESOURCES;
			__leave;
		}
		RtlZeroMemory(g_Map, TIL_MAP * sizeof(ULONG));
		status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN,
					FILE_DEVICE_SECURE_OPEN, FALSE, &device);
		if (!NT_SUCCESS(status))
			__leave;
		status = IoCreateSymbolicLink(&g_Link, &name);
		if (!NT_SUCCESS(status))
			__leave;
		driver->MajorFunction[IRP_MJ_CREATE] = TilOpenClose;
		driver->MajorFunction[IRP_MJ_CLOSE] = TilOpenClose;
		driver->DriverUnload = TilUnload;
		device->Flags &= ~DO_DEVICE_INITIALIZING;
	} __finally {
		if (!NT_SUCCESS(status)) {
			if (device)
				IoDeleteDevice(device);
			if (g_Map)
				ExFreePoolWithTag(g_Map, TIL_TAG);
		}
	}
	return status;
}
