/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A filter above a disk that passes long reads on in pieces of 64 KB.  Each piece has
 * an IRP of the filter's and a partial MDL of the caller's buffer.  When the IRP of a
 * piece cannot be had, its MDL is lost.
 */
#include <wdm.h>

#define SPLIT_PIECE 0x10000

typedef struct _SPLIT_EXTENSION {
	PDEVICE_OBJECT Lower;
} SPLIT_EXTENSION, *PSPLIT_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE SplitAddDevice;
static DRIVER_UNLOAD SplitUnload;
static DRIVER_DISPATCH SplitPass;
static DRIVER_DISPATCH SplitPower;
static DRIVER_DISPATCH SplitPnp;
static DRIVER_DISPATCH SplitRead;
static IO_COMPLETION_ROUTINE SplitDone;

static NTSTATUS SplitDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);

	KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Reads one piece and waits for it. */
static NTSTATUS SplitPiece(PDEVICE_OBJECT Lower, PMDL Whole, ULONG At, ULONG Length,
			   LARGE_INTEGER Offset)
{
	PUCHAR address = (PUCHAR)MmGetMdlVirtualAddress(Whole) + At;
	PIO_STACK_LOCATION next;
	NTSTATUS status;
	KEVENT done;
	PIRP irp;
	PMDL mdl;

	mdl = IoAllocateMdl(address, Length, FALSE, FALSE, NULL);
	if (mdl == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	IoBuildPartialMdl(Whole, mdl, address, Length);

	irp = IoAllocateIrp(Lower->StackSize, FALSE);
	if (irp == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES; /* leak62: LeakOnPath */
	}

	irp->MdlAddress = mdl;
	next = IoGetNextIrpStackLocation(irp);
	next->MajorFunction = IRP_MJ_READ;
	next->Parameters.Read.Length = Length;
	next->Parameters.Read.ByteOffset.QuadPart = Offset.QuadPart + At;

	KeInitializeEvent(&done, NotificationEvent, FALSE);
	IoSetCompletionRoutine(irp, SplitDone, &done, TRUE, TRUE, TRUE);
	IoCallDriver(Lower, irp);
	KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);

	status = irp->IoStatus.Status;
	IoFreeIrp(irp);
	IoFreeMdl(mdl);
	return status;
}

static NTSTATUS SplitPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PSPLIT_EXTENSION ext = DeviceObject->DeviceExtension;

	IoSkipCurrentIrpStackLocation(Irp);
	return IoCallDriver(ext->Lower, Irp);
}

static NTSTATUS SplitRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PSPLIT_EXTENSION ext = DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG total = stack->Parameters.Read.Length;
	NTSTATUS status = STATUS_SUCCESS;
	ULONG at, length;

	if (total <= SPLIT_PIECE || Irp->MdlAddress == NULL)
		return SplitPass(DeviceObject, Irp);

	for (at = 0; at < total && NT_SUCCESS(status); at += length) {
		length = total - at < SPLIT_PIECE ? total - at : SPLIT_PIECE;
		status = SplitPiece(ext->Lower, Irp->MdlAddress, at, length,
				    stack->Parameters.Read.ByteOffset);
	}

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = NT_SUCCESS(status) ? total : 0;
	IoCompleteRequest(Irp, IO_DISK_INCREMENT);
	return status;
}

static NTSTATUS SplitPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PSPLIT_EXTENSION ext = DeviceObject->DeviceExtension;

	PoStartNextPowerIrp(Irp);
	IoSkipCurrentIrpStackLocation(Irp);
	return PoCallDriver(ext->Lower, Irp);
}

static NTSTATUS SplitPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PSPLIT_EXTENSION ext = DeviceObject->DeviceExtension;
	UCHAR minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;
	NTSTATUS status = SplitPass(DeviceObject, Irp);

	if (minor == IRP_MN_REMOVE_DEVICE) {
		IoDetachDevice(ext->Lower);
		IoDeleteDevice(DeviceObject);
	}
	return status;
}

static NTSTATUS SplitAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
	PDEVICE_OBJECT device;
	PSPLIT_EXTENSION ext;
	NTSTATUS status;

	status = IoCreateDevice(DriverObject, sizeof(*ext), NULL, FILE_DEVICE_DISK, 0, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	ext = device->DeviceExtension;
	ext->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
	if (ext->Lower == NULL) {
		IoDeleteDevice(device);
		return STATUS_NO_SUCH_DEVICE;
	}
	device->Flags |= DO_DIRECT_IO | (ext->Lower->Flags & DO_POWER_PAGABLE);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static VOID SplitUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	ULONG i;

	UNREFERENCED_PARAMETER(RegistryPath);

	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		DriverObject->MajorFunction[i] = SplitPass;
	DriverObject->MajorFunction[IRP_MJ_READ] = SplitRead;
	DriverObject->MajorFunction[IRP_MJ_POWER] = SplitPower;
	DriverObject->MajorFunction[IRP_MJ_PNP] = SplitPnp;
	DriverObject->DriverExtension->AddDevice = SplitAddDevice;
	DriverObject->DriverUnload = SplitUnload;
	return STATUS_SUCCESS;
}
