/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A write is a letter: its first byte is the number of the pigeonhole.  A routine of
 * another file says by a BOOLEAN whether it took the letter.  If not, it is freed.
 */
#include "letters.h"

#define LETTER_MAX 256

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD LetterUnload;
static DRIVER_DISPATCH LetterDispatch;

static NTSTATUS LetterPost(const UCHAR *bytes, ULONG length)
{
	struct letter *letter;

	if (length < 2 || length > LETTER_MAX || bytes[0] >= LETTER_HOLES)
		return STATUS_INVALID_PARAMETER;

	letter = ExAllocatePoolWithTag(PagedPool, sizeof(*letter) + length, LETTER_TAG);
	if (letter == NULL)
		return STATUS_NO_MEMORY;
	letter->hole = bytes[0];
	letter->length = length - 1;
	RtlCopyMemory(letter->text, bytes + 1, length - 1);

	if (HolesPut(letter))
		return STATUS_SUCCESS;
	ExFreePoolWithTag(letter, LETTER_TAG);
	return STATUS_DEVICE_BUSY;
}

static NTSTATUS LetterDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_SUCCESS;

	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Information = 0;
	if (stack->MajorFunction == IRP_MJ_WRITE) {
		status = LetterPost(Irp->AssociatedIrp.SystemBuffer, stack->Parameters.Write.Length);
		if (NT_SUCCESS(status))
			Irp->IoStatus.Information = stack->Parameters.Write.Length;
	}
	Irp->IoStatus.Status = status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static VOID LetterUnload(PDRIVER_OBJECT DriverObject)
{
	HolesEmpty();
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Letters");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	HolesInitialize();
	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_MAILSLOT,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	device->Flags |= DO_BUFFERED_IO;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = LetterDispatch;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = LetterDispatch;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = LetterDispatch;
	DriverObject->DriverUnload = LetterUnload;
	return STATUS_SUCCESS;
}
