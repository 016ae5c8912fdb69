/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Keeps the last line written to the device, for the next reader.  Memory comes from
 * the driver's own routines; unload gives the line back.
 */
#include "mem.h"

typedef struct _STORY_LINE {
	ULONG Length;
	CHAR Text[1];
} STORY_LINE, *PSTORY_LINE;

static PSTORY_LINE g_Line;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD StoryUnload;
static DRIVER_DISPATCH StoryOpenClose;
static DRIVER_DISPATCH StoryWrite;

static NTSTATUS StoryDone(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS StoryWrite(PDEVICE_OBJECT device, PIRP irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;
	PSTORY_LINE line;

	UNREFERENCED_PARAMETER(device);

	line = MmuTake(FIELD_OFFSET(STORY_LINE, Text) + length);
	if (!line)
		return StoryDone(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	line->Length = length;
	RtlCopyMemory(line->Text, irp->AssociatedIrp.SystemBuffer, length);
	MmuGive(g_Line);
	g_Line = line;
	return StoryDone(irp, STATUS_SUCCESS, length);
}

static NTSTATUS StoryOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return StoryDone(irp, STATUS_SUCCESS, 0);
}

static VOID StoryUnload(PDRIVER_OBJECT driver)
{
	MmuGive(g_Line);
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Story");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, TRUE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = StoryOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = StoryOpenClose;
	driver->MajorFunction[IRP_MJ_WRITE] = StoryWrite;
	driver->DriverUnload = StoryUnload;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
