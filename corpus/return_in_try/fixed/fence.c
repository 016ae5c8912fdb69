/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A fence of forbidden port numbers, set by a caller's array (METHOD_NEITHER).  The
 * guarded block reads the array and, when a port is not allowed, returns from its
 * middle; the __finally behind it unlocks the table and frees the copy.
 */
#include <ntddk.h>

#define FENCE_TAG 'cneF'
#define FENCE_MAX 512
#define FENCE_LOWEST 1024

#define IOCTL_FENCE_SET CTL_CODE(FILE_DEVICE_NETWORK, 0x901, METHOD_NEITHER, FILE_WRITE_DATA)

typedef struct _FENCE {
	FAST_MUTEX Lock;
	ULONG Count;
	USHORT Ports[FENCE_MAX];
} FENCE, *PFENCE;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD FenceUnload;
static DRIVER_DISPATCH FenceDispatch;

static PDEVICE_OBJECT FenceDevice;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Fence");
	PFENCE fence;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, sizeof(FENCE), &name, FILE_DEVICE_NETWORK,
				FILE_DEVICE_SECURE_OPEN, FALSE, &FenceDevice);
	if (!NT_SUCCESS(status))
		return status;

	fence = FenceDevice->DeviceExtension;
	ExInitializeFastMutex(&fence->Lock);
	fence->Count = 0;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = FenceDispatch;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = FenceDispatch;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = FenceDispatch;
	DriverObject->DriverUnload = FenceUnload;
	return STATUS_SUCCESS;
}

static VOID FenceUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);

	IoDeleteDevice(FenceDevice);
}

/* The ports are copied first: the caller may change them at any time. */
static NTSTATUS FenceReplace(PFENCE Fence, const USHORT *User, ULONG Count)
{
	PUSHORT ports;
	ULONG i;

	ports = ExAllocatePoolWithTag(NonPagedPoolNx, Count * sizeof(USHORT), FENCE_TAG);
	if (ports == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	__try {
		ProbeForRead((PVOID)User, Count * sizeof(USHORT), sizeof(USHORT));
		RtlCopyMemory(ports, User, Count * sizeof(USHORT));
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		ExFreePoolWithTag(ports, FENCE_TAG);
		return STATUS_INVALID_USER_BUFFER;
	}

	ExAcquireFastMutex(&Fence->Lock);
	__try {
		for (i = 0; i < Count; i++) {
			if (ports[i] < FENCE_LOWEST)
				return STATUS_ACCESS_DENIED;
		}
		RtlCopyMemory(Fence->Ports, ports, Count * sizeof(USHORT));
		Fence->Count = Count;
	} __finally {
		ExReleaseFastMutex(&Fence->Lock);
		ExFreePoolWithTag(ports, FENCE_TAG);
	}
	return STATUS_SUCCESS;
}

static NTSTATUS FenceDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status = STATUS_SUCCESS;
	ULONG count;

	if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
		count = stack->Parameters.DeviceIoControl.InputBufferLength / sizeof(USHORT);
		if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_FENCE_SET)
			status = STATUS_INVALID_DEVICE_REQUEST;
		else if (count == 0 || count > FENCE_MAX)
			status = STATUS_INVALID_BUFFER_SIZE;
		else
			status = FenceReplace(DeviceObject->DeviceExtension,
					      stack->Parameters.DeviceIoControl.Type3InputBuffer,
					      count);
	}

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}
