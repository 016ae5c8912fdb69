/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Entry, plug and play and reads.  The byte offset of a read names the channel.
 */
#include "octopus.h"

DRIVER_INITIALIZE DriverEntry;
DRIVER_ADD_DEVICE OctopusAddDevice;
DRIVER_UNLOAD OctopusUnload;
DRIVER_DISPATCH OctopusCreateClose;
DRIVER_DISPATCH OctopusRead;
DRIVER_DISPATCH OctopusPnp;
DRIVER_DISPATCH OctopusPower;

static NTSTATUS OctopusComplete(POCTOPUS Octopus, PIRP Irp, NTSTATUS Status, ULONG_PTR Info)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Info;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    if (Octopus != NULL) {
        IoReleaseRemoveLock(&Octopus->RemoveLock, Irp);
    }
    return Status;
}

static ULONG OctopusCountArms(PCM_RESOURCE_LIST Resources)
{
    PCM_PARTIAL_RESOURCE_LIST list;
    ULONG i, count = 0;

    if (Resources == NULL) {
        return 1;
    }
    list = &Resources->List[0].PartialResourceList;
    for (i = 0; i < list->Count; i++) {
        if (list->PartialDescriptors[i].Type == CmResourceTypeInterrupt) {
            count++;
        }
    }
    return count != 0 ? count : 1;
}

NTSTATUS OctopusCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    return OctopusComplete(NULL, Irp, STATUS_SUCCESS, 0);
}

NTSTATUS OctopusRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    POCTOPUS octopus = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    status = IoAcquireRemoveLock(&octopus->RemoveLock, Irp);
    if (!NT_SUCCESS(status)) {
        return OctopusComplete(NULL, Irp, status, 0);
    }
    if (!octopus->Started) {
        return OctopusComplete(octopus, Irp, STATUS_DEVICE_NOT_READY, 0);
    }
    status = OctopusReadArm(octopus, stack->Parameters.Read.ByteOffset.LowPart,
                            Irp->AssociatedIrp.SystemBuffer, stack->Parameters.Read.Length);
    return OctopusComplete(octopus, Irp, status,
                           NT_SUCCESS(status) ? stack->Parameters.Read.Length : 0);
}

NTSTATUS OctopusPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    POCTOPUS octopus = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PDEVICE_OBJECT lower = octopus->Lower;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&octopus->RemoveLock, Irp);
    if (!NT_SUCCESS(status)) {
        return OctopusComplete(NULL, Irp, status, 0);
    }

    if (stack->MinorFunction == IRP_MN_START_DEVICE) {
        if (!IoForwardIrpSynchronously(lower, Irp)) {
            return OctopusComplete(octopus, Irp, STATUS_UNSUCCESSFUL, 0);
        }
        status = Irp->IoStatus.Status;
        if (NT_SUCCESS(status)) {
            status = OctopusGrowArms(
                octopus, OctopusCountArms(stack->Parameters.StartDevice.AllocatedResources));
        }
        octopus->Started = NT_SUCCESS(status);
        return OctopusComplete(octopus, Irp, status, 0);
    }

    if (stack->MinorFunction == IRP_MN_REMOVE_DEVICE) {
        octopus->Started = FALSE;
        Irp->IoStatus.Status = STATUS_SUCCESS;
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(lower, Irp);
        IoReleaseRemoveLockAndWait(&octopus->RemoveLock, Irp);
        OctopusShedArms(octopus);
        ExDeleteResourceLite(&octopus->ArmLock);
        IoDetachDevice(lower);
        IoDeleteDevice(DeviceObject);
        return status;
    }

    switch (stack->MinorFunction) {
    case IRP_MN_STOP_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
        octopus->Started = FALSE;
        /* fall through */
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(lower, Irp);
    IoReleaseRemoveLock(&octopus->RemoveLock, Irp);
    return status;
}

NTSTATUS OctopusPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    POCTOPUS octopus = DeviceObject->DeviceExtension;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&octopus->RemoveLock, Irp);
    PoStartNextPowerIrp(Irp);
    if (!NT_SUCCESS(status)) {
        return OctopusComplete(NULL, Irp, status, 0);
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(octopus->Lower, Irp);
    IoReleaseRemoveLock(&octopus->RemoveLock, Irp);
    return status;
}

NTSTATUS OctopusAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    POCTOPUS octopus;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(OCTOPUS), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                            &device);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    octopus = device->DeviceExtension;
    RtlZeroMemory(octopus, sizeof(OCTOPUS));
    IoInitializeRemoveLock(&octopus->RemoveLock, OCTOPUS_TAG, 0, 0);
    status = ExInitializeResourceLite(&octopus->ArmLock);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    octopus->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    if (octopus->Lower == NULL) {
        ExDeleteResourceLite(&octopus->ArmLock);
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

VOID OctopusUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    DriverObject->MajorFunction[IRP_MJ_CREATE] = OctopusCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = OctopusCreateClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = OctopusRead;
    DriverObject->MajorFunction[IRP_MJ_PNP] = OctopusPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = OctopusPower;
    DriverObject->DriverExtension->AddDevice = OctopusAddDevice;
    DriverObject->DriverUnload = OctopusUnload;
    return STATUS_SUCCESS;
}
