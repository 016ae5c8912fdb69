/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Writes are copied to packets from a lookaside list and printed by a worker of the
 * same request.  A packet of which the text is refused goes back to the list
 * as well.
 */
#include <ntddk.h>

#define PACK_TAG 'kcaP'
#define PACK_MAX 256

typedef struct _PACKET {
	ULONG Length;
	CHAR Text[PACK_MAX];
} PACKET, *PPACKET;

static NPAGED_LOOKASIDE_LIST g_Packets;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD PackUnload;
static DRIVER_DISPATCH PackCreateClose;
static DRIVER_DISPATCH PackWrite;

static BOOLEAN PackIsText(const PACKET *Packet)
{
	ULONG i;

	for (i = 0; i < Packet->Length; i++)
		if (Packet->Text[i] < ' ')
			return FALSE;
	return TRUE;
}

static NTSTATUS PackPrint(const VOID *Data, ULONG Length)
{
	PPACKET packet;

	packet = ExAllocateFromNPagedLookasideList(&g_Packets);
	if (packet == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	packet->Length = Length;
	RtlCopyMemory(packet->Text, Data, Length);
	if (!PackIsText(packet)) {
		ExFreeToNPagedLookasideList(&g_Packets, packet);
		return STATUS_INVALID_PARAMETER;
	}

	DbgPrint("pack: %.*s\n", (int)packet->Length, packet->Text);
	ExFreeToNPagedLookasideList(&g_Packets, packet);
	return STATUS_SUCCESS;
}

static NTSTATUS PackWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG length = stack->Parameters.Write.Length;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (length == 0 || length > PACK_MAX)
		status = STATUS_INVALID_BUFFER_SIZE;
	else
		status = PackPrint(Irp->AssociatedIrp.SystemBuffer, length);

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = NT_SUCCESS(status) ? length : 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS PackCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID PackUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
	ExDeleteNPagedLookasideList(&g_Packets);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Pack");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	ExInitializeNPagedLookasideList(&g_Packets, NULL, NULL, 0, sizeof(PACKET), PACK_TAG, 0);
	device->Flags |= DO_BUFFERED_IO;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = PackCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = PackCreateClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = PackWrite;
	DriverObject->DriverUnload = PackUnload;
	return STATUS_SUCCESS;
}
