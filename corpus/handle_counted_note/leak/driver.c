/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A handle holds a note: opening takes a reference, closing forgets it. */
#include "note.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD NotesUnload;
static DRIVER_DISPATCH NotesCreate, NotesClose, NotesWrite;

static NTSTATUS NotesFinish(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS NotesCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;
	ULONG number = 0;

	UNREFERENCED_PARAMETER(DeviceObject);
	if (file->FileName.Length > sizeof(WCHAR) &&
	    !NT_SUCCESS(RtlUnicodeStringToInteger(&file->FileName, 10, &number)))
		return NotesFinish(Irp, STATUS_OBJECT_NAME_INVALID, 0);
	file->FsContext = NoteOpen(number); /* leak62: ObjectReferenceLeak */
	if (file->FsContext == NULL)
		return NotesFinish(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	return NotesFinish(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NotesClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	return NotesFinish(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NotesWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG length = stack->Parameters.Write.Length;
	PNOTE note = stack->FileObject->FsContext;

	UNREFERENCED_PARAMETER(DeviceObject);
	if (length > sizeof(note->Text))
		return NotesFinish(Irp, STATUS_INVALID_PARAMETER, 0);
	RtlCopyMemory(note->Text, Irp->AssociatedIrp.SystemBuffer, length);
	return NotesFinish(Irp, STATUS_SUCCESS, length);
}

static VOID NotesUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
	NotesRundown();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\CountedNotes");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);
	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	NotesInitialize();
	DriverObject->MajorFunction[IRP_MJ_CREATE] = NotesCreate;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = NotesClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = NotesWrite;
	DriverObject->DriverUnload = NotesUnload;
	device->Flags |= DO_BUFFERED_IO;
	return STATUS_SUCCESS;
}
