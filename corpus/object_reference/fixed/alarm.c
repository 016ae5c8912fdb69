/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * IOCTL_ALM_SET takes an event that a write above a limit will signal.  A limit
 * that is out of range is refused.
 */
#include <ntddk.h>

#define ALM_MAX_LIMIT 65536

#define IOCTL_ALM_SET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x870, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _ALM_REQUEST {
	HANDLE Event;
	ULONG Limit;
} ALM_REQUEST, *PALM_REQUEST;

typedef struct _ALM_EXTENSION {
	FAST_MUTEX Lock;
	PKEVENT Event;
	ULONG Limit;
} ALM_EXTENSION, *PALM_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD AlmUnload;
static DRIVER_DISPATCH AlmCreateClose;
static DRIVER_DISPATCH AlmCleanup;
static DRIVER_DISPATCH AlmWrite;
static DRIVER_DISPATCH AlmControl;

static UNICODE_STRING AlmDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Alarm");
static UNICODE_STRING AlmLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Alarm");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PALM_EXTENSION ext;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	/* Exclusive: one caller, one alarm. */
	status = IoCreateDevice(DriverObject, sizeof(ALM_EXTENSION), &AlmDeviceName,
				FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, TRUE, &device);
	if (!NT_SUCCESS(status))
		return status;

	ext = device->DeviceExtension;
	ExInitializeFastMutex(&ext->Lock);
	ext->Event = NULL;
	ext->Limit = 0;
	device->Flags |= DO_BUFFERED_IO;

	status = IoCreateSymbolicLink(&AlmLinkName, &AlmDeviceName);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}

	DriverObject->MajorFunction[IRP_MJ_CREATE] = AlmCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = AlmCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = AlmCleanup;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = AlmWrite;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = AlmControl;
	DriverObject->DriverUnload = AlmUnload;
	return STATUS_SUCCESS;
}

static VOID AlmReplace(PALM_EXTENSION Extension, PKEVENT Event, ULONG Limit)
{
	PKEVENT old;

	ExAcquireFastMutex(&Extension->Lock);
	old = Extension->Event;
	Extension->Event = Event;
	Extension->Limit = Limit;
	ExReleaseFastMutex(&Extension->Lock);

	if (old != NULL)
		ObDereferenceObject(old);
}

static VOID AlmUnload(PDRIVER_OBJECT DriverObject)
{
	PALM_EXTENSION ext = DriverObject->DeviceObject->DeviceExtension;

	IoDeleteSymbolicLink(&AlmLinkName);
	/* A request that ran beside the last cleanup may have set it again. */
	if (ext->Event != NULL)
		ObDereferenceObject(ext->Event);
	IoDeleteDevice(DriverObject->DeviceObject);
}

static NTSTATUS AlmComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS AlmCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	return AlmComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS AlmCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	AlmReplace(DeviceObject->DeviceExtension, NULL, 0);
	return AlmComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS AlmWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PALM_EXTENSION ext = DeviceObject->DeviceExtension;
	ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;

	ExAcquireFastMutex(&ext->Lock);
	if (ext->Event != NULL && length > ext->Limit)
		KeSetEvent(ext->Event, IO_NO_INCREMENT, FALSE);
	ExReleaseFastMutex(&ext->Lock);
	return AlmComplete(Irp, STATUS_SUCCESS, length);
}

static NTSTATUS AlmSet(PALM_EXTENSION Extension, PALM_REQUEST Request, KPROCESSOR_MODE Mode)
{
	PVOID object;
	NTSTATUS status;

	status = ObReferenceObjectByHandle(Request->Event, EVENT_MODIFY_STATE, *ExEventObjectType,
					   Mode, &object, NULL);
	if (!NT_SUCCESS(status))
		return status;

	if (Request->Limit > ALM_MAX_LIMIT) {
		ObDereferenceObject(object);
		return STATUS_INVALID_PARAMETER;
	}

	AlmReplace(Extension, object, Request->Limit);
	return STATUS_SUCCESS;
}

static NTSTATUS AlmControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status;

	if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_ALM_SET)
		return AlmComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	if (stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(ALM_REQUEST))
		return AlmComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);

	status = AlmSet(DeviceObject->DeviceExtension, Irp->AssociatedIrp.SystemBuffer,
			Irp->RequestorMode);
	return AlmComplete(Irp, status, 0);
}
