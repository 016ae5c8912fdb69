/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A filter above a transport.  To each write it adds a trailer: a second MDL that
 * is chained to the caller's IRP and that the I/O manager frees with it.  For
 * IOCTL_TRL_PEEK it describes a part of the caller's buffer by an MDL of its
 * own, which it frees.
 */
#include <wdm.h>

#define TRL_TAG 'lrTA'
#define TRL_SIZE 16
#define TRL_PEEK_SIZE 64

#define IOCTL_TRL_PEEK CTL_CODE(FILE_DEVICE_UNKNOWN, 0x840, METHOD_OUT_DIRECT, FILE_READ_DATA)

typedef struct _TRL_EXTENSION {
	PDEVICE_OBJECT Lower;
	IO_REMOVE_LOCK RemoveLock;
	UCHAR First;
	DECLSPEC_ALIGN(16) UCHAR Trailer[TRL_SIZE];
} TRL_EXTENSION, *PTRL_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD TrlUnload;
static DRIVER_ADD_DEVICE TrlAddDevice;
static DRIVER_DISPATCH TrlPass;
static DRIVER_DISPATCH TrlPower;
static DRIVER_DISPATCH TrlPnp;
static DRIVER_DISPATCH TrlWrite;
static DRIVER_DISPATCH TrlControl;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	ULONG i;

	UNREFERENCED_PARAMETER(RegistryPath);

	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		DriverObject->MajorFunction[i] = TrlPass;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = TrlWrite;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = TrlControl;
	DriverObject->MajorFunction[IRP_MJ_POWER] = TrlPower;
	DriverObject->MajorFunction[IRP_MJ_PNP] = TrlPnp;
	DriverObject->DriverExtension->AddDevice = TrlAddDevice;
	DriverObject->DriverUnload = TrlUnload;
	return STATUS_SUCCESS;
}

static VOID TrlUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}

static NTSTATUS TrlAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
	PDEVICE_OBJECT device;
	PTRL_EXTENSION ext;
	NTSTATUS status;

	status = IoCreateDevice(DriverObject, sizeof(TRL_EXTENSION), NULL, FILE_DEVICE_UNKNOWN,
				0, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;

	ext = device->DeviceExtension;
	RtlZeroMemory(ext, sizeof(*ext));
	IoInitializeRemoveLock(&ext->RemoveLock, TRL_TAG, 0, 0);
	ext->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
	if (ext->Lower == NULL) {
		IoDeleteDevice(device);
		return STATUS_NO_SUCH_DEVICE;
	}

	device->Flags |= DO_DIRECT_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static NTSTATUS TrlComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS TrlPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PTRL_EXTENSION ext = DeviceObject->DeviceExtension;
	NTSTATUS status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);

	if (!NT_SUCCESS(status))
		return TrlComplete(Irp, status, 0);
	IoSkipCurrentIrpStackLocation(Irp);
	status = IoCallDriver(ext->Lower, Irp);
	IoReleaseRemoveLock(&ext->RemoveLock, Irp);
	return status;
}

static NTSTATUS TrlPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PTRL_EXTENSION ext = DeviceObject->DeviceExtension;

	PoStartNextPowerIrp(Irp);
	IoSkipCurrentIrpStackLocation(Irp);
	return PoCallDriver(ext->Lower, Irp);
}

static NTSTATUS TrlPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PTRL_EXTENSION ext = DeviceObject->DeviceExtension;
	NTSTATUS status;

	if (IoGetCurrentIrpStackLocation(Irp)->MinorFunction != IRP_MN_REMOVE_DEVICE)
		return TrlPass(DeviceObject, Irp);

	status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
	if (!NT_SUCCESS(status))
		return TrlComplete(Irp, status, 0);
	IoReleaseRemoveLockAndWait(&ext->RemoveLock, Irp);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	IoSkipCurrentIrpStackLocation(Irp);
	status = IoCallDriver(ext->Lower, Irp);
	IoDetachDevice(ext->Lower);
	IoDeleteDevice(DeviceObject);
	return status;
}

/* The transport sends the whole MDL chain of the IRP. */
static NTSTATUS TrlWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PTRL_EXTENSION ext = DeviceObject->DeviceExtension;
	PMDL mdl;

	if (Irp->MdlAddress != NULL) {
		mdl = IoAllocateMdl(ext->Trailer, TRL_SIZE, TRUE, FALSE, Irp);
		if (mdl == NULL)
			return TrlComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
		MmBuildMdlForNonPagedPool(mdl);
	}
	return TrlPass(DeviceObject, Irp);
}

/* Notes the first byte of the second half of the caller's buffer. */
static NTSTATUS TrlPeek(PTRL_EXTENSION Extension, PMDL Source)
{
	PUCHAR address = MmGetMdlVirtualAddress(Source);
	PUCHAR mapped;
	PMDL mdl;

	address += TRL_PEEK_SIZE / 2;
	mdl = IoAllocateMdl(address, TRL_PEEK_SIZE / 2, FALSE, FALSE, NULL);
	if (mdl == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	IoBuildPartialMdl(Source, mdl, address, TRL_PEEK_SIZE / 2);
	mapped = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
	if (mapped == NULL) {
		IoFreeMdl(mdl);
		return STATUS_INSUFFICIENT_RESOURCES;
	}

	Extension->First = *mapped;
	IoFreeMdl(mdl);
	return STATUS_SUCCESS;
}

static NTSTATUS TrlControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PTRL_EXTENSION ext = DeviceObject->DeviceExtension;
	NTSTATUS status;

	if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_TRL_PEEK)
		return TrlPass(DeviceObject, Irp);
	if (Irp->MdlAddress == NULL || MmGetMdlByteCount(Irp->MdlAddress) < TRL_PEEK_SIZE)
		return TrlComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);

	status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
	if (!NT_SUCCESS(status))
		return TrlComplete(Irp, status, 0);
	status = TrlPeek(ext, Irp->MdlAddress);
	IoReleaseRemoveLock(&ext->RemoveLock, Irp);
	return TrlComplete(Irp, status, 0);
}
