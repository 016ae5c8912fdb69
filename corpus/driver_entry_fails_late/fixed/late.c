/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * DriverEntry makes a table, then the device, then the link.  When the link fails
 * no unload routine will run, so both are taken back at once.
 */
#include <ntddk.h>

#define LATE_TAG 'elaL'
#define LATE_ENTRIES 128

#define LATE_DEVICE L"\\Device\\Late"
#define LATE_LINK L"\\DosDevices\\Late"

typedef struct _LATE_ENTRY {
	HANDLE ProcessId;
	LONG Opens;
} LATE_ENTRY, *PLATE_ENTRY;

static PLATE_ENTRY LateTable;
static FAST_MUTEX LateLock;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD LateUnload;
static DRIVER_DISPATCH LateCreate;
static DRIVER_DISPATCH LateClose;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING deviceName, linkName;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	ExInitializeFastMutex(&LateLock);
	LateTable = ExAllocatePoolWithTag(PagedPool, LATE_ENTRIES * sizeof(LATE_ENTRY),
					  LATE_TAG);
	if (LateTable == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlZeroMemory(LateTable, LATE_ENTRIES * sizeof(LATE_ENTRY));

	RtlInitUnicodeString(&deviceName, LATE_DEVICE);
	status = IoCreateDevice(DriverObject, 0, &deviceName, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(LateTable, LATE_TAG);
		LateTable = NULL;
		return status;
	}

	RtlInitUnicodeString(&linkName, LATE_LINK);
	status = IoCreateSymbolicLink(&linkName, &deviceName);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		ExFreePoolWithTag(LateTable, LATE_TAG);
		LateTable = NULL;
		return status;
	}

	DriverObject->MajorFunction[IRP_MJ_CREATE] = LateCreate;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = LateClose;
	DriverObject->DriverUnload = LateUnload;
	return STATUS_SUCCESS;
}

static VOID LateUnload(PDRIVER_OBJECT DriverObject)
{
	UNICODE_STRING linkName;

	RtlInitUnicodeString(&linkName, LATE_LINK);
	IoDeleteSymbolicLink(&linkName);
	IoDeleteDevice(DriverObject->DeviceObject);
	ExFreePoolWithTag(LateTable, LATE_TAG);
	LateTable = NULL;
}

static NTSTATUS LateCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	HANDLE id = PsGetCurrentProcessId();
	NTSTATUS status = STATUS_TOO_MANY_OPENED_FILES;
	ULONG i;

	UNREFERENCED_PARAMETER(DeviceObject);

	ExAcquireFastMutex(&LateLock);
	for (i = 0; i < LATE_ENTRIES; i++) {
		if (LateTable[i].ProcessId == id || LateTable[i].Opens == 0) {
			LateTable[i].ProcessId = id;
			LateTable[i].Opens++;
			status = STATUS_SUCCESS;
			break;
		}
	}
	ExReleaseFastMutex(&LateLock);

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS LateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}
