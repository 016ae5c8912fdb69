/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Crates: blocks of pool or of contiguous memory, lent by request; each crate knows its kind. */
#include <ntddk.h>

#define IOCTL_CRATE_LEND CTL_CODE(FILE_DEVICE_UNKNOWN, 0x910, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_CRATE_BACK CTL_CODE(FILE_DEVICE_UNKNOWN, 0x911, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CRATES 40
#define CRATE_TAG 'tarC'

enum { EMPTY, FROM_POOL, FROM_PAGES };

typedef struct _CRATE {
	ULONG Kind;
	PVOID Block;
} CRATE, *PCRATE;

static CRATE Crates[CRATES];
static FAST_MUTEX CratesLock;

static PCRATE CrateEmpty(VOID)
{
	ULONG i;

	for (i = 0; i < CRATES; i++)
		if (Crates[i].Kind == EMPTY)
			return &Crates[i];
	return NULL;
}

static NTSTATUS CrateLend(ULONG Pages, ULONG Bytes)
{
	PHYSICAL_ADDRESS highest;
	PCRATE crate;
	NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

	highest.QuadPart = 0xffffffff;
	ExAcquireFastMutex(&CratesLock);
	crate = CrateEmpty();
	if (crate != NULL) {
		if (Pages == 2)
			crate->Block = MmAllocateContiguousMemory(Bytes, highest);
		else
			crate->Block = ExAllocatePoolWithTag(NonPagedPool, Bytes, CRATE_TAG);
		if (crate->Block != NULL) {
			crate->Kind = Pages == 2 ? FROM_PAGES : FROM_POOL;
			status = STATUS_SUCCESS;
		}
	}
	ExReleaseFastMutex(&CratesLock);
	return status;
}

static VOID CrateClear(PCRATE Crate)
{
	switch (Crate->Kind) {
	case FROM_POOL:
		ExFreePoolWithTag(Crate->Block, CRATE_TAG);
		break;
	case FROM_PAGES:
		ExFreePool(Crate->Block); /* leak62: WrongFree */
		break;
	}
	Crate->Block = NULL;
	Crate->Kind = EMPTY;
}

static NTSTATUS CrateBack(ULONG Number)
{
	if (Number >= CRATES)
		return STATUS_INVALID_PARAMETER;
	ExAcquireFastMutex(&CratesLock);
	CrateClear(&Crates[Number]);
	ExReleaseFastMutex(&CratesLock);
	return STATUS_SUCCESS;
}

static NTSTATUS NTAPI CrateDispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PULONG words = Irp->AssociatedIrp.SystemBuffer;
	NTSTATUS status = STATUS_SUCCESS;

	UNREFERENCED_PARAMETER(Device);
	if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
		if (stack->Parameters.DeviceIoControl.InputBufferLength < 2 * sizeof(ULONG))
			status = STATUS_BUFFER_TOO_SMALL;
		else if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_CRATE_LEND)
			status = CrateLend(words[0], words[1]);
		else if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_CRATE_BACK)
			status = CrateBack(words[0]);
		else
			status = STATUS_INVALID_DEVICE_REQUEST;
	}
	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static VOID NTAPI CrateUnload(PDRIVER_OBJECT Driver)
{
	ULONG i;

	for (i = 0; i < CRATES; i++)
		CrateClear(&Crates[i]);
	IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Crates");
	PDEVICE_OBJECT device;

	UNREFERENCED_PARAMETER(RegistryPath);
	ExInitializeFastMutex(&CratesLock);
	Driver->MajorFunction[IRP_MJ_CREATE] = CrateDispatch;
	Driver->MajorFunction[IRP_MJ_CLOSE] = CrateDispatch;
	Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = CrateDispatch;
	Driver->DriverUnload = CrateUnload;
	return IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}
