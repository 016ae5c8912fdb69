/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A timer's DPC makes one block of samples at its first tick.  Unload frees the block
 * if the timer is armed; a request may have disarmed it before.
 */
#include <ntddk.h>

#define PLS_TAG 'eslP'
#define PLS_SAMPLES 128
#define IOCTL_PLS_STOP CTL_CODE(FILE_DEVICE_UNKNOWN, 0x840, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _PLS_BLOCK {
	ULONG Count;
	LARGE_INTEGER At[PLS_SAMPLES];
} PLS_BLOCK, *PPLS_BLOCK;

static KTIMER g_Timer;
static KDPC g_Dpc;
static BOOLEAN g_Armed;
static PPLS_BLOCK g_Block;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD PlsUnload;
static DRIVER_DISPATCH PlsOpenClose;
static DRIVER_DISPATCH PlsControl;
static KDEFERRED_ROUTINE PlsTick;

static VOID PlsTick(PKDPC dpc, PVOID context, PVOID a, PVOID b)
{
	UNREFERENCED_PARAMETER(dpc);
	UNREFERENCED_PARAMETER(context);
	UNREFERENCED_PARAMETER(a);
	UNREFERENCED_PARAMETER(b);

	if (!g_Block) {
		g_Block = ExAllocatePoolWithTag(NonPagedPool, sizeof(PLS_BLOCK), PLS_TAG);
		if (!g_Block)
			return;
		g_Block->Count = 0;
	}
	if (g_Block->Count < PLS_SAMPLES)
		g_Block->At[g_Block->Count++] = KeQueryPerformanceCounter(NULL);
}

static NTSTATUS PlsControl(PDEVICE_OBJECT device, PIRP irp)
{
	NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

	UNREFERENCED_PARAMETER(device);

	if (IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode ==
	    IOCTL_PLS_STOP) {
		KeCancelTimer(&g_Timer);
		g_Armed = FALSE;
		status = STATUS_SUCCESS;
	}
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS PlsOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID PlsUnload(PDRIVER_OBJECT driver)
{
	if (g_Armed) {
		KeCancelTimer(&g_Timer);
		KeFlushQueuedDpcs();
		if (g_Block)
			ExFreePoolWithTag(g_Block, PLS_TAG);
	}
	IoDeleteDevice(driver->DeviceObject);
} /* leak62: LeakOnUnloadPath */

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Pulse");
	LARGE_INTEGER due = {.QuadPart = -10000000};
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = PlsOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = PlsOpenClose;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = PlsControl;
	driver->DriverUnload = PlsUnload;
	KeInitializeTimer(&g_Timer);
	KeInitializeDpc(&g_Dpc, PlsTick, NULL);
	KeSetTimerEx(&g_Timer, due, 1000, &g_Dpc);
	g_Armed = TRUE;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
