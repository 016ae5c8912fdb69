/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Names for ports, as a chain of entries.  IOCTL_ALI_ONLY makes one entry the whole chain:
 * it frees the chain before.
 */
#include <ntddk.h>

#define ALI_TAG 'ailA'
#define IOCTL_ALI_ADD CTL_CODE(FILE_DEVICE_UNKNOWN, 0x880, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_ALI_ONLY CTL_CODE(FILE_DEVICE_UNKNOWN, 0x881, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _ALI_ENTRY {
	struct _ALI_ENTRY *Next;
	ULONG Port;
} ALI_ENTRY, *PALI_ENTRY;

static PALI_ENTRY g_First;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD AliUnload;
static DRIVER_DISPATCH AliOpenClose;
static DRIVER_DISPATCH AliControl;

static PALI_ENTRY AliNew(ULONG port)
{
	PALI_ENTRY entry = ExAllocatePoolWithTag(PagedPool, sizeof(ALI_ENTRY), ALI_TAG);

	if (entry) {
		entry->Next = NULL;
		entry->Port = port;
	}
	return entry;
}

static VOID AliFree(VOID)
{
	PALI_ENTRY entry;

	while (g_First) {
		entry = g_First;
		g_First = entry->Next;
		ExFreePoolWithTag(entry, ALI_TAG);
	}
}

static NTSTATUS AliAdd(ULONG port)
{
	PALI_ENTRY entry = AliNew(port);

	if (!entry)
		return STATUS_INSUFFICIENT_RESOURCES;
	entry->Next = g_First;
	g_First = entry;
	return STATUS_SUCCESS;
}

static NTSTATUS AliOnly(ULONG port)
{
	PALI_ENTRY entry = AliNew(port);

	if (!entry)
		return STATUS_INSUFFICIENT_RESOURCES;
	AliFree();
	g_First = entry;
	return STATUS_SUCCESS;
}

static NTSTATUS AliControl(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
	NTSTATUS status = STATUS_BUFFER_TOO_SMALL;

	UNREFERENCED_PARAMETER(device);

	if (stack->Parameters.DeviceIoControl.InputBufferLength >= sizeof(ULONG)) {
		PULONG port = irp->AssociatedIrp.SystemBuffer;

		switch (stack->Parameters.DeviceIoControl.IoControlCode) {
		case IOCTL_ALI_ADD:
			status = AliAdd(*port);
			break;
		case IOCTL_ALI_ONLY:
			status = AliOnly(*port);
			break;
		default:
			status = STATUS_INVALID_DEVICE_REQUEST;
			break;
		}
	}
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS AliOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID AliUnload(PDRIVER_OBJECT driver)
{
	AliFree();
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Alias");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, TRUE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = AliOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = AliOpenClose;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = AliControl;
	driver->DriverUnload = AliUnload;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
