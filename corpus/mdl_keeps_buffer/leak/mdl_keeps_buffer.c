/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A page that requests are answered from, described by an MDL, which is all that is kept of it:
 * who frees the MDL asks it first for the address.
 */
#include <ntddk.h>

#define PAGE_TAG 'egaP'

static PMDL answer_mdl;
static UNICODE_STRING link_name = RTL_CONSTANT_STRING(L"\\??\\AnswerPage");

static NTSTATUS make_page(PUNICODE_STRING device_name)
{
	PVOID page = ExAllocatePoolWithTag(NonPagedPool, PAGE_SIZE, PAGE_TAG);
	NTSTATUS status;
	PMDL mdl;

	if (!page)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlZeroMemory(page, PAGE_SIZE);
	mdl = IoAllocateMdl(page, PAGE_SIZE, FALSE, FALSE, NULL);
	if (!mdl) {
		ExFreePoolWithTag(page, PAGE_TAG);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	MmBuildMdlForNonPagedPool(mdl);
	status = IoCreateSymbolicLink(&link_name, device_name);
	if (!NT_SUCCESS(status)) {
		IoFreeMdl(mdl);
		return status; /* leak62: LeakOnPath */
	}
	answer_mdl = mdl;
	return STATUS_SUCCESS;
}

static VOID drop_page(VOID)
{
	PVOID page = MmGetMdlVirtualAddress(answer_mdl);

	IoDeleteSymbolicLink(&link_name);
	IoFreeMdl(answer_mdl);
	ExFreePoolWithTag(page, PAGE_TAG);
}

static NTSTATUS NTAPI dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(irp);
	ULONG count = 0;

	UNREFERENCED_PARAMETER(device);
	if (sp->MajorFunction == IRP_MJ_READ) {
		count = min(sp->Parameters.Read.Length, MmGetMdlByteCount(answer_mdl));
		RtlCopyMemory(irp->AssociatedIrp.SystemBuffer, MmGetMdlVirtualAddress(answer_mdl),
			      count);
	}
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = count;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID NTAPI unload(PDRIVER_OBJECT driver)
{
	drop_page();
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\AnswerPage");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	device->Flags |= DO_BUFFERED_IO;
	status = make_page(&name);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}
	driver->MajorFunction[IRP_MJ_CREATE] = dispatch;
	driver->MajorFunction[IRP_MJ_CLOSE] = dispatch;
	driver->MajorFunction[IRP_MJ_READ] = dispatch;
	driver->DriverUnload = unload;
	return STATUS_SUCCESS;
}
