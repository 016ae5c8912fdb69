/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Dimmer: a device that was stopped is started again with other resources. */
#include "dimmer.h"

static NTSTATUS NTAPI DimmerPass(PDEVICE_OBJECT Device, PIRP Irp)
{
	PDIMMER dimmer = Device->DeviceExtension;

	IoSkipCurrentIrpStackLocation(Irp);
	return IoCallDriver(dimmer->Below, Irp);
}

static NTSTATUS DimmerStart(PDIMMER Dimmer, PCM_RESOURCE_LIST Resources)
{
	PPROFILE profile;
	ULONG i, sum = 0;
	NTSTATUS status;

	if (Resources == NULL || Resources->Count == 0)
		return STATUS_DEVICE_CONFIGURATION_ERROR;
	status = ProfileMake(Resources->List[0].PartialResourceList.Count, &profile);
	if (!NT_SUCCESS(status))
		return status;
	for (i = 0; i < profile->Steps; i++)
		sum += profile->Level[i];
	Dimmer->Profile = profile; /* leak62: LeakOnOverwrite */
	Dimmer->Running = TRUE;
	return sum != 0 ? STATUS_SUCCESS : STATUS_DEVICE_CONFIGURATION_ERROR;
}

static NTSTATUS DimmerRemove(PDEVICE_OBJECT Device, PIRP Irp)
{
	PDIMMER dimmer = Device->DeviceExtension;
	NTSTATUS status = DimmerPass(Device, Irp);

	if (dimmer->Profile != NULL)
		ExFreePoolWithTag(dimmer->Profile, DIMMER_TAG);
	IoDetachDevice(dimmer->Below);
	IoDeleteDevice(Device);
	return status;
}

static NTSTATUS NTAPI DimmerPnp(PDEVICE_OBJECT Device, PIRP Irp)
{
	PDIMMER dimmer = Device->DeviceExtension;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status;

	switch (stack->MinorFunction) {
	case IRP_MN_START_DEVICE:
		status = STATUS_UNSUCCESSFUL;
		if (IoForwardIrpSynchronously(dimmer->Below, Irp))
			status = Irp->IoStatus.Status;
		if (NT_SUCCESS(status))
			status = DimmerStart(dimmer, stack->Parameters.StartDevice.AllocatedResources);
		Irp->IoStatus.Status = status;
		IoCompleteRequest(Irp, IO_NO_INCREMENT);
		return status;
	case IRP_MN_STOP_DEVICE:
		dimmer->Running = FALSE;
		break;
	case IRP_MN_REMOVE_DEVICE:
		return DimmerRemove(Device, Irp);
	}
	Irp->IoStatus.Status = STATUS_SUCCESS;
	return DimmerPass(Device, Irp);
}

static NTSTATUS NTAPI DimmerAdd(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Physical)
{
	PDEVICE_OBJECT device;
	PDIMMER dimmer;
	NTSTATUS status = IoCreateDevice(Driver, sizeof(DIMMER), NULL, FILE_DEVICE_UNKNOWN, 0,
	                                 FALSE, &device);

	if (!NT_SUCCESS(status))
		return status;
	dimmer = device->DeviceExtension;
	RtlZeroMemory(dimmer, sizeof(*dimmer));
	dimmer->Below = IoAttachDeviceToDeviceStack(device, Physical);
	if (dimmer->Below == NULL) {
		IoDeleteDevice(device);
		return STATUS_NO_SUCH_DEVICE;
	}
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static VOID NTAPI DimmerUnload(PDRIVER_OBJECT Driver)
{
	UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(RegistryPath);
	Driver->MajorFunction[IRP_MJ_CREATE] = DimmerPass;
	Driver->MajorFunction[IRP_MJ_CLOSE] = DimmerPass;
	Driver->MajorFunction[IRP_MJ_PNP] = DimmerPnp;
	Driver->DriverExtension->AddDevice = DimmerAdd;
	Driver->DriverUnload = DimmerUnload;
	return STATUS_SUCCESS;
}
