/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Watches processes begin; a request stops the watching and leaves the notes to be read. */
#include "notes.h"

#define IOCTL_WATCH_READ CTL_CODE(FILE_DEVICE_UNKNOWN, 0x930, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_WATCH_STOP CTL_CODE(FILE_DEVICE_UNKNOWN, 0x931, METHOD_BUFFERED, FILE_ANY_ACCESS)

static LONG Watching;

static VOID NTAPI WatchProcess(HANDLE Parent, HANDLE Process, BOOLEAN Create)
{
	UNREFERENCED_PARAMETER(Parent);
	if (Create)
		NotesAdd(Process);
}

static NTSTATUS WatchRead(PIRP Irp, ULONG Room)
{
	PNOTE note;

	if (Room < sizeof(HANDLE))
		return STATUS_BUFFER_TOO_SMALL;
	note = NotesTake();
	if (note == NULL)
		return STATUS_NO_MORE_ENTRIES;
	*(HANDLE *)Irp->AssociatedIrp.SystemBuffer = note->Process;
	Irp->IoStatus.Information = sizeof(HANDLE);
	ExFreePoolWithTag(note, NOTE_TAG);
	return STATUS_SUCCESS;
}

static NTSTATUS NTAPI WatchDispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_SUCCESS;

	UNREFERENCED_PARAMETER(Device);
	Irp->IoStatus.Information = 0;
	if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
		if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_WATCH_READ)
			status = WatchRead(Irp, stack->Parameters.DeviceIoControl.OutputBufferLength);
		else if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_WATCH_STOP)
			status = STATUS_INVALID_DEVICE_REQUEST;
		else if (InterlockedExchange(&Watching, 0) != 0)
			status = PsSetCreateProcessNotifyRoutine(WatchProcess, TRUE);
	}
	Irp->IoStatus.Status = status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static VOID NTAPI WatchUnload(PDRIVER_OBJECT Driver)
{
	IoDeleteDevice(Driver->DeviceObject);
	if (InterlockedExchange(&Watching, 0) == 0) {
		NotesClear();
		return;
	}
	PsSetCreateProcessNotifyRoutine(WatchProcess, TRUE);
	NotesClear();
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Watch");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);
	NotesBegin();
	Driver->MajorFunction[IRP_MJ_CREATE] = WatchDispatch;
	Driver->MajorFunction[IRP_MJ_CLOSE] = WatchDispatch;
	Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = WatchDispatch;
	Driver->DriverUnload = WatchUnload;
	status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	Watching = 1;
	status = PsSetCreateProcessNotifyRoutine(WatchProcess, FALSE);
	if (!NT_SUCCESS(status))
		IoDeleteDevice(device);
	return status;
}
