/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Keeps one gamma table in a global.  A table that does not rise is refused: the
 * global is cleared then, and the table is freed.
 */
#include <ntddk.h>

#define GAM_TAG 'mmaG'
#define GAM_STEPS 256

static PUSHORT g_Gamma;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD GamUnload;
static DRIVER_DISPATCH GamOpenClose;
static DRIVER_DISPATCH GamWrite;

static NTSTATUS GamFinish(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS GamLoad(const USHORT *steps)
{
	ULONG i;

	if (g_Gamma)
		return STATUS_DEVICE_BUSY;
	g_Gamma = ExAllocatePoolWithTag(NonPagedPool, GAM_STEPS * sizeof(USHORT), GAM_TAG);
	if (!g_Gamma)
		return STATUS_INSUFFICIENT_RESOURCES;

	for (i = 0; i < GAM_STEPS; i++) {
		if (i > 0 && steps[i] < steps[i - 1]) {
			ExFreePoolWithTag(g_Gamma, GAM_TAG);
			g_Gamma = NULL;
			return STATUS_INVALID_PARAMETER;
		}
		g_Gamma[i] = steps[i];
	}
	return STATUS_SUCCESS;
}

static NTSTATUS GamWrite(PDEVICE_OBJECT device, PIRP irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(device);

	if (length != GAM_STEPS * sizeof(USHORT))
		return GamFinish(irp, STATUS_INVALID_BUFFER_SIZE, 0);
	status = GamLoad(irp->AssociatedIrp.SystemBuffer);
	return GamFinish(irp, status, NT_SUCCESS(status) ? length : 0);
}

static NTSTATUS GamOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return GamFinish(irp, STATUS_SUCCESS, 0);
}

static VOID GamUnload(PDRIVER_OBJECT driver)
{
	if (g_Gamma)
		ExFreePoolWithTag(g_Gamma, GAM_TAG);
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Gamma");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, TRUE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = GamOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = GamOpenClose;
	driver->MajorFunction[IRP_MJ_WRITE] = GamWrite;
	driver->DriverUnload = GamUnload;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
