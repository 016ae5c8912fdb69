/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Racks: an array of trays that lives between start and stop, in pool.  The number of whole
 * trays is in the extension, so that a set that was not completed can be released.
 */
#include <ntddk.h>

#define TRAYS 6
#define TRAY_BYTES 2048
#define RACK_TAG 'kcaR'

typedef struct _TRAY {
	PVOID Data;
	PMDL Mdl;
} TRAY, *PTRAY;

typedef struct _RACK {
	PDEVICE_OBJECT Lower;
	ULONG Whole;
	PTRAY Trays;
} RACK, *PRACK;

static VOID RackEmpty(PRACK Rack)
{
	if (Rack->Trays == NULL)
		return;
	while (Rack->Whole != 0) {
		PTRAY tray = &Rack->Trays[--Rack->Whole];

		IoFreeMdl(tray->Mdl);
		ExFreePoolWithTag(tray->Data, RACK_TAG);
	}
	ExFreePoolWithTag(Rack->Trays, RACK_TAG);
	Rack->Trays = NULL;
}

static NTSTATUS RackFill(PRACK Rack)
{
	Rack->Trays = ExAllocatePoolWithTag(NonPagedPool, TRAYS * sizeof(TRAY), RACK_TAG); /* leak62: LeakOnOverwrite */
	if (Rack->Trays == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	for (Rack->Whole = 0; Rack->Whole < TRAYS; Rack->Whole++) {
		PTRAY tray = &Rack->Trays[Rack->Whole];

		tray->Data = ExAllocatePoolWithTag(NonPagedPool, TRAY_BYTES, RACK_TAG);
		if (tray->Data == NULL)
			break;
		tray->Mdl = IoAllocateMdl(tray->Data, TRAY_BYTES, FALSE, FALSE, NULL);
		if (tray->Mdl == NULL) {
			ExFreePoolWithTag(tray->Data, RACK_TAG);
			break;
		}
		MmBuildMdlForNonPagedPool(tray->Mdl);
	}
	if (Rack->Whole < TRAYS) {
		RackEmpty(Rack);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	return STATUS_SUCCESS;
}

static NTSTATUS NTAPI RackStarted(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(Device);
	UNREFERENCED_PARAMETER(Irp);
	KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS RackStart(PRACK Rack, PIRP Irp)
{
	KEVENT event;
	NTSTATUS status;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	IoCopyCurrentIrpStackLocationToNext(Irp);
	IoSetCompletionRoutine(Irp, RackStarted, &event, TRUE, TRUE, TRUE);
	IoCallDriver(Rack->Lower, Irp);
	KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
	status = Irp->IoStatus.Status;
	if (NT_SUCCESS(status))
		status = RackFill(Rack);
	Irp->IoStatus.Status = status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS NTAPI RackPnp(PDEVICE_OBJECT Device, PIRP Irp)
{
	PRACK rack = Device->DeviceExtension;
	NTSTATUS status;

	switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
	case IRP_MN_START_DEVICE:
		return RackStart(rack, Irp);
	case IRP_MN_REMOVE_DEVICE:
		RackEmpty(rack);
		IoSkipCurrentIrpStackLocation(Irp);
		status = IoCallDriver(rack->Lower, Irp);
		IoDetachDevice(rack->Lower);
		IoDeleteDevice(Device);
		return status;
	}
	IoSkipCurrentIrpStackLocation(Irp);
	return IoCallDriver(rack->Lower, Irp);
}

static NTSTATUS NTAPI RackAdd(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Physical)
{
	PDEVICE_OBJECT device;
	PRACK rack;
	NTSTATUS status;

	status = IoCreateDevice(Driver, sizeof(RACK), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	rack = device->DeviceExtension;
	RtlZeroMemory(rack, sizeof(*rack));
	rack->Lower = IoAttachDeviceToDeviceStack(device, Physical);
	if (rack->Lower == NULL) {
		IoDeleteDevice(device);
		return STATUS_NO_SUCH_DEVICE;
	}
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static VOID NTAPI RackUnload(PDRIVER_OBJECT Driver)
{
	UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(RegistryPath);
	Driver->MajorFunction[IRP_MJ_PNP] = RackPnp;
	Driver->DriverExtension->AddDevice = RackAdd;
	Driver->DriverUnload = RackUnload;
	return STATUS_SUCCESS;
}
