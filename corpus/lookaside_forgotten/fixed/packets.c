/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Packets come from a lookaside list in the device extension, which unload deletes
 * before the device.
 */
#include <ntddk.h>

#define PKT_TAG 'tkcP'
#define PKT_MAX_DATA 240

typedef struct _PACKET {
    ULONG Checksum;
    ULONG Length;
    UCHAR Data[PKT_MAX_DATA];
} PACKET, *PPACKET;

typedef struct _PKT_EXTENSION {
    NPAGED_LOOKASIDE_LIST Packets;
    volatile LONG Sent;
    ULONG LastChecksum;
} PKT_EXTENSION, *PPKT_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD PktUnload;
DRIVER_DISPATCH PktCreateClose;
DRIVER_DISPATCH PktWrite;

#define PKT_DEVICE_NAME L"\\Device\\Packets"
#define PKT_LINK_NAME L"\\DosDevices\\Packets"

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING deviceName;
    UNICODE_STRING linkName;
    PDEVICE_OBJECT device;
    PPKT_EXTENSION ext;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&deviceName, PKT_DEVICE_NAME);
    status = IoCreateDevice(DriverObject, sizeof(PKT_EXTENSION), &deviceName,
                            FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    RtlInitUnicodeString(&linkName, PKT_LINK_NAME);
    status = IoCreateSymbolicLink(&linkName, &deviceName);
    if (!NT_SUCCESS(status))
    {
        IoDeleteDevice(device);
        return status;
    }

    ext = (PPKT_EXTENSION)device->DeviceExtension;
    RtlZeroMemory(ext, sizeof(*ext));
    ExInitializeNPagedLookasideList(&ext->Packets, NULL, NULL, 0, sizeof(PACKET), PKT_TAG, 0);
    device->Flags |= DO_BUFFERED_IO;

    DriverObject->MajorFunction[IRP_MJ_CREATE] = PktCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = PktCreateClose;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = PktWrite;
    DriverObject->DriverUnload = PktUnload;
    return STATUS_SUCCESS;
}

VOID
PktUnload(PDRIVER_OBJECT DriverObject)
{
    PPKT_EXTENSION ext = (PPKT_EXTENSION)DriverObject->DeviceObject->DeviceExtension;
    UNICODE_STRING linkName;

    RtlInitUnicodeString(&linkName, PKT_LINK_NAME);
    IoDeleteSymbolicLink(&linkName);
    ExDeleteNPagedLookasideList(&ext->Packets);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS
PktCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS
PktWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PPKT_EXTENSION ext = (PPKT_EXTENSION)DeviceObject->DeviceExtension;
    ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
    PPACKET packet;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    Irp->IoStatus.Information = 0;
    if (length > PKT_MAX_DATA)
    {
        status = STATUS_INVALID_BUFFER_SIZE;
        goto done;
    }

    packet = ExAllocateFromNPagedLookasideList(&ext->Packets);
    if (packet == NULL)
    {
        status = STATUS_INSUFFICIENT_RESOURCES;
        goto done;
    }

    packet->Checksum = 0;
    packet->Length = length;
    RtlCopyMemory(packet->Data, Irp->AssociatedIrp.SystemBuffer, length);
    for (i = 0; i < length; i++)
        packet->Checksum += packet->Data[i];

    ext->LastChecksum = packet->Checksum;
    InterlockedIncrement(&ext->Sent);
    Irp->IoStatus.Information = length;
    ExFreeToNPagedLookasideList(&ext->Packets, packet);

done:
    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
