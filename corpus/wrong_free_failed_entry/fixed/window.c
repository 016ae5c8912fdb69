/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A window of contiguous memory, which unload and a failed DriverEntry free.
 */
#include <ntddk.h>

#define WDW_BYTES (16 * PAGE_SIZE)

static PVOID g_Window;
static UNICODE_STRING g_Link = RTL_CONSTANT_STRING(L"\\DosDevices\\Window");

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD WdwUnload;
static DRIVER_DISPATCH WdwOpenClose;

static NTSTATUS WdwOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID WdwUnload(PDRIVER_OBJECT driver)
{
	IoDeleteSymbolicLink(&g_Link);
	IoDeleteDevice(driver->DeviceObject);
	MmFreeContiguousMemory(g_Window);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Window");
	PHYSICAL_ADDRESS highest = {.QuadPart = 0xffffffff};
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	g_Window = MmAllocateContiguousMemory(WDW_BYTES, highest);
	if (!g_Window) {
		IoDeleteDevice(device);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	status = IoCreateSymbolicLink(&g_Link, &name);
	if (!NT_SUCCESS(status)) {
		MmFreeContiguousMemory(g_Window);
		IoDeleteDevice(device);
		return status;
	}
	driver->MajorFunction[IRP_MJ_CREATE] = WdwOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = WdwOpenClose;
	driver->DriverUnload = WdwUnload;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
