/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A write becomes the driver's current message: a header and a payload of pool
 * each.  The __finally block of the routine that builds it is to free both if
 * the routine leaves early, and forgets the payload.
 */
#include <ntddk.h>

#define MSG_TAG 'gsMA'
#define MSG_MAX_LENGTH 2048

typedef struct _MESSAGE {
	ULONG Length;
	LARGE_INTEGER When;
	PUCHAR Payload;
} MESSAGE, *PMESSAGE;

typedef struct _MSG_EXTENSION {
	FAST_MUTEX Lock;
	PMESSAGE Current;
} MSG_EXTENSION, *PMSG_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD MsgUnload;
static DRIVER_DISPATCH MsgCreateClose;
static DRIVER_DISPATCH MsgWrite;

static UNICODE_STRING MsgDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Message");
static UNICODE_STRING MsgLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Message");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PDEVICE_OBJECT device;
	PMSG_EXTENSION ext;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, sizeof(MSG_EXTENSION), &MsgDeviceName,
				FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;

	ext = device->DeviceExtension;
	ExInitializeFastMutex(&ext->Lock);
	ext->Current = NULL;
	device->Flags |= DO_BUFFERED_IO;

	status = IoCreateSymbolicLink(&MsgLinkName, &MsgDeviceName);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}

	DriverObject->MajorFunction[IRP_MJ_CREATE] = MsgCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = MsgCreateClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = MsgWrite;
	DriverObject->DriverUnload = MsgUnload;
	return STATUS_SUCCESS;
}

static VOID MsgFree(PMESSAGE Message)
{
	ExFreePoolWithTag(Message->Payload, MSG_TAG);
	ExFreePoolWithTag(Message, MSG_TAG);
}

static VOID MsgUnload(PDRIVER_OBJECT DriverObject)
{
	PMSG_EXTENSION ext = DriverObject->DeviceObject->DeviceExtension;

	IoDeleteSymbolicLink(&MsgLinkName);
	if (ext->Current != NULL)
		MsgFree(ext->Current);
	IoDeleteDevice(DriverObject->DeviceObject);
}

static NTSTATUS MsgCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

/* A message must be printable.  On success *Message is the caller's. */
static NTSTATUS MsgBuild(const UCHAR *Text, ULONG Length, PMESSAGE *Message)
{
	NTSTATUS status = STATUS_SUCCESS;
	PMESSAGE message = NULL;
	PUCHAR payload = NULL;
	ULONG i;

	__try {
		message = ExAllocatePoolWithTag(PagedPool, sizeof(MESSAGE), MSG_TAG);
		if (message == NULL) {
			status = STATUS_INSUFFICIENT_RESOURCES;
			__leave;
		}
		payload = ExAllocatePoolWithTag(PagedPool, Length, MSG_TAG);
		if (payload == NULL) {
			status = STATUS_INSUFFICIENT_RESOURCES;
			__leave;
		}
		for (i = 0; i < Length; i++) {
			if (Text[i] < ' ' || Text[i] > '~') {
				status = STATUS_INVALID_PARAMETER;
				__leave; /* leak62: LeakOnPath */
			}
			payload[i] = Text[i];
		}
		KeQuerySystemTime(&message->When);
		message->Length = Length;
		message->Payload = payload;
		*Message = message;
	} __finally {
		if (!NT_SUCCESS(status)) {
			if (message != NULL)
				ExFreePoolWithTag(message, MSG_TAG);
		}
	}
	return status;
}

static NTSTATUS MsgWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PMSG_EXTENSION ext = DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG length = stack->Parameters.Write.Length;
	PMESSAGE message, old;
	NTSTATUS status = STATUS_INVALID_PARAMETER;

	Irp->IoStatus.Information = 0;
	if (length > 0 && length <= MSG_MAX_LENGTH)
		status = MsgBuild(Irp->AssociatedIrp.SystemBuffer, length, &message);

	if (NT_SUCCESS(status)) {
		ExAcquireFastMutex(&ext->Lock);
		old = ext->Current;
		ext->Current = message;
		ExReleaseFastMutex(&ext->Lock);
		if (old != NULL)
			MsgFree(old);
		Irp->IoStatus.Information = length;
	}

	Irp->IoStatus.Status = status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}
