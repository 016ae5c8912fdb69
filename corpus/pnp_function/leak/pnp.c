/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * pnp.c - start, stop, removal and power.
 */
#include "halyard.h"

static VOID HySetState(PHY_EXTENSION Ext, HY_STATE State)
{
    ExAcquireFastMutex(&Ext->Lock);
    Ext->PreviousState = Ext->State;
    Ext->State = State;
    ExReleaseFastMutex(&Ext->Lock);
}

static VOID HyRestoreState(PHY_EXTENSION Ext)
{
    ExAcquireFastMutex(&Ext->Lock);
    if (Ext->State == HyStopPending || Ext->State == HyRemovePending)
        Ext->State = Ext->PreviousState;
    ExReleaseFastMutex(&Ext->Lock);
}

static VOID HyEnableInterface(PHY_EXTENSION Ext, BOOLEAN Enable)
{
    if (Ext->InterfaceEnabled != Enable) {
        Ext->InterfaceEnabled = Enable;
        IoSetDeviceInterfaceState(&Ext->InterfaceName, Enable);
    }
}

static NTSTATUS HyMapRegisters(PHY_EXTENSION Ext, PCM_RESOURCE_LIST Resources)
{
    PCM_PARTIAL_RESOURCE_LIST list;
    ULONG i;

    /* A line without a gate is always open. */
    if (Resources == NULL || Resources->Count == 0)
        return STATUS_SUCCESS;

    list = &Resources->List[0].PartialResourceList;
    for (i = 0; i < list->Count; i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR part = &list->PartialDescriptors[i];

        if (part->Type != CmResourceTypeMemory || part->u.Memory.Length < sizeof(ULONG))
            continue;
        Ext->Registers =
            (PULONG)MmMapIoSpace(part->u.Memory.Start, part->u.Memory.Length, MmNonCached);
        if (Ext->Registers == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        Ext->RegistersLength = part->u.Memory.Length;
        break;
    }
    return STATUS_SUCCESS;
}

static VOID HyUnmapRegisters(PHY_EXTENSION Ext)
{
    if (Ext->Registers != NULL) {
        MmUnmapIoSpace(Ext->Registers, Ext->RegistersLength);
        Ext->Registers = NULL;
        Ext->RegistersLength = 0;
    }
}

static VOID HyGate(PHY_EXTENSION Ext, ULONG Value)
{
    if (Ext->Registers != NULL)
        WRITE_REGISTER_ULONG(&Ext->Registers[HY_REG_CONTROL], Value);
}

/* The opposite of HyStartHardware; nothing happens if nothing is held. */
static VOID HyReleaseHardware(PHY_EXTENSION Ext)
{
    HyUnmapRegisters(Ext);
    HyRingDestroy(Ext);
}

static NTSTATUS HyStartHardware(PHY_EXTENSION Ext, PCM_RESOURCE_LIST Resources)
{
    NTSTATUS status;

    /* A second start comes with other resources. */
    HyReleaseHardware(Ext);

    status = HyMapRegisters(Ext, Resources);
    if (!NT_SUCCESS(status))
        return status;

    status = HyRingCreate(Ext, HY_RING_DEFAULT);
    if (!NT_SUCCESS(status)) {
        HyReleaseHardware(Ext);
        return status;
    }

    HyGate(Ext, HY_CONTROL_ENABLE);
    return STATUS_SUCCESS;
}

static NTSTATUS HyStartDevice(PHY_EXTENSION Ext, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    POWER_STATE power;
    NTSTATUS status;

    if (!IoForwardIrpSynchronously(Ext->Lower, Irp))
        return STATUS_UNSUCCESSFUL;
    status = Irp->IoStatus.Status;
    if (!NT_SUCCESS(status))
        return status;

    status = HyStartHardware(Ext, stack->Parameters.StartDevice.AllocatedResourcesTranslated);
    if (NT_SUCCESS(status)) {
        power.DeviceState = PowerDeviceD0;
        PoSetPowerState(Ext->Self, DevicePowerState, power);
        Ext->DevicePower = PowerDeviceD0;
        HySetState(Ext, HyStarted);
        HyEnableInterface(Ext, TRUE);
    }
    return status;
}

/*
 * The line is gone, its users are not: their handles stay open until they notice, and a
 * request of theirs may be busy in the ring at this moment.
 */
static VOID HySurpriseRemoval(PHY_EXTENSION Ext)
{
    HySetState(Ext, HySurpriseRemoved);
    HyEnableInterface(Ext, FALSE);
    HyUnmapRegisters(Ext);
}

static NTSTATUS HyRemoveDevice(PDEVICE_OBJECT DeviceObject, PHY_EXTENSION Ext, PIRP Irp)
{
    HY_STATE before = Ext->State;
    NTSTATUS status;

    HySetState(Ext, HyRemoved);
    IoReleaseRemoveLockAndWait(&Ext->RemoveLock, Irp);

    if (before != HySurpriseRemoved) {
        HyEnableInterface(Ext, FALSE);
        HyGate(Ext, 0);
        HyReleaseHardware(Ext);
    }
    HyFreeIdentity(Ext);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Ext->Lower, Irp);

    IoDetachDevice(Ext->Lower);
    IoDeleteDevice(DeviceObject);
    return status; /* leak62: LeakOnUnloadPath */
}

NTSTATUS HyPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PHY_EXTENSION ext = (PHY_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return HyComplete(Irp, status, 0);

    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
        status = HyStartDevice(ext, Irp);
        HyComplete(Irp, status, 0);
        IoReleaseRemoveLock(&ext->RemoveLock, Irp);
        return status;

    case IRP_MN_REMOVE_DEVICE:
        return HyRemoveDevice(DeviceObject, ext, Irp);

    case IRP_MN_SURPRISE_REMOVAL:
        HySurpriseRemoval(ext);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
        HySetState(ext, stack->MinorFunction == IRP_MN_QUERY_STOP_DEVICE ? HyStopPending
                                                                         : HyRemovePending);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        HyRestoreState(ext);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    case IRP_MN_STOP_DEVICE:
        HySetState(ext, HyStopped);
        HyGate(ext, 0);
        HyReleaseHardware(ext);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    default:
        break;
    }

    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(ext->Lower, Irp);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}

NTSTATUS HyPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PHY_EXTENSION ext = (PHY_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status)) {
        PoStartNextPowerIrp(Irp);
        return HyComplete(Irp, status, 0);
    }

    if (stack->MinorFunction == IRP_MN_SET_POWER &&
        stack->Parameters.Power.Type == DevicePowerState &&
        stack->Parameters.Power.State.DeviceState != ext->DevicePower) {
        ext->DevicePower = stack->Parameters.Power.State.DeviceState;
        PoSetPowerState(DeviceObject, DevicePowerState, stack->Parameters.Power.State);
    }

    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(ext->Lower, Irp);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}
