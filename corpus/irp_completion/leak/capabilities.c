/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A filter that asks the device below for its capabilities when it starts.  The
 * IRP is the filter's own: the completion routine keeps it back, and the sender
 * must free it.  It does not when the device below fails it.
 */
#include <wdm.h>

#define CAP_TAG 'paCA'

typedef struct _CAP_EXTENSION {
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    DEVICE_CAPABILITIES Capabilities;
} CAP_EXTENSION, *PCAP_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD CapUnload;
DRIVER_ADD_DEVICE CapAddDevice;
DRIVER_DISPATCH CapPass;
DRIVER_DISPATCH CapPower;
DRIVER_DISPATCH CapPnp;
IO_COMPLETION_ROUTINE CapCompleted;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = CapPass;
    DriverObject->MajorFunction[IRP_MJ_POWER] = CapPower;
    DriverObject->MajorFunction[IRP_MJ_PNP] = CapPnp;
    DriverObject->DriverExtension->AddDevice = CapAddDevice;
    DriverObject->DriverUnload = CapUnload;
    return STATUS_SUCCESS;
}

VOID CapUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS CapAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    PDEVICE_OBJECT device;
    PCAP_EXTENSION ext;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(CAP_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    ext = (PCAP_EXTENSION)device->DeviceExtension;
    RtlZeroMemory(ext, sizeof(*ext));
    IoInitializeRemoveLock(&ext->RemoveLock, CAP_TAG, 0, 0);

    ext->Lower = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
    if (ext->Lower == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }

    device->Flags |= ext->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

/* The IRP is the sender's again. */
NTSTATUS CapCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);

    KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS CapQuery(PDEVICE_OBJECT Lower, PDEVICE_CAPABILITIES Capabilities)
{
    PIO_STACK_LOCATION stack;
    KEVENT event;
    PIRP irp;
    NTSTATUS status;

    RtlZeroMemory(Capabilities, sizeof(*Capabilities));
    Capabilities->Size = sizeof(*Capabilities);
    Capabilities->Version = 1;
    Capabilities->Address = MAXULONG;
    Capabilities->UINumber = MAXULONG;

    irp = IoAllocateIrp(Lower->StackSize, FALSE);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    stack = IoGetNextIrpStackLocation(irp);
    stack->MajorFunction = IRP_MJ_PNP;
    stack->MinorFunction = IRP_MN_QUERY_CAPABILITIES;
    stack->Parameters.DeviceCapabilities.Capabilities = Capabilities;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    IoSetCompletionRoutine(irp, CapCompleted, &event, TRUE, TRUE, TRUE);
    IoCallDriver(Lower, irp);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);

    status = irp->IoStatus.Status;
    if (!NT_SUCCESS(status))
        return status; /* leak62: LeakOnPath */

    IoFreeIrp(irp);
    return STATUS_SUCCESS;
}

static NTSTATUS CapFinish(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS CapPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PCAP_EXTENSION ext = (PCAP_EXTENSION)DeviceObject->DeviceExtension;

    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(ext->Lower, Irp);
}

NTSTATUS CapPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PCAP_EXTENSION ext = (PCAP_EXTENSION)DeviceObject->DeviceExtension;

    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(ext->Lower, Irp);
}

NTSTATUS CapPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PCAP_EXTENSION ext = (PCAP_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return CapFinish(Irp, status);

    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
        if (IoForwardIrpSynchronously(ext->Lower, Irp))
            status = Irp->IoStatus.Status;
        else
            status = STATUS_UNSUCCESSFUL;
        if (NT_SUCCESS(status))
            status = CapQuery(ext->Lower, &ext->Capabilities);
        CapFinish(Irp, status);
        break;
    case IRP_MN_REMOVE_DEVICE:
        IoReleaseRemoveLockAndWait(&ext->RemoveLock, Irp);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        status = CapPass(DeviceObject, Irp);
        IoDetachDevice(ext->Lower);
        IoDeleteDevice(DeviceObject);
        return status;
    default:
        status = CapPass(DeviceObject, Irp);
        break;
    }

    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}
