/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A slot for one note: a write puts a note there and throws an older one away, a
 * read takes the note out.  Both exchange the pointer in the device extension.
 * Unload never looks whether a note is left.
 */
#include <ntddk.h>

#define SLT_TAG 'tolS'
#define SLT_MAX_TEXT 256

typedef struct _NOTE {
	ULONG Length;
	UCHAR Text[SLT_MAX_TEXT];
} NOTE, *PNOTE;

typedef struct _DEVICE_EXTENSION {
	PVOID Note;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD SltUnload;
static DRIVER_DISPATCH SltCreateClose;
static DRIVER_DISPATCH SltRead;
static DRIVER_DISPATCH SltWrite;

static UNICODE_STRING SltDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Slot");
static UNICODE_STRING SltLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Slot");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PDEVICE_EXTENSION ext;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, sizeof(DEVICE_EXTENSION), &SltDeviceName,
				FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;

	ext = device->DeviceExtension;
	ext->Note = NULL;
	device->Flags |= DO_BUFFERED_IO;

	status = IoCreateSymbolicLink(&SltLinkName, &SltDeviceName);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}

	DriverObject->MajorFunction[IRP_MJ_CREATE] = SltCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = SltCreateClose;
	DriverObject->MajorFunction[IRP_MJ_READ] = SltRead;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = SltWrite;
	DriverObject->DriverUnload = SltUnload;
	return STATUS_SUCCESS;
}

static VOID SltUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteSymbolicLink(&SltLinkName);
	IoDeleteDevice(DriverObject->DeviceObject);
}

static NTSTATUS SltComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS SltCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	return SltComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS SltWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION ext = DeviceObject->DeviceExtension;
	ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
	PNOTE note, old;

	if (length > SLT_MAX_TEXT)
		return SltComplete(Irp, STATUS_INVALID_BUFFER_SIZE, 0);

	note = ExAllocatePoolWithTag(PagedPool, sizeof(NOTE), SLT_TAG); /* leak62: LeakAtUnload */
	if (note == NULL)
		return SltComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);

	note->Length = length;
	RtlCopyMemory(note->Text, Irp->AssociatedIrp.SystemBuffer, length);

	old = InterlockedExchangePointer(&ext->Note, note);
	if (old != NULL)
		ExFreePoolWithTag(old, SLT_TAG);
	return SltComplete(Irp, STATUS_SUCCESS, length);
}

static NTSTATUS SltRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION ext = DeviceObject->DeviceExtension;
	ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;
	PNOTE note;

	note = InterlockedExchangePointer(&ext->Note, NULL);
	if (note == NULL)
		return SltComplete(Irp, STATUS_NO_MORE_ENTRIES, 0);

	length = min(length, note->Length);
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, note->Text, length);
	ExFreePoolWithTag(note, SLT_TAG);
	return SltComplete(Irp, STATUS_SUCCESS, length);
}
