/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Upper filter of a disk.  A request of the filter's own reads a chunk of the disk with an
 * IRP, a buffer and an MDL that the filter makes, and returns the sum of the chunk.
 */
#include <ntddk.h>
#include <ntdddisk.h>

#define SCRUB_TAG   'brcS'
#define SCRUB_CHUNK (64 * 1024)

#define IOCTL_SCRUB_CHUNK \
    CTL_CODE(FILE_DEVICE_DISK, 0xB01, METHOD_BUFFERED, FILE_READ_ACCESS)

typedef struct _FILTER_EXTENSION {
    PDEVICE_OBJECT  DeviceObject;
    PDEVICE_OBJECT  LowerDevice;
    IO_REMOVE_LOCK  RemoveLock;
    LONG            Outstanding;
} FILTER_EXTENSION, *PFILTER_EXTENSION;

typedef struct _SCRUB_CONTEXT {
    PFILTER_EXTENSION Extension;
    PIRP              OriginalIrp;
    PUCHAR            Buffer;
    PMDL              Mdl;
    ULONG             Length;
} SCRUB_CONTEXT, *PSCRUB_CONTEXT;

DRIVER_INITIALIZE   DriverEntry;
DRIVER_ADD_DEVICE   ScrubAddDevice;
DRIVER_UNLOAD       ScrubUnload;
DRIVER_DISPATCH     ScrubPassThrough;
DRIVER_DISPATCH     ScrubPower;
DRIVER_DISPATCH     ScrubPnp;
DRIVER_DISPATCH     ScrubDeviceControl;
IO_COMPLETION_ROUTINE ScrubReadComplete;

static ULONG
ScrubSum(
    IN PUCHAR Data,
    IN ULONG_PTR Length
    )
{
    ULONG a = 1;
    ULONG b = 0;

    while (Length--) {
        a = (a + *Data++) % 65521;
        b = (b + a) % 65521;
    }
    return (b << 16) | a;
}

NTSTATUS
ScrubReadComplete(
    IN PDEVICE_OBJECT DeviceObject,
    IN PIRP Irp,
    IN PVOID Context
    )
{
    PSCRUB_CONTEXT      scrub = (PSCRUB_CONTEXT)Context;
    PFILTER_EXTENSION   extension = scrub->Extension;
    PIRP                original = scrub->OriginalIrp;
    NTSTATUS            status = Irp->IoStatus.Status;

    UNREFERENCED_PARAMETER(DeviceObject);

    original->IoStatus.Information = 0;
    if (NT_SUCCESS(status)) {
        *(PULONG)original->AssociatedIrp.SystemBuffer =
            ScrubSum(scrub->Buffer, Irp->IoStatus.Information);
        original->IoStatus.Information = sizeof(ULONG);
    }
    original->IoStatus.Status = status;

    Irp->MdlAddress = NULL;
    ExFreePool(scrub->Mdl); /* leak62: WrongFree */
    ExFreePoolWithTag(scrub->Buffer, SCRUB_TAG);
    ExFreePoolWithTag(scrub, SCRUB_TAG);
    IoFreeIrp(Irp);

    IoCompleteRequest(original, IO_DISK_INCREMENT);
    InterlockedDecrement(&extension->Outstanding);
    IoReleaseRemoveLock(&extension->RemoveLock, original);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS
ScrubStartRead(
    IN PFILTER_EXTENSION Extension,
    IN PIRP OriginalIrp,
    IN LARGE_INTEGER Offset
    )
{
    PSCRUB_CONTEXT      scrub;
    PIO_STACK_LOCATION  next;
    PIRP                irp;

    scrub = ExAllocatePoolWithTag(NonPagedPool, sizeof(SCRUB_CONTEXT), SCRUB_TAG);
    if (scrub == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlZeroMemory(scrub, sizeof(SCRUB_CONTEXT));
    scrub->Extension = Extension;
    scrub->OriginalIrp = OriginalIrp;
    scrub->Length = SCRUB_CHUNK;

    scrub->Buffer = ExAllocatePoolWithTag(NonPagedPoolCacheAligned, SCRUB_CHUNK, SCRUB_TAG);
    if (scrub->Buffer == NULL) {
        goto NoBuffer;
    }
    scrub->Mdl = IoAllocateMdl(scrub->Buffer, SCRUB_CHUNK, FALSE, FALSE, NULL);
    if (scrub->Mdl == NULL) {
        goto NoMdl;
    }
    MmBuildMdlForNonPagedPool(scrub->Mdl);

    irp = IoAllocateIrp(Extension->LowerDevice->StackSize, FALSE);
    if (irp == NULL) {
        goto NoIrp;
    }

    irp->MdlAddress = scrub->Mdl;
    irp->Flags = IRP_NOCACHE;
    irp->RequestorMode = KernelMode;
    irp->Tail.Overlay.Thread = OriginalIrp->Tail.Overlay.Thread;
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = IRP_MJ_READ;
    next->Parameters.Read.Length = SCRUB_CHUNK;
    next->Parameters.Read.ByteOffset = Offset;
    IoSetCompletionRoutine(irp, ScrubReadComplete, scrub, TRUE, TRUE, TRUE);

    InterlockedIncrement(&Extension->Outstanding);
    IoMarkIrpPending(OriginalIrp);
    IoCallDriver(Extension->LowerDevice, irp);
    return STATUS_PENDING;

NoIrp:
    IoFreeMdl(scrub->Mdl);
NoMdl:
    ExFreePoolWithTag(scrub->Buffer, SCRUB_TAG);
NoBuffer:
    ExFreePoolWithTag(scrub, SCRUB_TAG);
    return STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS
ScrubDeviceControl(
    IN PDEVICE_OBJECT DeviceObject,
    IN PIRP Irp
    )
{
    PFILTER_EXTENSION   extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION  stack = IoGetCurrentIrpStackLocation(Irp);
    LARGE_INTEGER       offset;
    NTSTATUS            status;

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_SCRUB_CHUNK) {
        return ScrubPassThrough(DeviceObject, Irp);
    }

    status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    if (NT_SUCCESS(status)) {
        if (stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(LARGE_INTEGER) ||
            stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG)) {
            status = STATUS_INVALID_PARAMETER;
        } else {
            offset = *(PLARGE_INTEGER)Irp->AssociatedIrp.SystemBuffer;
            offset.QuadPart &= ~(LONGLONG)(SCRUB_CHUNK - 1);
            status = ScrubStartRead(extension, Irp, offset);
            if (status == STATUS_PENDING) {
                return status;
            }
        }
        IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS
ScrubPassThrough(
    IN PDEVICE_OBJECT DeviceObject,
    IN PIRP Irp
    )
{
    PFILTER_EXTENSION extension = DeviceObject->DeviceExtension;

    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(extension->LowerDevice, Irp);
}

NTSTATUS
ScrubPower(
    IN PDEVICE_OBJECT DeviceObject,
    IN PIRP Irp
    )
{
    PFILTER_EXTENSION extension = DeviceObject->DeviceExtension;

    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(extension->LowerDevice, Irp);
}

NTSTATUS
ScrubPnp(
    IN PDEVICE_OBJECT DeviceObject,
    IN PIRP Irp
    )
{
    PFILTER_EXTENSION   extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION  stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS            status;

    if (stack->MinorFunction != IRP_MN_REMOVE_DEVICE) {
        return ScrubPassThrough(DeviceObject, Irp);
    }

    IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    IoReleaseRemoveLockAndWait(&extension->RemoveLock, Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(extension->LowerDevice, Irp);
    IoDetachDevice(extension->LowerDevice);
    IoDeleteDevice(DeviceObject);
    return status;
}

NTSTATUS
ScrubAddDevice(
    IN PDRIVER_OBJECT DriverObject,
    IN PDEVICE_OBJECT PhysicalDeviceObject
    )
{
    PFILTER_EXTENSION   extension;
    PDEVICE_OBJECT      filter;
    NTSTATUS            status;

    status = IoCreateDevice(DriverObject, sizeof(FILTER_EXTENSION), NULL, FILE_DEVICE_DISK,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &filter);
    if (!NT_SUCCESS(status)) {
        return status;
    }

    extension = filter->DeviceExtension;
    RtlZeroMemory(extension, sizeof(FILTER_EXTENSION));
    extension->DeviceObject = filter;
    IoInitializeRemoveLock(&extension->RemoveLock, SCRUB_TAG, 1, 0);
    extension->LowerDevice = IoAttachDeviceToDeviceStack(filter, PhysicalDeviceObject);
    if (extension->LowerDevice == NULL) {
        IoDeleteDevice(filter);
        return STATUS_UNSUCCESSFUL;
    }
    filter->Flags |= extension->LowerDevice->Flags & (DO_DIRECT_IO | DO_POWER_PAGABLE);
    filter->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

VOID
ScrubUnload(
    IN PDRIVER_OBJECT DriverObject
    )
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS
DriverEntry(
    IN PDRIVER_OBJECT DriverObject,
    IN PUNICODE_STRING RegistryPath
    )
{
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        DriverObject->MajorFunction[i] = ScrubPassThrough;
    }
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ScrubDeviceControl;
    DriverObject->MajorFunction[IRP_MJ_PNP] = ScrubPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = ScrubPower;
    DriverObject->DriverExtension->AddDevice = ScrubAddDevice;
    DriverObject->DriverUnload = ScrubUnload;
    return STATUS_SUCCESS;
}
