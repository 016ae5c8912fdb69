/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Keeps a sample buffer and the MDL that describes it in the device extension, from
 * the first IOCTL_SCOPE_START on.  Unload frees both.
 */
#include <ntddk.h>

#define SCOPE_TAG 'pocS'
#define SCOPE_SIZE 8192
#define IOCTL_SCOPE_START CTL_CODE(FILE_DEVICE_UNKNOWN, 0x861, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _SCOPE_EXTENSION {
	FAST_MUTEX Lock;
	PVOID Samples;
	PMDL Mdl;
} SCOPE_EXTENSION, *PSCOPE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD ScopeUnload;
static DRIVER_DISPATCH ScopeCreateClose;
static DRIVER_DISPATCH ScopeControl;

static NTSTATUS ScopeStart(PSCOPE_EXTENSION Extension)
{
	NTSTATUS status = STATUS_SUCCESS;

	ExAcquireFastMutex(&Extension->Lock);
	if (Extension->Samples == NULL) {
		Extension->Samples = ExAllocatePoolWithTag(NonPagedPool, SCOPE_SIZE, SCOPE_TAG);
		if (Extension->Samples == NULL) {
			status = STATUS_INSUFFICIENT_RESOURCES;
		} else {
			Extension->Mdl = IoAllocateMdl(Extension->Samples, SCOPE_SIZE, FALSE, FALSE,
						       NULL);
			if (Extension->Mdl == NULL) {
				ExFreePoolWithTag(Extension->Samples, SCOPE_TAG);
				Extension->Samples = NULL;
				status = STATUS_INSUFFICIENT_RESOURCES;
			} else {
				MmBuildMdlForNonPagedPool(Extension->Mdl);
			}
		}
	}
	ExReleaseFastMutex(&Extension->Lock);
	return status;
}

static NTSTATUS ScopeControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

	if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_SCOPE_START)
		status = ScopeStart(DeviceObject->DeviceExtension);

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS ScopeCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID ScopeUnload(PDRIVER_OBJECT DriverObject)
{
	PSCOPE_EXTENSION extension = (PSCOPE_EXTENSION)DriverObject->DeviceObject->DeviceExtension;

	if (extension->Mdl != NULL)
		IoFreeMdl(extension->Mdl);
	if (extension->Samples != NULL)
		ExFreePoolWithTag(extension->Samples, SCOPE_TAG);
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Scope");
	PSCOPE_EXTENSION extension;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, sizeof(SCOPE_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	extension = (PSCOPE_EXTENSION)device->DeviceExtension;
	RtlZeroMemory(extension, sizeof(*extension));
	ExInitializeFastMutex(&extension->Lock);
	DriverObject->MajorFunction[IRP_MJ_CREATE] = ScopeCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = ScopeCreateClose;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ScopeControl;
	DriverObject->DriverUnload = ScopeUnload;
	return STATUS_SUCCESS;
}
