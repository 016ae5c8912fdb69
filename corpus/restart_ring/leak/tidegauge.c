/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * TideGauge's dispatch: a table of routines by major function.
 */
#include "tidegauge.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE GaugeAdd;
static DRIVER_UNLOAD GaugeUnload;
static DRIVER_DISPATCH GaugeDispatch;

typedef NTSTATUS (*GAUGE_HANDLER)(PDEVICE_OBJECT, TG_DEVICE *, PIRP, PIO_STACK_LOCATION);

/* Handlers complete the IRP or pass it on; the remove lock is theirs to release. */
static NTSTATUS Done(TG_DEVICE *Gauge, PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    IoReleaseRemoveLock(&Gauge->Gone, Irp);
    return Status;
}

static NTSTATUS PassOn(TG_DEVICE *Gauge, PIRP Irp)
{
    NTSTATUS status;

    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Gauge->Lower, Irp);
    IoReleaseRemoveLock(&Gauge->Gone, Irp);
    return status;
}

static ULONG ReadingsFor(PCM_RESOURCE_LIST List)
{
    PCM_PARTIAL_RESOURCE_DESCRIPTOR d;
    ULONG i;

    if (List == NULL || List->Count == 0)
        return 0;
    for (i = 0; i < List->List[0].PartialResourceList.Count; i++) {
        d = &List->List[0].PartialResourceList.PartialDescriptors[i];
        if (d->Type == CmResourceTypeMemory)
            return min(d->u.Memory.Length / 16, 4096);
    }
    return 0;
}

static NTSTATUS OnPnp(PDEVICE_OBJECT Device, TG_DEVICE *Gauge, PIRP Irp, PIO_STACK_LOCATION Sp)
{
    NTSTATUS status;

    switch (Sp->MinorFunction) {
    case IRP_MN_START_DEVICE:
        if (!IoForwardIrpSynchronously(Gauge->Lower, Irp))
            return Done(Gauge, Irp, STATUS_UNSUCCESSFUL, 0);
        status = Irp->IoStatus.Status;
        if (NT_SUCCESS(status)) {
            Sp = IoGetCurrentIrpStackLocation(Irp);
            status = RingBuild(Gauge,
                               ReadingsFor(Sp->Parameters.StartDevice.AllocatedResources));
        }
        if (NT_SUCCESS(status))
            Gauge->Live = TRUE;
        return Done(Gauge, Irp, status, 0);

    case IRP_MN_STOP_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
        /* The readings may still be asked for until the next start. */
        Gauge->Live = FALSE;
        Irp->IoStatus.Status = STATUS_SUCCESS;
        return PassOn(Gauge, Irp);

    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        return PassOn(Gauge, Irp);

    case IRP_MN_REMOVE_DEVICE:
        Gauge->Live = FALSE;
        Irp->IoStatus.Status = STATUS_SUCCESS;
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(Gauge->Lower, Irp);
        IoReleaseRemoveLockAndWait(&Gauge->Gone, Irp);
        RingDiscard(Gauge);
        IoDetachDevice(Gauge->Lower);
        IoDeleteDevice(Device);
        return status;
    }
    return PassOn(Gauge, Irp);
}

static NTSTATUS OnPower(PDEVICE_OBJECT Device, TG_DEVICE *Gauge, PIRP Irp, PIO_STACK_LOCATION Sp)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Sp);

    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(Gauge->Lower, Irp);
    IoReleaseRemoveLock(&Gauge->Gone, Irp);
    return status;
}

static NTSTATUS OnOpenClose(PDEVICE_OBJECT Device, TG_DEVICE *Gauge, PIRP Irp,
                            PIO_STACK_LOCATION Sp)
{
    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Sp);

    return Done(Gauge, Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS OnWrite(PDEVICE_OBJECT Device, TG_DEVICE *Gauge, PIRP Irp, PIO_STACK_LOCATION Sp)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Device);

    if (!Gauge->Live || Sp->Parameters.Write.Length != sizeof(LONG))
        return Done(Gauge, Irp, STATUS_INVALID_PARAMETER, 0);
    status = RingNote(Gauge, *(LONG *)Irp->AssociatedIrp.SystemBuffer);
    return Done(Gauge, Irp, status, NT_SUCCESS(status) ? sizeof(LONG) : 0);
}

static NTSTATUS OnRead(PDEVICE_OBJECT Device, TG_DEVICE *Gauge, PIRP Irp, PIO_STACK_LOCATION Sp)
{
    ULONG room = Sp->Parameters.Read.Length / sizeof(TG_READING);

    UNREFERENCED_PARAMETER(Device);

    room = room ? RingCopy(Gauge, Irp->AssociatedIrp.SystemBuffer, room) : 0;
    return Done(Gauge, Irp, STATUS_SUCCESS, room * sizeof(TG_READING));
}

static const struct {
    UCHAR Major;
    GAUGE_HANDLER Handler;
} GaugeHandlers[] = {
    { IRP_MJ_CREATE, OnOpenClose }, { IRP_MJ_CLEANUP, OnOpenClose }, { IRP_MJ_CLOSE, OnOpenClose },
    { IRP_MJ_READ, OnRead },        { IRP_MJ_WRITE, OnWrite },       { IRP_MJ_PNP, OnPnp },
    { IRP_MJ_POWER, OnPower },
};

static NTSTATUS GaugeDispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    TG_DEVICE *gauge = Device->DeviceExtension;
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;
    ULONG i;

    status = IoAcquireRemoveLock(&gauge->Gone, Irp);
    if (!NT_SUCCESS(status)) {
        if (sp->MajorFunction == IRP_MJ_POWER)
            PoStartNextPowerIrp(Irp);
        Irp->IoStatus.Status = status;
        Irp->IoStatus.Information = 0;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    for (i = 0; i < ARRAYSIZE(GaugeHandlers); i++) {
        if (GaugeHandlers[i].Major == sp->MajorFunction)
            return GaugeHandlers[i].Handler(Device, gauge, Irp, sp);
    }
    return PassOn(gauge, Irp);
}

static NTSTATUS GaugeAdd(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    TG_DEVICE *gauge;
    NTSTATUS status;

    status = IoCreateDevice(Driver, sizeof(TG_DEVICE), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;
    gauge = device->DeviceExtension;
    RtlZeroMemory(gauge, sizeof(*gauge));
    IoInitializeRemoveLock(&gauge->Gone, TG_TAG, 0, 0);
    ExInitializeFastMutex(&gauge->RingMutex);

    gauge->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    if (gauge->Lower == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID GaugeUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    ULONG major;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++)
        Driver->MajorFunction[major] = GaugeDispatch;
    Driver->DriverExtension->AddDevice = GaugeAdd;
    Driver->DriverUnload = GaugeUnload;
    return STATUS_SUCCESS;
}
