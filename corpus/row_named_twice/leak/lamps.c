/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Lamps: an array of records in the device extension; a request says which lamp gets a scene. */
#include <ntddk.h>

#define IOCTL_LAMP_SCENE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x920, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_LAMP_DARK CTL_CODE(FILE_DEVICE_UNKNOWN, 0x921, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define LAMPS 16
#define LAMP_TAG 'pmaL'

typedef struct _LAMP {
	ULONG Bytes;
	PVOID Scene;
} LAMP, *PLAMP;

typedef struct _BOARD {
	FAST_MUTEX Lock;
	LAMP Lamp[LAMPS];
} BOARD, *PBOARD;

static NTSTATUS LampScene(PBOARD Board, ULONG Number, ULONG Bytes)
{
	PLAMP lamp;
	PVOID scene;

	if (Number >= LAMPS || Bytes == 0)
		return STATUS_INVALID_PARAMETER;
	lamp = &Board->Lamp[Number];
	scene = ExAllocatePoolWithTag(PagedPool, Bytes, LAMP_TAG);
	if (scene == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlZeroMemory(scene, Bytes);
	ExAcquireFastMutex(&Board->Lock);
	lamp->Scene = scene; /* leak62: LeakOnOverwrite */
	lamp->Bytes = Bytes;
	ExReleaseFastMutex(&Board->Lock);
	return STATUS_SUCCESS;
}

static NTSTATUS LampDark(PBOARD Board, ULONG Number)
{
	if (Number >= LAMPS)
		return STATUS_INVALID_PARAMETER;
	ExAcquireFastMutex(&Board->Lock);
	if (Board->Lamp[Number].Scene != NULL) {
		ExFreePoolWithTag(Board->Lamp[Number].Scene, LAMP_TAG);
		Board->Lamp[Number].Scene = NULL;
	}
	ExReleaseFastMutex(&Board->Lock);
	return STATUS_SUCCESS;
}

static NTSTATUS NTAPI LampDispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PULONG words = Irp->AssociatedIrp.SystemBuffer;
	NTSTATUS status = STATUS_SUCCESS;

	if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
		if (stack->Parameters.DeviceIoControl.InputBufferLength < 2 * sizeof(ULONG))
			status = STATUS_BUFFER_TOO_SMALL;
		else if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_LAMP_SCENE)
			status = LampScene(Device->DeviceExtension, words[0], words[1]);
		else if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_LAMP_DARK)
			status = LampDark(Device->DeviceExtension, words[0]);
		else
			status = STATUS_INVALID_DEVICE_REQUEST;
	}
	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static VOID NTAPI LampUnload(PDRIVER_OBJECT Driver)
{
	ULONG i;

	for (i = 0; i < LAMPS; i++)
		LampDark(Driver->DeviceObject->DeviceExtension, i);
	IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Lamps");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);
	Driver->MajorFunction[IRP_MJ_CREATE] = LampDispatch;
	Driver->MajorFunction[IRP_MJ_CLOSE] = LampDispatch;
	Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = LampDispatch;
	Driver->DriverUnload = LampUnload;
	status = IoCreateDevice(Driver, sizeof(BOARD), &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (NT_SUCCESS(status)) {
		RtlZeroMemory(device->DeviceExtension, sizeof(BOARD));
		ExInitializeFastMutex(&((PBOARD)device->DeviceExtension)->Lock);
	}
	return status;
}
