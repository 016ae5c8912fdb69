/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Each write becomes a letter with a WORK_QUEUE_ITEM in it, which the system's worker
 * threads hand to MailDeliver.  A letter that is too old is dropped, and its memory
 * with it.
 */
#include <ntddk.h>

#define MAIL_TAG 'liaM'
#define MAIL_MAX 128

typedef struct _LETTER {
	WORK_QUEUE_ITEM Item;
	LARGE_INTEGER Written;
	ULONG Length;
	CHAR Text[MAIL_MAX];
} LETTER, *PLETTER;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD MailUnload;
static DRIVER_DISPATCH MailCreateClose;
static DRIVER_DISPATCH MailWrite;

static VOID NTAPI MailDeliver(PVOID Parameter)
{
	PLETTER letter = (PLETTER)Parameter;
	LARGE_INTEGER now;

	KeQuerySystemTime(&now);
	if (now.QuadPart - letter->Written.QuadPart > 600000000)
		return; /* leak62: LeakInCallback */

	DbgPrint("mail: %.*s\n", (int)letter->Length, letter->Text);
	ExFreePoolWithTag(letter, MAIL_TAG);
}

static NTSTATUS MailPost(const VOID *Text, ULONG Length)
{
	PLETTER letter = ExAllocatePoolWithTag(NonPagedPool, sizeof(*letter), MAIL_TAG);

	if (letter == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	KeQuerySystemTime(&letter->Written);
	letter->Length = Length;
	RtlCopyMemory(letter->Text, Text, Length);
	ExInitializeWorkItem(&letter->Item, MailDeliver, letter);
	ExQueueWorkItem(&letter->Item, DelayedWorkQueue);
	return STATUS_SUCCESS;
}

static NTSTATUS MailWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG length = stack->Parameters.Write.Length;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (length == 0 || length > MAIL_MAX)
		status = STATUS_INVALID_BUFFER_SIZE;
	else
		status = MailPost(Irp->AssociatedIrp.SystemBuffer, length);

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = NT_SUCCESS(status) ? length : 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS MailCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID MailUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Mail");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	device->Flags |= DO_BUFFERED_IO;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = MailCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = MailCreateClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = MailWrite;
	DriverObject->DriverUnload = MailUnload;
	return STATUS_SUCCESS;
}
