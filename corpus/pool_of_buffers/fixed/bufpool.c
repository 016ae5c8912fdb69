/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Eight buffers, made when the driver loads, that applications borrow by number: write to fill
 * one, read to get it back.  The number is the file offset.
 */
#include <ntddk.h>

#define BUFPOOL_COUNT   8
#define BUFPOOL_BYTES   0x4000
#define BUFPOOL_TAG     'lPfB'

typedef struct _BUFFER_SLOT
{
    PVOID       Memory;
    ULONG       Valid;
    FAST_MUTEX  Lock;
} BUFFER_SLOT, *PBUFFER_SLOT;

typedef struct _BUFPOOL_EXTENSION
{
    BUFFER_SLOT Slot[BUFPOOL_COUNT];
} BUFPOOL_EXTENSION, *PBUFPOOL_EXTENSION;

static VOID
BufPoolFreeFirst(
    PBUFPOOL_EXTENSION  Ext,
    ULONG               Count
    )
{
    while (Count-- > 0)
    {
        ExFreePoolWithTag(Ext->Slot[Count].Memory, BUFPOOL_TAG);
        Ext->Slot[Count].Memory = NULL;
    }
}

static VOID
BufPoolComplete(
    PIRP        Irp,
    NTSTATUS    Status,
    ULONG       Bytes
    )
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Bytes;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static NTSTATUS
BufPoolReadWrite(
    PDEVICE_OBJECT  DeviceObject,
    PIRP            Irp
    )
{
    PBUFPOOL_EXTENSION ext = (PBUFPOOL_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(Irp);
    BOOLEAN write = (sp->MajorFunction == IRP_MJ_WRITE);
    LONGLONG number;
    ULONG length;
    PBUFFER_SLOT slot;
    PVOID data;

    number = write ? sp->Parameters.Write.ByteOffset.QuadPart
                   : sp->Parameters.Read.ByteOffset.QuadPart;
    length = write ? sp->Parameters.Write.Length : sp->Parameters.Read.Length;

    if (number < 0 || number >= BUFPOOL_COUNT || length > BUFPOOL_BYTES)
    {
        BufPoolComplete(Irp, STATUS_INVALID_PARAMETER, 0);
        return STATUS_INVALID_PARAMETER;
    }
    if (length == 0)
    {
        BufPoolComplete(Irp, STATUS_SUCCESS, 0);
        return STATUS_SUCCESS;
    }

    data = MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority);
    if (data == NULL)
    {
        BufPoolComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    slot = &ext->Slot[number];
    ExAcquireFastMutex(&slot->Lock);
    if (write)
    {
        RtlCopyMemory(slot->Memory, data, length);
        slot->Valid = length;
    }
    else
    {
        length = min(length, slot->Valid);
        RtlCopyMemory(data, slot->Memory, length);
    }
    ExReleaseFastMutex(&slot->Lock);

    BufPoolComplete(Irp, STATUS_SUCCESS, length);
    return STATUS_SUCCESS;
}

static NTSTATUS
BufPoolCreateClose(
    PDEVICE_OBJECT  DeviceObject,
    PIRP            Irp
    )
{
    UNREFERENCED_PARAMETER(DeviceObject);

    BufPoolComplete(Irp, STATUS_SUCCESS, 0);
    return STATUS_SUCCESS;
}

static VOID
BufPoolUnload(
    PDRIVER_OBJECT  DriverObject
    )
{
    PDEVICE_OBJECT device = DriverObject->DeviceObject;
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, L"\\DosDevices\\BufPool");
    IoDeleteSymbolicLink(&link);
    BufPoolFreeFirst((PBUFPOOL_EXTENSION)device->DeviceExtension, BUFPOOL_COUNT);
    IoDeleteDevice(device);
}

NTSTATUS
DriverEntry(
    PDRIVER_OBJECT  DriverObject,
    PUNICODE_STRING RegistryPath
    )
{
    UNICODE_STRING name, link;
    PBUFPOOL_EXTENSION ext;
    PDEVICE_OBJECT device;
    NTSTATUS status;
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\BufPool");
    RtlInitUnicodeString(&link, L"\\DosDevices\\BufPool");
    status = IoCreateDevice(DriverObject, sizeof(BUFPOOL_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
    {
        return status;
    }

    ext = (PBUFPOOL_EXTENSION)device->DeviceExtension;
    for (i = 0; i < BUFPOOL_COUNT; i++)
    {
        ExInitializeFastMutex(&ext->Slot[i].Lock);
        ext->Slot[i].Valid = 0;
        ext->Slot[i].Memory = ExAllocatePoolWithTag(NonPagedPool, BUFPOOL_BYTES, BUFPOOL_TAG);
        if (ext->Slot[i].Memory == NULL)
        {
            BufPoolFreeFirst(ext, i);
            IoDeleteDevice(device);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
    }

    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status))
    {
        BufPoolFreeFirst(ext, BUFPOOL_COUNT);
        IoDeleteDevice(device);
        return status;
    }

    device->Flags |= DO_DIRECT_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = BufPoolCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = BufPoolCreateClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = BufPoolReadWrite;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = BufPoolReadWrite;
    DriverObject->DriverUnload = BufPoolUnload;
    return STATUS_SUCCESS;
}
