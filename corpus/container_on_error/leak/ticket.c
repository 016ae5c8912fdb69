/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A ticket per open file, with a title of its own memory.  A create that names no
 * known class frees the ticket and forgets that it has a title by then.
 */
#include <ntddk.h>

#define TICKET_TAG 'tkiT'

struct ticket {
	ULONG number;
	WCHAR class;
	UNICODE_STRING title;
};

static volatile LONG TicketNext;

static NTSTATUS TicketNew(PCUNICODE_STRING path, struct ticket **result)
{
	struct ticket *ticket;

	ticket = ExAllocatePoolWithTag(PagedPool, sizeof(*ticket), TICKET_TAG);
	if (!ticket)
		return STATUS_INSUFFICIENT_RESOURCES;

	ticket->title.Buffer = ExAllocatePoolWithTag(PagedPool, path->Length, TICKET_TAG);
	if (!ticket->title.Buffer) {
		ExFreePoolWithTag(ticket, TICKET_TAG);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	RtlCopyMemory(ticket->title.Buffer, path->Buffer, path->Length);
	ticket->title.Length = path->Length;
	ticket->title.MaximumLength = path->Length;

	ticket->class = path->Buffer[1];
	if (ticket->class < L'A' || ticket->class > L'C') {
		ExFreePoolWithTag(ticket, TICKET_TAG);
		return STATUS_OBJECT_NAME_INVALID; /* leak62: LeakOnPath */
	}

	ticket->number = (ULONG)InterlockedIncrement(&TicketNext);
	*result = ticket;
	return STATUS_SUCCESS;
}

static NTSTATUS TicketReply(PIRP irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS NTAPI TicketCreate(PDEVICE_OBJECT device, PIRP irp)
{
	PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;
	struct ticket *ticket = NULL;
	NTSTATUS status = STATUS_OBJECT_NAME_INVALID;

	UNREFERENCED_PARAMETER(device);

	if (file->FileName.Length >= 2 * sizeof(WCHAR))
		status = TicketNew(&file->FileName, &ticket);
	if (NT_SUCCESS(status))
		file->FsContext = ticket;
	return TicketReply(irp, status);
}

static NTSTATUS NTAPI TicketClose(PDEVICE_OBJECT device, PIRP irp)
{
	struct ticket *ticket = IoGetCurrentIrpStackLocation(irp)->FileObject->FsContext;

	UNREFERENCED_PARAMETER(device);

	DbgPrint("ticket %lu: %wZ\n", ticket->number, &ticket->title);
	ExFreePoolWithTag(ticket->title.Buffer, TICKET_TAG);
	ExFreePoolWithTag(ticket, TICKET_TAG);
	return TicketReply(irp, STATUS_SUCCESS);
}

static VOID NTAPI TicketUnload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Ticket");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
				FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = TicketCreate;
	driver->MajorFunction[IRP_MJ_CLOSE] = TicketClose;
	driver->DriverUnload = TicketUnload;
	return STATUS_SUCCESS;
}
