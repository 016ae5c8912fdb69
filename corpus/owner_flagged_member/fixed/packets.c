/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Packets that wait to be read.  A small one holds its data itself, a large one has
 * a block of its own, and a flag says so.  Read frees the block under that flag;
 * unload does the same with the packets that nobody has read.
 */
#include <ntddk.h>

#define PACKET_TAG 'tkcP'
#define PACKET_SMALL 64
#define PACKET_LARGE 4096
#define PACKET_OWN_BLOCK 1

typedef struct _PACKET {
    LIST_ENTRY Link;
    ULONG Flags;
    ULONG Length;
    PUCHAR Data;
    UCHAR Small[PACKET_SMALL];
} PACKET, *PPACKET;

typedef struct _PACKET_EXTENSION {
    FAST_MUTEX Lock;
    LIST_ENTRY Waiting;
} PACKET_EXTENSION, *PPACKET_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD PacketUnload;
DRIVER_DISPATCH PacketCreateClose;
DRIVER_DISPATCH PacketRead;
DRIVER_DISPATCH PacketWrite;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    PPACKET_EXTENSION ext;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\Packets");
    status = IoCreateDevice(DriverObject, sizeof(PACKET_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    ext = (PPACKET_EXTENSION)device->DeviceExtension;
    ExInitializeFastMutex(&ext->Lock);
    InitializeListHead(&ext->Waiting);
    device->Flags |= DO_BUFFERED_IO;

    DriverObject->MajorFunction[IRP_MJ_CREATE] = PacketCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = PacketCreateClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = PacketRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = PacketWrite;
    DriverObject->DriverUnload = PacketUnload;
    return STATUS_SUCCESS;
}

VOID PacketUnload(PDRIVER_OBJECT DriverObject)
{
    PPACKET_EXTENSION ext = (PPACKET_EXTENSION)DriverObject->DeviceObject->DeviceExtension;

    while (!IsListEmpty(&ext->Waiting)) {
        PPACKET packet = CONTAINING_RECORD(RemoveHeadList(&ext->Waiting), PACKET, Link);

        if (packet->Flags & PACKET_OWN_BLOCK)
            ExFreePoolWithTag(packet->Data, PACKET_TAG);
        ExFreePoolWithTag(packet, PACKET_TAG);
    }
    IoDeleteDevice(DriverObject->DeviceObject);
}

static NTSTATUS PacketComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS PacketCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    return PacketComplete(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS PacketWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PPACKET_EXTENSION ext = (PPACKET_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.Write.Length;
    PPACKET packet;

    if (length == 0 || length > PACKET_LARGE)
        return PacketComplete(Irp, STATUS_INVALID_PARAMETER, 0);

    packet = ExAllocatePoolWithTag(PagedPool, sizeof(PACKET), PACKET_TAG);
    if (packet == NULL)
        return PacketComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);

    packet->Flags = 0;
    packet->Length = length;
    if (length <= PACKET_SMALL) {
        packet->Data = packet->Small;
    } else {
        packet->Data = ExAllocatePoolWithTag(PagedPool, length, PACKET_TAG);
        if (packet->Data == NULL) {
            ExFreePoolWithTag(packet, PACKET_TAG);
            return PacketComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
        }
        packet->Flags |= PACKET_OWN_BLOCK;
    }
    RtlCopyMemory(packet->Data, Irp->AssociatedIrp.SystemBuffer, length);

    ExAcquireFastMutex(&ext->Lock);
    InsertTailList(&ext->Waiting, &packet->Link);
    ExReleaseFastMutex(&ext->Lock);
    return PacketComplete(Irp, STATUS_SUCCESS, length);
}

NTSTATUS PacketRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PPACKET_EXTENSION ext = (PPACKET_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.Read.Length;
    PPACKET packet = NULL;

    ExAcquireFastMutex(&ext->Lock);
    if (!IsListEmpty(&ext->Waiting))
        packet = CONTAINING_RECORD(RemoveHeadList(&ext->Waiting), PACKET, Link);
    ExReleaseFastMutex(&ext->Lock);
    if (packet == NULL)
        return PacketComplete(Irp, STATUS_NO_MORE_ENTRIES, 0);

    /* A short read gets the beginning and loses the rest. */
    if (length > packet->Length)
        length = packet->Length;
    RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, packet->Data, length);
    if (packet->Flags & PACKET_OWN_BLOCK)
        ExFreePoolWithTag(packet->Data, PACKET_TAG);
    ExFreePoolWithTag(packet, PACKET_TAG);
    return PacketComplete(Irp, STATUS_SUCCESS, length);
}
