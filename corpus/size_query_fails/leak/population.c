/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Counts the processes that run when it is asked to.  The list has no fixed size:
 * the buffer grows until the query no longer says STATUS_INFO_LENGTH_MISMATCH.
 * When the query fails for another reason, the buffer of that round is lost.
 */
#include <ntddk.h>

#define POP_TAG 'poPA'
#define POP_CLASS 5 /* SystemProcessInformation */
#define POP_STEP 0x8000
#define POP_LIMIT 0x1000000

/* The beginning of one entry; the next is NextEntryOffset bytes further on. */
typedef struct _POP_ENTRY {
	ULONG NextEntryOffset;
	ULONG NumberOfThreads;
} POP_ENTRY, *PPOP_ENTRY;

NTSYSAPI NTSTATUS NTAPI ZwQuerySystemInformation(ULONG Class, PVOID Information, ULONG Length,
						 PULONG ReturnLength);

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD PopUnload;
static DRIVER_DISPATCH PopOpen;
static DRIVER_DISPATCH PopRead;

static ULONG PopThreads(PPOP_ENTRY Entry)
{
	ULONG threads = 0;

	for (;;) {
		threads += Entry->NumberOfThreads;
		if (Entry->NextEntryOffset == 0)
			return threads;
		Entry = (PPOP_ENTRY)((PUCHAR)Entry + Entry->NextEntryOffset);
	}
}

static NTSTATUS PopCount(PULONG Threads)
{
	ULONG size = POP_STEP;
	NTSTATUS status;
	PVOID buffer;

	do {
		buffer = ExAllocatePoolWithTag(PagedPool, size, POP_TAG);
		if (buffer == NULL)
			return STATUS_INSUFFICIENT_RESOURCES;

		status = ZwQuerySystemInformation(POP_CLASS, buffer, size, NULL);
		if (NT_SUCCESS(status)) {
			*Threads = PopThreads(buffer);
			ExFreePoolWithTag(buffer, POP_TAG);
			return STATUS_SUCCESS;
		}
		if (status != STATUS_INFO_LENGTH_MISMATCH)
			return status; /* leak62: LeakOnPath */

		ExFreePoolWithTag(buffer, POP_TAG);
		size += POP_STEP;
	} while (size < POP_LIMIT);

	return STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS PopRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_BUFFER_TOO_SMALL;

	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Information = 0;
	if (stack->Parameters.Read.Length >= sizeof(ULONG)) {
		status = PopCount(Irp->AssociatedIrp.SystemBuffer);
		if (NT_SUCCESS(status))
			Irp->IoStatus.Information = sizeof(ULONG);
	}
	Irp->IoStatus.Status = status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS PopOpen(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Population");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;

	device->Flags |= DO_BUFFERED_IO;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = PopOpen;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = PopOpen;
	DriverObject->MajorFunction[IRP_MJ_READ] = PopRead;
	DriverObject->DriverUnload = PopUnload;
	return STATUS_SUCCESS;
}

static VOID PopUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
}
