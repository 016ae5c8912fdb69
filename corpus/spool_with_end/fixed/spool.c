/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A spool of lines: writes append, reads take the oldest.  The lines are linked by
 * themselves, and the spool knows the last link.
 */
#include <ntddk.h>

#define SPOOL_TAG 'lopS'
#define SPOOL_LONGEST 512

typedef struct _LINE {
	struct _LINE *Next;
	ULONG Length;
	UCHAR Text[1];
} LINE, *PLINE;

typedef struct _SPOOL {
	FAST_MUTEX Lock;
	PLINE Oldest;
	PLINE *End;
	ULONG Count;
} SPOOL, *PSPOOL;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD SpoolUnload;
static DRIVER_DISPATCH SpoolOpenClose, SpoolWrite, SpoolRead;

static VOID SpoolAppend(PSPOOL Spool, PLINE Line)
{
	ExAcquireFastMutex(&Spool->Lock);
	*Spool->End = Line;
	Spool->End = &Line->Next;
	Spool->Count++;
	ExReleaseFastMutex(&Spool->Lock);
}

static PLINE SpoolTake(PSPOOL Spool)
{
	PLINE line;

	ExAcquireFastMutex(&Spool->Lock);
	line = Spool->Oldest;
	if (line != NULL) {
		Spool->Oldest = line->Next;
		if (Spool->Oldest == NULL)
			Spool->End = &Spool->Oldest;
		Spool->Count--;
	}
	ExReleaseFastMutex(&Spool->Lock);
	return line;
}

static NTSTATUS SpoolFinish(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS SpoolOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	return SpoolFinish(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS SpoolWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PSPOOL spool = DeviceObject->DeviceExtension;
	ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
	PLINE line;

	if (length == 0 || length > SPOOL_LONGEST)
		return SpoolFinish(Irp, STATUS_INVALID_PARAMETER, 0);
	line = ExAllocatePoolWithTag(PagedPool, FIELD_OFFSET(LINE, Text) + length, SPOOL_TAG);
	if (line == NULL)
		return SpoolFinish(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	line->Next = NULL;
	line->Length = length;
	RtlCopyMemory(line->Text, Irp->AssociatedIrp.SystemBuffer, length);
	SpoolAppend(spool, line);
	return SpoolFinish(Irp, STATUS_SUCCESS, length);
}

static NTSTATUS SpoolRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;
	PLINE line = SpoolTake(DeviceObject->DeviceExtension);

	if (line == NULL)
		return SpoolFinish(Irp, STATUS_NO_MORE_ENTRIES, 0);
	length = min(length, line->Length);
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, line->Text, length);
	ExFreePoolWithTag(line, SPOOL_TAG);
	return SpoolFinish(Irp, STATUS_SUCCESS, length);
}

static VOID SpoolUnload(PDRIVER_OBJECT DriverObject)
{
	PSPOOL spool = DriverObject->DeviceObject->DeviceExtension;
	PLINE line, next;

	for (line = spool->Oldest; line != NULL; line = next) {
		next = line->Next;
		ExFreePoolWithTag(line, SPOOL_TAG);
	}
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\LineSpool");
	PDEVICE_OBJECT device;
	NTSTATUS status;
	PSPOOL spool;

	UNREFERENCED_PARAMETER(RegistryPath);
	status = IoCreateDevice(DriverObject, sizeof(SPOOL), &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	spool = device->DeviceExtension;
	ExInitializeFastMutex(&spool->Lock);
	spool->End = &spool->Oldest;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = SpoolOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = SpoolOpenClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = SpoolWrite;
	DriverObject->MajorFunction[IRP_MJ_READ] = SpoolRead;
	DriverObject->DriverUnload = SpoolUnload;
	device->Flags |= DO_BUFFERED_IO;
	return STATUS_SUCCESS;
}
