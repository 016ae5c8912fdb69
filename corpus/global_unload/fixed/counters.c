/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver with one table of counters in a global.  DriverEntry makes it, unload
 * frees it.
 */
#include <ntddk.h>

#define CNT_TAG 'tnCA'
#define CNT_COUNT 64

#define IOCTL_CNT_ADD CTL_CODE(FILE_DEVICE_UNKNOWN, 0x820, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_CNT_GET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x821, METHOD_BUFFERED, FILE_READ_DATA)

static volatile LONG *g_Counters;
static PDEVICE_OBJECT g_Device;

static UNICODE_STRING g_DeviceName = RTL_CONSTANT_STRING(L"\\Device\\Counters");
static UNICODE_STRING g_LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Counters");

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD CntUnload;
DRIVER_DISPATCH CntOpenClose;
DRIVER_DISPATCH CntControl;

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &g_DeviceName, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &g_Device);
	if (!NT_SUCCESS(status))
		return status;

	status = IoCreateSymbolicLink(&g_LinkName, &g_DeviceName);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(g_Device);
		return status;
	}

	g_Counters = ExAllocatePoolZero(NonPagedPoolNx, CNT_COUNT * sizeof(LONG), CNT_TAG);
	if (!g_Counters) {
		IoDeleteSymbolicLink(&g_LinkName);
		IoDeleteDevice(g_Device);
		return STATUS_INSUFFICIENT_RESOURCES;
	}

	driver->MajorFunction[IRP_MJ_CREATE] = CntOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = CntOpenClose;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = CntControl;
	driver->DriverUnload = CntUnload;
	return STATUS_SUCCESS;
}

VOID CntUnload(PDRIVER_OBJECT driver)
{
	UNREFERENCED_PARAMETER(driver);

	IoDeleteSymbolicLink(&g_LinkName);
	IoDeleteDevice(g_Device);
	ExFreePoolWithTag((PVOID)g_Counters, CNT_TAG);
	g_Counters = NULL;
}

NTSTATUS CntOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

NTSTATUS CntControl(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
	ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
	ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;
	PULONG buffer = irp->AssociatedIrp.SystemBuffer;
	ULONG_PTR information = 0;
	NTSTATUS status = STATUS_SUCCESS;

	UNREFERENCED_PARAMETER(device);

	if (in < sizeof(ULONG)) {
		status = STATUS_BUFFER_TOO_SMALL;
	} else if (*buffer >= CNT_COUNT) {
		status = STATUS_INVALID_PARAMETER;
	} else {
		switch (stack->Parameters.DeviceIoControl.IoControlCode) {
		case IOCTL_CNT_ADD:
			InterlockedIncrement(&g_Counters[*buffer]);
			break;
		case IOCTL_CNT_GET:
			if (out < sizeof(ULONG)) {
				status = STATUS_BUFFER_TOO_SMALL;
				break;
			}
			*buffer = (ULONG)g_Counters[*buffer];
			information = sizeof(ULONG);
			break;
		default:
			status = STATUS_INVALID_DEVICE_REQUEST;
			break;
		}
	}

	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}
