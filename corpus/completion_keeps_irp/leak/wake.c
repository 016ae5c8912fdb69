/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A filter that tells the device below of each open with an IRP of its own, and does
 * not wait for it.  The completion routine keeps the IRP back; it frees the IRP only
 * if the device has understood it.
 */
#include <wdm.h>

#define WAKE_NOTIFY CTL_CODE(FILE_DEVICE_UNKNOWN, 0x864, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _WAKE_EXTENSION {
	PDEVICE_OBJECT Lower;
} WAKE_EXTENSION, *PWAKE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD WakeUnload;
static DRIVER_ADD_DEVICE WakeAddDevice;
static DRIVER_DISPATCH WakePass;
static DRIVER_DISPATCH WakePower;
static DRIVER_DISPATCH WakePnp;
static DRIVER_DISPATCH WakeCreate;
static IO_COMPLETION_ROUTINE WakeDone;

static NTSTATUS WakeDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Context);

	if (!NT_SUCCESS(Irp->IoStatus.Status)) {
		DbgPrint("wake: %08lx\n", Irp->IoStatus.Status);
		return STATUS_MORE_PROCESSING_REQUIRED; /* leak62: LeakInCallback */
	}

	IoFreeIrp(Irp);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID WakeNotify(PDEVICE_OBJECT Lower)
{
	PIO_STACK_LOCATION stack;
	PIRP irp;

	irp = IoAllocateIrp(Lower->StackSize, FALSE);
	if (irp == NULL)
		return;

	stack = IoGetNextIrpStackLocation(irp);
	stack->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
	stack->Parameters.DeviceIoControl.IoControlCode = WAKE_NOTIFY;
	irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	IoSetCompletionRoutine(irp, WakeDone, NULL, TRUE, TRUE, TRUE);
	IoCallDriver(Lower, irp);
}

static NTSTATUS WakeCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PWAKE_EXTENSION extension = (PWAKE_EXTENSION)DeviceObject->DeviceExtension;

	WakeNotify(extension->Lower);
	IoSkipCurrentIrpStackLocation(Irp);
	return IoCallDriver(extension->Lower, Irp);
}

static NTSTATUS WakePass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PWAKE_EXTENSION extension = (PWAKE_EXTENSION)DeviceObject->DeviceExtension;

	IoSkipCurrentIrpStackLocation(Irp);
	return IoCallDriver(extension->Lower, Irp);
}

static NTSTATUS WakePower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PWAKE_EXTENSION extension = (PWAKE_EXTENSION)DeviceObject->DeviceExtension;

	PoStartNextPowerIrp(Irp);
	IoSkipCurrentIrpStackLocation(Irp);
	return PoCallDriver(extension->Lower, Irp);
}

static NTSTATUS WakePnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PWAKE_EXTENSION extension = (PWAKE_EXTENSION)DeviceObject->DeviceExtension;
	UCHAR minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;
	NTSTATUS status;

	if (minor != IRP_MN_REMOVE_DEVICE)
		return WakePass(DeviceObject, Irp);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	status = WakePass(DeviceObject, Irp);
	IoDetachDevice(extension->Lower);
	IoDeleteDevice(DeviceObject);
	return status;
}

static NTSTATUS WakeAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
	PWAKE_EXTENSION extension;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	status = IoCreateDevice(DriverObject, sizeof(WAKE_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0,
				FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	extension = (PWAKE_EXTENSION)device->DeviceExtension;
	extension->Lower = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
	if (extension->Lower == NULL) {
		IoDeleteDevice(device);
		return STATUS_NO_SUCH_DEVICE;
	}
	device->Flags |= extension->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static VOID WakeUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	ULONG i;

	UNREFERENCED_PARAMETER(RegistryPath);

	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		DriverObject->MajorFunction[i] = WakePass;
	DriverObject->MajorFunction[IRP_MJ_POWER] = WakePower;
	DriverObject->MajorFunction[IRP_MJ_PNP] = WakePnp;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = WakeCreate;
	DriverObject->DriverExtension->AddDevice = WakeAddDevice;
	DriverObject->DriverUnload = WakeUnload;
	return STATUS_SUCCESS;
}
