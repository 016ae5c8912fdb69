/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A control device with a fast path: the table of fast routines is pool of the
 * driver's own, which the I/O manager finds in the driver object and never frees. */
#include <ntddk.h>

#define METER_TAG 'rtmM'

static LONG Reads;
static PDEVICE_OBJECT Meter;

static BOOLEAN NTAPI MeterFastControl(PFILE_OBJECT File, BOOLEAN Wait, PVOID Input,
                                      ULONG InputLength, PVOID Output, ULONG OutputLength,
                                      ULONG Code, PIO_STATUS_BLOCK Status,
                                      PDEVICE_OBJECT Device)
{
	UNREFERENCED_PARAMETER(File);
	UNREFERENCED_PARAMETER(Wait);
	UNREFERENCED_PARAMETER(Input);
	UNREFERENCED_PARAMETER(InputLength);
	UNREFERENCED_PARAMETER(Code);
	UNREFERENCED_PARAMETER(Device);

	if (!Output || OutputLength < sizeof(LONG))
		return FALSE;
	*(LONG *)Output = InterlockedIncrement(&Reads);
	Status->Status = STATUS_SUCCESS;
	Status->Information = sizeof(LONG);
	return TRUE;
}

static NTSTATUS NTAPI MeterCreateClose(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID NTAPI MeterUnload(PDRIVER_OBJECT Driver)
{
	UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Meter");

	IoDeleteSymbolicLink(&link);
	IoDeleteDevice(Meter);
	ExFreePoolWithTag(Driver->FastIoDispatch, METER_TAG);
	Driver->FastIoDispatch = NULL;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Meter");
	UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Meter");
	PFAST_IO_DISPATCH table;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	table = ExAllocatePoolWithTag(NonPagedPool, sizeof(*table), METER_TAG);
	if (!table)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlZeroMemory(table, sizeof(*table));
	table->SizeOfFastIoDispatch = sizeof(*table);
	table->FastIoDeviceControl = MeterFastControl;
	Driver->FastIoDispatch = table;

	status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Meter);
	if (!NT_SUCCESS(status))
		goto free_table;
	status = IoCreateSymbolicLink(&link, &name);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(Meter);
		goto free_table;
	}
	Driver->MajorFunction[IRP_MJ_CREATE] = MeterCreateClose;
	Driver->MajorFunction[IRP_MJ_CLOSE] = MeterCreateClose;
	Driver->DriverUnload = MeterUnload;
	return STATUS_SUCCESS;

free_table:
	ExFreePoolWithTag(table, METER_TAG);
	Driver->FastIoDispatch = NULL;
	return status;
}
