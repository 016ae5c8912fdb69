/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Reads a block ahead from the device below, with an IRP and an MDL of its own; the
 * completion routine gives the MDL to ExFreePool.
 */
#include <ntddk.h>

#define PNG_TAG 'gniP'
#define PNG_BYTES 512

typedef struct _PNG_EXTENSION {
	PDEVICE_OBJECT Lower;
} PNG_EXTENSION, *PPNG_EXTENSION;

typedef struct _PNG_READ {
	PMDL Mdl;
	UCHAR Bytes[PNG_BYTES];
} PNG_READ, *PPNG_READ;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD PngUnload;
static DRIVER_ADD_DEVICE PngAddDevice;
static DRIVER_DISPATCH PngPass;
static DRIVER_DISPATCH PngPnp;
static DRIVER_DISPATCH PngRead;
static IO_COMPLETION_ROUTINE PngDone;

static NTSTATUS PngDone(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	PPNG_READ read = context;

	UNREFERENCED_PARAMETER(device);

	ExFreePool(read->Mdl); /* leak62: WrongFree */
	irp->MdlAddress = NULL;
	IoFreeIrp(irp);
	ExFreePoolWithTag(read, PNG_TAG);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS PngPass(PDEVICE_OBJECT device, PIRP irp)
{
	PPNG_EXTENSION ext = device->DeviceExtension;

	IoSkipCurrentIrpStackLocation(irp);
	return IoCallDriver(ext->Lower, irp);
}

static VOID PngAhead(PDEVICE_OBJECT lower, LONGLONG offset)
{
	PPNG_READ read = ExAllocatePoolWithTag(NonPagedPool, sizeof(PNG_READ), PNG_TAG);
	PIO_STACK_LOCATION next;
	PIRP irp;

	if (!read)
		return;
	irp = IoAllocateIrp(lower->StackSize, FALSE);
	if (!irp) {
		ExFreePoolWithTag(read, PNG_TAG);
		return;
	}
	read->Mdl = IoAllocateMdl(read->Bytes, PNG_BYTES, FALSE, FALSE, NULL);
	if (!read->Mdl) {
		IoFreeIrp(irp);
		ExFreePoolWithTag(read, PNG_TAG);
		return;
	}
	MmBuildMdlForNonPagedPool(read->Mdl);
	irp->MdlAddress = read->Mdl;
	next = IoGetNextIrpStackLocation(irp);
	next->MajorFunction = IRP_MJ_READ;
	next->Parameters.Read.Length = PNG_BYTES;
	next->Parameters.Read.ByteOffset.QuadPart = offset;
	IoSetCompletionRoutine(irp, PngDone, read, TRUE, TRUE, TRUE);
	IoCallDriver(lower, irp);
}

static NTSTATUS PngRead(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
	PPNG_EXTENSION ext = device->DeviceExtension;

	PngAhead(ext->Lower,
		 stack->Parameters.Read.ByteOffset.QuadPart + stack->Parameters.Read.Length);
	return PngPass(device, irp);
}

static NTSTATUS PngPnp(PDEVICE_OBJECT device, PIRP irp)
{
	PPNG_EXTENSION ext = device->DeviceExtension;
	NTSTATUS status;

	if (IoGetCurrentIrpStackLocation(irp)->MinorFunction != IRP_MN_REMOVE_DEVICE)
		return PngPass(device, irp);
	status = PngPass(device, irp);
	IoDetachDevice(ext->Lower);
	IoDeleteDevice(device);
	return status;
}

static NTSTATUS PngAddDevice(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
	PDEVICE_OBJECT device;
	PPNG_EXTENSION ext;
	NTSTATUS status;

	status = IoCreateDevice(driver, sizeof(PNG_EXTENSION), NULL, FILE_DEVICE_DISK, 0, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	ext = device->DeviceExtension;
	ext->Lower = IoAttachDeviceToDeviceStack(device, pdo);
	if (!ext->Lower) {
		IoDeleteDevice(device);
		return STATUS_NO_SUCH_DEVICE;
	}
	device->Flags |= ext->Lower->Flags & (DO_DIRECT_IO | DO_BUFFERED_IO);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static VOID PngUnload(PDRIVER_OBJECT driver)
{
	UNREFERENCED_PARAMETER(driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	ULONG i;

	UNREFERENCED_PARAMETER(path);

	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		driver->MajorFunction[i] = PngPass;
	driver->MajorFunction[IRP_MJ_READ] = PngRead;
	driver->MajorFunction[IRP_MJ_PNP] = PngPnp;
	driver->DriverExtension->AddDevice = PngAddDevice;
	driver->DriverUnload = PngUnload;
	return STATUS_SUCCESS;
}
