/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Keeps a physically contiguous ring for a device that reads memory by itself, and a table of
 * descriptors for it.  Applications fill the ring and ask for its physical address.
 */
#include <ntddk.h>

#define RING_TAG 'gniR'
#define RING_BYTES (PAGE_SIZE * 8)
#define RING_SEGMENT 512
#define RING_SEGMENTS (RING_BYTES / RING_SEGMENT)

#define IOCTL_RING_ADDRESS CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8B0, METHOD_BUFFERED, FILE_READ_DATA)

typedef struct _RING_DESCRIPTOR {
    PHYSICAL_ADDRESS Address;
    ULONG Length;
} RING_DESCRIPTOR, *PRING_DESCRIPTOR;

typedef struct _RING_EXTENSION {
    PUCHAR Ring;
    PRING_DESCRIPTOR Table;
    FAST_MUTEX Lock;
    ULONG Next;
} RING_EXTENSION, *PRING_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD RingUnload;
DRIVER_DISPATCH RingCreateClose;
DRIVER_DISPATCH RingWrite;
DRIVER_DISPATCH RingControl;

static NTSTATUS RingSetup(PRING_EXTENSION Ext)
{
    PHYSICAL_ADDRESS highest;
    ULONG i;

    highest.QuadPart = 0xFFFFFFFF;
    Ext->Ring = (PUCHAR)MmAllocateContiguousMemory(RING_BYTES, highest);
    if (Ext->Ring == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    Ext->Table = (PRING_DESCRIPTOR)ExAllocatePoolWithTag(
        NonPagedPool, RING_SEGMENTS * sizeof(RING_DESCRIPTOR), RING_TAG);
    if (Ext->Table == NULL) {
        MmFreeContiguousMemory(Ext->Ring);
        Ext->Ring = NULL;
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    for (i = 0; i < RING_SEGMENTS; i++) {
        Ext->Table[i].Address = MmGetPhysicalAddress(Ext->Ring + i * RING_SEGMENT);
        Ext->Table[i].Length = 0;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS RingComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS RingCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return RingComplete(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS RingWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PRING_EXTENSION ext = (PRING_EXTENSION)DeviceObject->DeviceExtension;
    ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;

    if (length == 0 || length > RING_SEGMENT) {
        return RingComplete(Irp, STATUS_INVALID_BUFFER_SIZE, 0);
    }

    ExAcquireFastMutex(&ext->Lock);
    RtlCopyMemory(ext->Ring + ext->Next * RING_SEGMENT, Irp->AssociatedIrp.SystemBuffer, length);
    ext->Table[ext->Next].Length = length;
    ext->Next = (ext->Next + 1) % RING_SEGMENTS;
    ExReleaseFastMutex(&ext->Lock);
    return RingComplete(Irp, STATUS_SUCCESS, length);
}

NTSTATUS RingControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PRING_EXTENSION ext = (PRING_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_RING_ADDRESS) {
        return RingComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
    if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(PHYSICAL_ADDRESS)) {
        return RingComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    }
    *(PPHYSICAL_ADDRESS)Irp->AssociatedIrp.SystemBuffer = ext->Table[0].Address;
    return RingComplete(Irp, STATUS_SUCCESS, sizeof(PHYSICAL_ADDRESS));
}

VOID RingUnload(PDRIVER_OBJECT DriverObject)
{
    PRING_EXTENSION ext = (PRING_EXTENSION)DriverObject->DeviceObject->DeviceExtension;

    ExFreePoolWithTag(ext->Table, RING_TAG);
    ExFreePool(ext->Ring); /* leak62: WrongFree */
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    PRING_EXTENSION ext;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\DmaCommon");
    status = IoCreateDevice(DriverObject, sizeof(RING_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status)) {
        return status;
    }

    ext = (PRING_EXTENSION)device->DeviceExtension;
    ExInitializeFastMutex(&ext->Lock);
    ext->Next = 0;
    status = RingSetup(ext);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    device->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = RingCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = RingCreateClose;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = RingWrite;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = RingControl;
    DriverObject->DriverUnload = RingUnload;
    return STATUS_SUCCESS;
}
