/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Collects what is written to the device, while capturing is on.  Unload frees what
 * was collected only if capturing is still on.
 */
#include <ntddk.h>

#define SNF_TAG 'ffnS'
#define IOCTL_SNF_ON CTL_CODE(FILE_DEVICE_UNKNOWN, 0x830, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_SNF_OFF CTL_CODE(FILE_DEVICE_UNKNOWN, 0x831, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _SNF_FRAME {
	LIST_ENTRY Link;
	ULONG Length;
	UCHAR Bytes[ANYSIZE_ARRAY];
} SNF_FRAME, *PSNF_FRAME;

static LIST_ENTRY g_Frames;
static KSPIN_LOCK g_Lock;
static BOOLEAN g_Capturing;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD SnfUnload;
static DRIVER_DISPATCH SnfOpenClose;
static DRIVER_DISPATCH SnfWrite;
static DRIVER_DISPATCH SnfControl;

static NTSTATUS SnfDone(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS SnfWrite(PDEVICE_OBJECT device, PIRP irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;
	PSNF_FRAME frame;

	UNREFERENCED_PARAMETER(device);

	if (!g_Capturing)
		return SnfDone(irp, STATUS_SUCCESS, length);
	frame = ExAllocatePoolWithTag(NonPagedPool, sizeof(SNF_FRAME) + length, SNF_TAG);
	if (!frame)
		return SnfDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	frame->Length = length;
	RtlCopyMemory(frame->Bytes, irp->AssociatedIrp.SystemBuffer, length);
	ExInterlockedInsertTailList(&g_Frames, &frame->Link, &g_Lock);
	return SnfDone(irp, STATUS_SUCCESS, length);
}

static NTSTATUS SnfControl(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	switch (IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode) {
	case IOCTL_SNF_ON:
		g_Capturing = TRUE;
		return SnfDone(irp, STATUS_SUCCESS, 0);
	case IOCTL_SNF_OFF:
		g_Capturing = FALSE;
		return SnfDone(irp, STATUS_SUCCESS, 0);
	default:
		return SnfDone(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	}
}

static NTSTATUS SnfOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return SnfDone(irp, STATUS_SUCCESS, 0);
}

static VOID SnfUnload(PDRIVER_OBJECT driver)
{
	PLIST_ENTRY link;

	IoDeleteDevice(driver->DeviceObject);
	if (!g_Capturing)
		return; /* leak62: LeakOnUnloadPath */
	while ((link = ExInterlockedRemoveHeadList(&g_Frames, &g_Lock)) != NULL)
		ExFreePoolWithTag(CONTAINING_RECORD(link, SNF_FRAME, Link), SNF_TAG);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Sniff");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	InitializeListHead(&g_Frames);
	KeInitializeSpinLock(&g_Lock);
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = SnfOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = SnfOpenClose;
	driver->MajorFunction[IRP_MJ_WRITE] = SnfWrite;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = SnfControl;
	driver->DriverUnload = SnfUnload;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
