/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Nicknames for the numbers 0 to 15.  Looking a nickname up copies it for the caller;
 * a number without a nickname is a success, too, with NULL for a result.  Where the
 * result is empty, the caller copies it like any other, and frees it.
 */
#include <ntddk.h>

#define NICK_TAG 'kciN'
#define NICK_COUNT 16
#define NICK_SIZE 24

#define IOCTL_NICK_SET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x971, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_NICK_GET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x972, METHOD_BUFFERED, FILE_ANY_ACCESS)

struct nick_request {
	ULONG number;
	CHAR text[NICK_SIZE];
};

static FAST_MUTEX NickLock;
static BOOLEAN NickSet[NICK_COUNT];
static CHAR NickText[NICK_COUNT][NICK_SIZE];

static NTSTATUS NickLookUp(ULONG number, CHAR **nick)
{
	CHAR *copy;

	*nick = NULL;
	if (number >= NICK_COUNT)
		return STATUS_INVALID_PARAMETER;
	if (!NickSet[number])
		return STATUS_SUCCESS;

	copy = ExAllocatePoolWithTag(NonPagedPoolNx, NICK_SIZE, NICK_TAG);
	if (copy == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlCopyMemory(copy, NickText[number], NICK_SIZE);
	*nick = copy;
	return STATUS_SUCCESS;
}

static NTSTATUS NickAnswer(struct nick_request *request)
{
	NTSTATUS status;
	CHAR *nick;

	ExAcquireFastMutex(&NickLock);
	status = NickLookUp(request->number, &nick);
	ExReleaseFastMutex(&NickLock);
	if (!NT_SUCCESS(status))
		return status;

	request->text[0] = '\0';
	if (nick == NULL)
		return STATUS_SUCCESS;

	RtlCopyMemory(request->text, nick, NICK_SIZE);
	ExFreePoolWithTag(nick, NICK_TAG);
	return STATUS_SUCCESS;
}

static NTSTATUS NickStore(const struct nick_request *request)
{
	if (request->number >= NICK_COUNT)
		return STATUS_INVALID_PARAMETER;

	ExAcquireFastMutex(&NickLock);
	RtlCopyMemory(NickText[request->number], request->text, NICK_SIZE);
	NickSet[request->number] = TRUE;
	ExReleaseFastMutex(&NickLock);
	return STATUS_SUCCESS;
}

static NTSTATUS NTAPI NickDispatch(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
	ULONG code = stack->Parameters.DeviceIoControl.IoControlCode;
	ULONG_PTR bytes = 0;
	NTSTATUS status = STATUS_SUCCESS;

	UNREFERENCED_PARAMETER(device);

	if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
		if (stack->Parameters.DeviceIoControl.InputBufferLength <
		    sizeof(struct nick_request)) {
			status = STATUS_BUFFER_TOO_SMALL;
		} else if (code == IOCTL_NICK_SET) {
			status = NickStore(irp->AssociatedIrp.SystemBuffer);
		} else if (code == IOCTL_NICK_GET &&
			   stack->Parameters.DeviceIoControl.OutputBufferLength >=
				   sizeof(struct nick_request)) {
			status = NickAnswer(irp->AssociatedIrp.SystemBuffer);
			if (NT_SUCCESS(status))
				bytes = sizeof(struct nick_request);
		} else {
			status = STATUS_INVALID_DEVICE_REQUEST;
		}
	}
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = bytes;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static VOID NTAPI NickUnload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Nicknames");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	ExInitializeFastMutex(&NickLock);
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
				FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = NickDispatch;
	driver->MajorFunction[IRP_MJ_CLOSE] = NickDispatch;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = NickDispatch;
	driver->DriverUnload = NickUnload;
	return STATUS_SUCCESS;
}
