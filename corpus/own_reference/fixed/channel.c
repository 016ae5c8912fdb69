/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Named channels that many may listen to.  A channel counts its references and is
 * freed with the last one: the table has one, and each request one while it runs.
 * Each request gives its reference back, also where it finds its channel closed.
 */
#include <ntddk.h>

#define CHAN_TAG 'nahC'
#define CHAN_COUNT 4

#define IOCTL_CHAN_OPEN CTL_CODE(FILE_DEVICE_UNKNOWN, 0x961, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_CHAN_SEND CTL_CODE(FILE_DEVICE_UNKNOWN, 0x962, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_CHAN_CLOSE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x963, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _CHANNEL {
	LONG References;
	BOOLEAN Closed;
	LONG Messages;
} CHANNEL, *PCHANNEL;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD ChanUnload;
static DRIVER_DISPATCH ChanDispatch;

static FAST_MUTEX ChanLock;
static PCHANNEL ChanTable[CHAN_COUNT];

static VOID ChanReference(PCHANNEL Channel)
{
	InterlockedIncrement(&Channel->References);
}

static VOID ChanDereference(PCHANNEL Channel)
{
	if (InterlockedDecrement(&Channel->References) == 0)
		ExFreePoolWithTag(Channel, CHAN_TAG);
}

/* The channel of this number with a reference for the caller, or NULL. */
static PCHANNEL ChanFind(ULONG Number)
{
	PCHANNEL channel;

	ExAcquireFastMutex(&ChanLock);
	channel = ChanTable[Number];
	if (channel != NULL)
		ChanReference(channel);
	ExReleaseFastMutex(&ChanLock);
	return channel;
}

static NTSTATUS ChanOpen(ULONG Number)
{
	NTSTATUS status = STATUS_SUCCESS;
	PCHANNEL channel;

	channel = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(CHANNEL), CHAN_TAG);
	if (channel == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	channel->References = 1;
	channel->Closed = FALSE;
	channel->Messages = 0;

	ExAcquireFastMutex(&ChanLock);
	if (ChanTable[Number] == NULL) {
		ChanTable[Number] = channel;
		channel = NULL;
	}
	ExReleaseFastMutex(&ChanLock);

	if (channel != NULL) {
		ChanDereference(channel);
		status = STATUS_DEVICE_BUSY;
	}
	return status;
}

static NTSTATUS ChanSend(ULONG Number)
{
	PCHANNEL channel = ChanFind(Number);

	if (channel == NULL)
		return STATUS_NOT_FOUND;
	if (channel->Closed) {
		ChanDereference(channel);
		return STATUS_PIPE_DISCONNECTED;
	}

	InterlockedIncrement(&channel->Messages);
	ChanDereference(channel);
	return STATUS_SUCCESS;
}

static NTSTATUS ChanClose(ULONG Number)
{
	PCHANNEL channel = ChanFind(Number);

	if (channel == NULL)
		return STATUS_NOT_FOUND;
	channel->Closed = TRUE;
	ChanDereference(channel);
	return STATUS_SUCCESS;
}

static NTSTATUS ChanDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_SUCCESS;
	ULONG number;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
		status = STATUS_INVALID_PARAMETER;
		if (stack->Parameters.DeviceIoControl.InputBufferLength >= sizeof(ULONG)) {
			number = *(PULONG)Irp->AssociatedIrp.SystemBuffer % CHAN_COUNT;
			switch (stack->Parameters.DeviceIoControl.IoControlCode) {
			case IOCTL_CHAN_OPEN:
				status = ChanOpen(number);
				break;
			case IOCTL_CHAN_SEND:
				status = ChanSend(number);
				break;
			case IOCTL_CHAN_CLOSE:
				status = ChanClose(number);
				break;
			}
		}
	}

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static VOID ChanUnload(PDRIVER_OBJECT DriverObject)
{
	ULONG i;

	for (i = 0; i < CHAN_COUNT; i++) {
		if (ChanTable[i] != NULL)
			ChanDereference(ChanTable[i]);
	}
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Channel");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	ExInitializeFastMutex(&ChanLock);
	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = ChanDispatch;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = ChanDispatch;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ChanDispatch;
	DriverObject->DriverUnload = ChanUnload;
	return STATUS_SUCCESS;
}
