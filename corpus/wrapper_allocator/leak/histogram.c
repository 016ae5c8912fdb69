/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Counts how often each byte value occurs in what is written.  All pool comes
 * from the driver's own wrapper; one refused write does not give it back.
 */
#include <ntddk.h>

#define MY_TAG 'pmWA'
#define HIST_MAX_WRITE 65536

struct histogram {
	ULONG total;
	ULONG count[256];
};

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD hist_unload;
static DRIVER_DISPATCH hist_create_close;
static DRIVER_DISPATCH hist_write;

static UNICODE_STRING hist_device_name = RTL_CONSTANT_STRING(L"\\Device\\Histogram");
static UNICODE_STRING hist_link_name = RTL_CONSTANT_STRING(L"\\DosDevices\\Histogram");

/* Zeroed nonpaged pool, or NULL. */
static PVOID MyAlloc(SIZE_T size)
{
	PVOID memory = ExAllocatePoolWithTag(NonPagedPool, size, MY_TAG);

	if (memory)
		RtlZeroMemory(memory, size);
	return memory;
}

static VOID MyFree(PVOID memory)
{
	if (memory)
		ExFreePoolWithTag(memory, MY_TAG);
}

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS hist_create_close(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);

	return complete(irp, STATUS_SUCCESS, 0);
}

/* Text only: a zero byte is refused. */
static NTSTATUS hist_print(const UCHAR *data, ULONG length)
{
	struct histogram *h;
	ULONG i, most = 0;

	h = MyAlloc(sizeof(*h));
	if (!h)
		return STATUS_NO_MEMORY;

	for (i = 0; i < length; i++) {
		if (data[i] == 0) {
			DbgPrint("histogram: zero byte at %lu\n", i);
			return STATUS_DATA_ERROR; /* leak62: LeakOnPath */
		}
		h->count[data[i]]++;
		h->total++;
	}

	for (i = 0; i < RTL_NUMBER_OF(h->count); i++) {
		if (h->count[i] > h->count[most])
			most = i;
	}
	DbgPrint("histogram: %lu bytes, most often 0x%02lx\n", h->total, most);
	MyFree(h);
	return STATUS_SUCCESS;
}

static NTSTATUS hist_write(PDEVICE_OBJECT device, PIRP irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(device);

	if (length > HIST_MAX_WRITE)
		return complete(irp, STATUS_INVALID_PARAMETER, 0);

	status = hist_print(irp->AssociatedIrp.SystemBuffer, length);
	return complete(irp, status, NT_SUCCESS(status) ? length : 0);
}

static VOID hist_unload(PDRIVER_OBJECT driver)
{
	IoDeleteSymbolicLink(&hist_link_name);
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(registry_path);

	status = IoCreateDevice(driver, 0, &hist_device_name, FILE_DEVICE_UNKNOWN, 0, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	device->Flags |= DO_BUFFERED_IO;

	status = IoCreateSymbolicLink(&hist_link_name, &hist_device_name);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}

	driver->MajorFunction[IRP_MJ_CREATE] = hist_create_close;
	driver->MajorFunction[IRP_MJ_CLOSE] = hist_create_close;
	driver->MajorFunction[IRP_MJ_WRITE] = hist_write;
	driver->DriverUnload = hist_unload;
	return STATUS_SUCCESS;
}
