/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Each open file has a growing array of page sets.  CLEANUP gives the pages back, CLOSE the array. */
#include <ntddk.h>

#define IOCTL_PAGES_ADD CTL_CODE(FILE_DEVICE_UNKNOWN, 0x940, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define SETS_MAX 8
#define SET_BYTES 16384
#define PAGES_TAG 'segP'

typedef struct _PAGE_SET {
	PMDL Pages;
	ULONG Bytes;
} PAGE_SET, *PPAGE_SET;

typedef struct _HANDLE_STATE {
	FAST_MUTEX Lock;
	BOOLEAN Closing;
	ULONG Count;
	PPAGE_SET Sets;
} HANDLE_STATE, *PHANDLE_STATE;

static VOID SetGiveBack(PMDL Pages)
{
	MmFreePagesFromMdl(Pages);
	ExFreePool(Pages);
}

static BOOLEAN SetMake(PPAGE_SET Set)
{
	PHYSICAL_ADDRESS low, high, skip;

	low.QuadPart = 0;
	high.QuadPart = 0xffffffff;
	skip.QuadPart = 0;
	Set->Pages = MmAllocatePagesForMdl(low, high, skip, SET_BYTES);
	if (Set->Pages == NULL)
		return FALSE;
	if (MmGetMdlByteCount(Set->Pages) < SET_BYTES) {
		SetGiveBack(Set->Pages);
		return FALSE;
	}
	Set->Bytes = SET_BYTES;
	return TRUE;
}

static NTSTATUS SetAdd(PHANDLE_STATE State)
{
	NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
	PPAGE_SET sets;

	ExAcquireFastMutex(&State->Lock);
	if (!State->Closing && State->Count < SETS_MAX) {
		sets = ExAllocatePoolWithTag(NonPagedPool, (State->Count + 1) * sizeof(PAGE_SET),
		                             PAGES_TAG);
		if (sets != NULL) {
			if (State->Sets != NULL) {
				RtlCopyMemory(sets, State->Sets, State->Count * sizeof(PAGE_SET));
				ExFreePoolWithTag(State->Sets, PAGES_TAG);
			}
			State->Sets = sets;
			if (SetMake(&sets[State->Count])) {
				State->Count++;
				status = STATUS_SUCCESS;
			}
		}
	}
	ExReleaseFastMutex(&State->Lock);
	return status;
}

static VOID SetsDrop(PHANDLE_STATE State)
{
	ExAcquireFastMutex(&State->Lock);
	State->Closing = TRUE;
	while (State->Count != 0)
		SetGiveBack(State->Sets[--State->Count].Pages);
	ExReleaseFastMutex(&State->Lock);
}

static NTSTATUS Finish(PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS NTAPI PagesCreate(PDEVICE_OBJECT Device, PIRP Irp)
{
	PHANDLE_STATE state = ExAllocatePoolWithTag(NonPagedPool, sizeof(HANDLE_STATE), PAGES_TAG);

	UNREFERENCED_PARAMETER(Device);
	if (state == NULL)
		return Finish(Irp, STATUS_INSUFFICIENT_RESOURCES);
	RtlZeroMemory(state, sizeof(*state));
	ExInitializeFastMutex(&state->Lock);
	IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext = state;
	return Finish(Irp, STATUS_SUCCESS);
}

static NTSTATUS NTAPI PagesCleanup(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	SetsDrop(IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext);
	return Finish(Irp, STATUS_SUCCESS);
}

static NTSTATUS NTAPI PagesClose(PDEVICE_OBJECT Device, PIRP Irp)
{
	PHANDLE_STATE state = IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext;

	UNREFERENCED_PARAMETER(Device);
	if (state->Sets != NULL)
		ExFreePoolWithTag(state->Sets, PAGES_TAG);
	ExFreePoolWithTag(state, PAGES_TAG);
	return Finish(Irp, STATUS_SUCCESS);
}

static NTSTATUS NTAPI PagesControl(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

	UNREFERENCED_PARAMETER(Device);
	if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_PAGES_ADD)
		return Finish(Irp, STATUS_INVALID_DEVICE_REQUEST);
	return Finish(Irp, SetAdd(stack->FileObject->FsContext));
}

static VOID NTAPI PagesUnload(PDRIVER_OBJECT Driver)
{
	IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Pages");
	PDEVICE_OBJECT device;

	UNREFERENCED_PARAMETER(RegistryPath);
	Driver->MajorFunction[IRP_MJ_CREATE] = PagesCreate;
	Driver->MajorFunction[IRP_MJ_CLEANUP] = PagesCleanup;
	Driver->MajorFunction[IRP_MJ_CLOSE] = PagesClose;
	Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = PagesControl;
	Driver->DriverUnload = PagesUnload;
	return IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}
