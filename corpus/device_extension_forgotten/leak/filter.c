/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A PnP filter that keeps the last requests it saw in a trace buffer of its
 * device extension.  AddDevice makes the buffer; removing the device forgets it.
 */
#include <wdm.h>

#define FLTR_TAG 'rtlF'
#define FLTR_TRACE_ENTRIES 256

typedef struct _FLTR_TRACE {
    LARGE_INTEGER When;
    UCHAR Major;
    UCHAR Minor;
} FLTR_TRACE, *PFLTR_TRACE;

typedef struct _FLTR_EXTENSION {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    LONG Next;
    PFLTR_TRACE Trace;
} FLTR_EXTENSION, *PFLTR_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD FltrUnload;
DRIVER_ADD_DEVICE FltrAddDevice;
DRIVER_DISPATCH FltrPass;
DRIVER_DISPATCH FltrPower;
DRIVER_DISPATCH FltrPnp;

NTSTATUS
DriverEntry(
    _In_ PDRIVER_OBJECT DriverObject,
    _In_ PUNICODE_STRING RegistryPath
    )
{
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        DriverObject->MajorFunction[i] = FltrPass;
    }
    DriverObject->MajorFunction[IRP_MJ_POWER] = FltrPower;
    DriverObject->MajorFunction[IRP_MJ_PNP] = FltrPnp;
    DriverObject->DriverExtension->AddDevice = FltrAddDevice;
    DriverObject->DriverUnload = FltrUnload;
    return STATUS_SUCCESS;
}

VOID
FltrUnload(
    _In_ PDRIVER_OBJECT DriverObject
    )
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS
FltrAddDevice(
    _In_ PDRIVER_OBJECT DriverObject,
    _In_ PDEVICE_OBJECT PhysicalDeviceObject
    )
{
    PDEVICE_OBJECT deviceObject;
    PFLTR_EXTENSION extension;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject,
                            sizeof(FLTR_EXTENSION),
                            NULL,
                            FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN,
                            FALSE,
                            &deviceObject);
    if (!NT_SUCCESS(status)) {
        return status;
    }

    extension = (PFLTR_EXTENSION)deviceObject->DeviceExtension;
    RtlZeroMemory(extension, sizeof(*extension));
    extension->Self = deviceObject;
    IoInitializeRemoveLock(&extension->RemoveLock, FLTR_TAG, 0, 0);

    extension->Trace = ExAllocatePoolWithTag(NonPagedPool, FLTR_TRACE_ENTRIES * sizeof(FLTR_TRACE), FLTR_TAG); /* leak62: LeakAtUnload */
    if (extension->Trace == NULL) {
        IoDeleteDevice(deviceObject);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlZeroMemory(extension->Trace, FLTR_TRACE_ENTRIES * sizeof(FLTR_TRACE));

    extension->Lower = IoAttachDeviceToDeviceStack(deviceObject, PhysicalDeviceObject);
    if (extension->Lower == NULL) {
        ExFreePoolWithTag(extension->Trace, FLTR_TAG);
        extension->Trace = NULL;
        IoDeleteDevice(deviceObject);
        return STATUS_NO_SUCH_DEVICE;
    }

    deviceObject->Flags |= extension->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
    deviceObject->DeviceType = extension->Lower->DeviceType;
    deviceObject->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static
VOID
FltrRecord(
    _In_ PFLTR_EXTENSION Extension,
    _In_ PIO_STACK_LOCATION Stack
    )
{
    ULONG slot = (ULONG)InterlockedIncrement(&Extension->Next) % FLTR_TRACE_ENTRIES;

    KeQuerySystemTime(&Extension->Trace[slot].When);
    Extension->Trace[slot].Major = Stack->MajorFunction;
    Extension->Trace[slot].Minor = Stack->MinorFunction;
}

static
NTSTATUS
FltrRefuse(
    _Inout_ PIRP Irp,
    _In_ NTSTATUS Status
    )
{
    Irp->IoStatus.Status = Status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS
FltrPass(
    _In_ PDEVICE_OBJECT DeviceObject,
    _Inout_ PIRP Irp
    )
{
    PFLTR_EXTENSION extension = (PFLTR_EXTENSION)DeviceObject->DeviceExtension;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    if (!NT_SUCCESS(status)) {
        return FltrRefuse(Irp, status);
    }

    FltrRecord(extension, IoGetCurrentIrpStackLocation(Irp));
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(extension->Lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

NTSTATUS
FltrPower(
    _In_ PDEVICE_OBJECT DeviceObject,
    _Inout_ PIRP Irp
    )
{
    PFLTR_EXTENSION extension = (PFLTR_EXTENSION)DeviceObject->DeviceExtension;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    PoStartNextPowerIrp(Irp);
    if (!NT_SUCCESS(status)) {
        return FltrRefuse(Irp, status);
    }

    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(extension->Lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

NTSTATUS
FltrPnp(
    _In_ PDEVICE_OBJECT DeviceObject,
    _Inout_ PIRP Irp
    )
{
    PFLTR_EXTENSION extension = (PFLTR_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    if (stack->MinorFunction != IRP_MN_REMOVE_DEVICE) {
        return FltrPass(DeviceObject, Irp);
    }

    status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    if (!NT_SUCCESS(status)) {
        return FltrRefuse(Irp, status);
    }

    IoReleaseRemoveLockAndWait(&extension->RemoveLock, Irp);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(extension->Lower, Irp);

    IoDetachDevice(extension->Lower);
    IoDeleteDevice(DeviceObject);
    return status;
}
