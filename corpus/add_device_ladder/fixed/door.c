/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Upper filter of a door lock: keeps the lock's friendly name and a log of who came by.
 */
#include <ntddk.h>

#define DOOR_TAG 'rooD'
#define LOG_ENTRIES 32

typedef struct _DOOR {
	PDEVICE_OBJECT Lower;
	PWCHAR Name;
	PULONG Log;
} DOOR, *PDOOR;

static NTSTATUS DoorReadName(PDEVICE_OBJECT Pdo, PWCHAR *Name)
{
	ULONG length = 0;
	PWCHAR text;
	NTSTATUS status;

	status = IoGetDeviceProperty(Pdo, DevicePropertyFriendlyName, 0, NULL, &length);
	if (status != STATUS_BUFFER_TOO_SMALL)
		return STATUS_NOT_FOUND;
	text = ExAllocatePoolWithTag(PagedPool, length, DOOR_TAG);
	if (text == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = IoGetDeviceProperty(Pdo, DevicePropertyFriendlyName, length, text, &length);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(text, DOOR_TAG);
		return status;
	}
	*Name = text;
	return STATUS_SUCCESS;
}

static NTSTATUS DoorAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
	PDEVICE_OBJECT device;
	PDOOR door;
	NTSTATUS status;

	status = IoCreateDevice(DriverObject, sizeof(DOOR), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	door = device->DeviceExtension;
	RtlZeroMemory(door, sizeof(*door));

	status = DoorReadName(Pdo, &door->Name);
	if (!NT_SUCCESS(status))
		goto undo;
	door->Log = ExAllocatePoolWithTag(NonPagedPool, LOG_ENTRIES * sizeof(ULONG), DOOR_TAG);
	if (door->Log == NULL) {
		status = STATUS_INSUFFICIENT_RESOURCES;
		goto undo;
	}
	door->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
	if (door->Lower == NULL) {
		status = STATUS_NO_SUCH_DEVICE;
		goto undo;
	}
	device->Flags |= door->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;

undo:
	if (door->Log != NULL)
		ExFreePoolWithTag(door->Log, DOOR_TAG);
	if (door->Name != NULL)
		ExFreePoolWithTag(door->Name, DOOR_TAG);
	IoDeleteDevice(device);
	return status;
}

static NTSTATUS DoorPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDOOR door = DeviceObject->DeviceExtension;

	IoSkipCurrentIrpStackLocation(Irp);
	return IoCallDriver(door->Lower, Irp);
}

static NTSTATUS DoorPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDOOR door = DeviceObject->DeviceExtension;
	UCHAR minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;
	NTSTATUS status = DoorPass(DeviceObject, Irp);

	if (minor == IRP_MN_REMOVE_DEVICE) {
		IoDetachDevice(door->Lower);
		ExFreePoolWithTag(door->Log, DOOR_TAG);
		ExFreePoolWithTag(door->Name, DOOR_TAG);
		IoDeleteDevice(DeviceObject);
	}
	return status;
}

static VOID DoorUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	ULONG i;

	UNREFERENCED_PARAMETER(RegistryPath);
	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		DriverObject->MajorFunction[i] = DoorPass;
	DriverObject->MajorFunction[IRP_MJ_PNP] = DoorPnp;
	DriverObject->DriverExtension->AddDevice = DoorAddDevice;
	DriverObject->DriverUnload = DoorUnload;
	return STATUS_SUCCESS;
}
