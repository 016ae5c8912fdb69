/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A filter that measures how long reads take.  The time of a read travels as context
 * of the completion routine, which frees it, however the read has gone.
 */
#include <wdm.h>

#define TRACE_TAG 'carT'

typedef struct _TRACE_EXTENSION {
	PDEVICE_OBJECT Lower;
} TRACE_EXTENSION, *PTRACE_EXTENSION;

typedef struct _TRACE_READ {
	LARGE_INTEGER Begin;
	ULONG Length;
} TRACE_READ, *PTRACE_READ;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD TraceUnload;
static DRIVER_ADD_DEVICE TraceAddDevice;
static DRIVER_DISPATCH TracePass;
static DRIVER_DISPATCH TracePower;
static DRIVER_DISPATCH TracePnp;
static DRIVER_DISPATCH TraceRead;
IO_COMPLETION_ROUTINE TraceReadDone;

NTSTATUS TraceReadDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PTRACE_READ read = (PTRACE_READ)Context;
	LARGE_INTEGER now;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (Irp->PendingReturned)
		IoMarkIrpPending(Irp);
	if (!NT_SUCCESS(Irp->IoStatus.Status)) {
		ExFreePoolWithTag(read, TRACE_TAG);
		return STATUS_SUCCESS;
	}

	KeQuerySystemTime(&now);
	DbgPrint("trace: %lu bytes in %I64d\n", read->Length,
		 now.QuadPart - read->Begin.QuadPart);
	ExFreePoolWithTag(read, TRACE_TAG);
	return STATUS_SUCCESS;
}

static NTSTATUS TraceRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PTRACE_EXTENSION extension = (PTRACE_EXTENSION)DeviceObject->DeviceExtension;
	PTRACE_READ read;

	read = (PTRACE_READ)ExAllocatePoolWithTag(NonPagedPool, sizeof(TRACE_READ), TRACE_TAG);
	if (read == NULL) {
		IoSkipCurrentIrpStackLocation(Irp);
		return IoCallDriver(extension->Lower, Irp);
	}

	KeQuerySystemTime(&read->Begin);
	read->Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;
	IoCopyCurrentIrpStackLocationToNext(Irp);
	IoSetCompletionRoutine(Irp, TraceReadDone, read, TRUE, TRUE, TRUE);
	return IoCallDriver(extension->Lower, Irp);
}

static NTSTATUS TracePass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PTRACE_EXTENSION extension = (PTRACE_EXTENSION)DeviceObject->DeviceExtension;

	IoSkipCurrentIrpStackLocation(Irp);
	return IoCallDriver(extension->Lower, Irp);
}

static NTSTATUS TracePower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PTRACE_EXTENSION extension = (PTRACE_EXTENSION)DeviceObject->DeviceExtension;

	PoStartNextPowerIrp(Irp);
	IoSkipCurrentIrpStackLocation(Irp);
	return PoCallDriver(extension->Lower, Irp);
}

static NTSTATUS TracePnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PTRACE_EXTENSION extension = (PTRACE_EXTENSION)DeviceObject->DeviceExtension;
	UCHAR minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;
	NTSTATUS status;

	if (minor != IRP_MN_REMOVE_DEVICE)
		return TracePass(DeviceObject, Irp);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	status = TracePass(DeviceObject, Irp);
	IoDetachDevice(extension->Lower);
	IoDeleteDevice(DeviceObject);
	return status;
}

static NTSTATUS TraceAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
	PTRACE_EXTENSION extension;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	status = IoCreateDevice(DriverObject, sizeof(TRACE_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0,
				FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	extension = (PTRACE_EXTENSION)device->DeviceExtension;
	extension->Lower = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
	if (extension->Lower == NULL) {
		IoDeleteDevice(device);
		return STATUS_NO_SUCH_DEVICE;
	}
	device->Flags |= extension->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static VOID TraceUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	ULONG i;

	UNREFERENCED_PARAMETER(RegistryPath);

	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		DriverObject->MajorFunction[i] = TracePass;
	DriverObject->MajorFunction[IRP_MJ_POWER] = TracePower;
	DriverObject->MajorFunction[IRP_MJ_PNP] = TracePnp;
	DriverObject->MajorFunction[IRP_MJ_READ] = TraceRead;
	DriverObject->DriverExtension->AddDevice = TraceAddDevice;
	DriverObject->DriverUnload = TraceUnload;
	return STATUS_SUCCESS;
}
