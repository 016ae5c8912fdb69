/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A journal: writes append to a page of text, which the first write allocates.  Unload
 * clears and frees the page, and frees the journal.
 */
#include <ntddk.h>

#define JRN_TAG 'nrJA'
#define JRN_PAGE 4096

typedef struct _JOURNAL {
	FAST_MUTEX Lock;
	PDEVICE_OBJECT Device;
	ULONG Used;
	PUCHAR Page;
} JOURNAL, *PJOURNAL;

static PJOURNAL g_Journal;
static UNICODE_STRING g_DeviceName = RTL_CONSTANT_STRING(L"\\Device\\Journal");

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD JrnUnload;
DRIVER_DISPATCH JrnOpenClose;
DRIVER_DISPATCH JrnWrite;

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	g_Journal = ExAllocatePoolZero(NonPagedPoolNx, sizeof(JOURNAL), JRN_TAG);
	if (!g_Journal)
		return STATUS_INSUFFICIENT_RESOURCES;
	ExInitializeFastMutex(&g_Journal->Lock);

	status = IoCreateDevice(driver, 0, &g_DeviceName, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &g_Journal->Device);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(g_Journal, JRN_TAG);
		g_Journal = NULL;
		return status;
	}

	g_Journal->Device->Flags |= DO_BUFFERED_IO;
	driver->MajorFunction[IRP_MJ_CREATE] = JrnOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = JrnOpenClose;
	driver->MajorFunction[IRP_MJ_WRITE] = JrnWrite;
	driver->DriverUnload = JrnUnload;
	return STATUS_SUCCESS;
}

VOID JrnUnload(PDRIVER_OBJECT driver)
{
	UNREFERENCED_PARAMETER(driver);

	IoDeleteDevice(g_Journal->Device);
	if (g_Journal->Page) {
		RtlSecureZeroMemory(g_Journal->Page, JRN_PAGE);
		ExFreePoolWithTag(g_Journal->Page, JRN_TAG);
	}
	ExFreePoolWithTag(g_Journal, JRN_TAG);
}

static NTSTATUS JrnComplete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

NTSTATUS JrnOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	return JrnComplete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS JrnAppend(PJOURNAL journal, const VOID *text, ULONG length)
{
	if (!journal->Page) {
		journal->Page = ExAllocatePoolWithTag(PagedPool, JRN_PAGE, JRN_TAG);
		if (!journal->Page)
			return STATUS_INSUFFICIENT_RESOURCES;
	}
	if (length > JRN_PAGE - journal->Used)
		return STATUS_DISK_FULL;

	RtlCopyMemory(journal->Page + journal->Used, text, length);
	journal->Used += length;
	return STATUS_SUCCESS;
}

NTSTATUS JrnWrite(PDEVICE_OBJECT device, PIRP irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(device);

	ExAcquireFastMutex(&g_Journal->Lock);
	status = JrnAppend(g_Journal, irp->AssociatedIrp.SystemBuffer, length);
	ExReleaseFastMutex(&g_Journal->Lock);
	return JrnComplete(irp, status, NT_SUCCESS(status) ? length : 0);
}
