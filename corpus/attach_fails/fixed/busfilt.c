/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Lower filter that counts the requests of each major function that pass through a device
 * and prints the counts when the device goes.
 */
#include <wdm.h>

#define BF_TAG 'tlFB'

typedef struct _BF_STATS {
    LONG Passed[IRP_MJ_MAXIMUM_FUNCTION + 1];
} BF_STATS, *PBF_STATS;

typedef struct _BF_DEVICE {
    PDEVICE_OBJECT Below;
    PBF_STATS Stats;
    IO_REMOVE_LOCK Lock;
} BF_DEVICE, *PBF_DEVICE;

DRIVER_INITIALIZE DriverEntry;
DRIVER_ADD_DEVICE BfAddDevice;
DRIVER_DISPATCH BfDispatch;
DRIVER_UNLOAD BfUnload;

static PVOID BfAlloc(SIZE_T Bytes)
{
    PVOID p = ExAllocatePoolWithTag(NonPagedPool, Bytes, BF_TAG);

    if (p)
        RtlZeroMemory(p, Bytes);
    return p;
}

static VOID BfFree(PVOID p)
{
    ExFreePoolWithTag(p, BF_TAG);
}

static VOID BfPrint(PBF_STATS Stats)
{
    ULONG i;

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        if (Stats->Passed[i])
            DbgPrint("busfilt: %02lx %ld\n", i, Stats->Passed[i]);
    }
}

static NTSTATUS BfRemove(PDEVICE_OBJECT Self, PIRP Irp)
{
    PBF_DEVICE bf = (PBF_DEVICE)Self->DeviceExtension;
    NTSTATUS status;

    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(bf->Below, Irp);
    IoReleaseRemoveLockAndWait(&bf->Lock, Irp);

    IoDetachDevice(bf->Below);
    BfPrint(bf->Stats);
    BfFree(bf->Stats);
    IoDeleteDevice(Self);
    return status;
}

NTSTATUS BfDispatch(PDEVICE_OBJECT Self, PIRP Irp)
{
    PBF_DEVICE bf = (PBF_DEVICE)Self->DeviceExtension;
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    status = IoAcquireRemoveLock(&bf->Lock, Irp);
    if (!NT_SUCCESS(status)) {
        if (sp->MajorFunction == IRP_MJ_POWER)
            PoStartNextPowerIrp(Irp);
        Irp->IoStatus.Status = status;
        Irp->IoStatus.Information = 0;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }

    InterlockedIncrement(&bf->Stats->Passed[sp->MajorFunction]);

    if (sp->MajorFunction == IRP_MJ_PNP && sp->MinorFunction == IRP_MN_REMOVE_DEVICE)
        return BfRemove(Self, Irp);

    if (sp->MajorFunction == IRP_MJ_POWER) {
        PoStartNextPowerIrp(Irp);
        IoSkipCurrentIrpStackLocation(Irp);
        status = PoCallDriver(bf->Below, Irp);
    } else {
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(bf->Below, Irp);
    }
    IoReleaseRemoveLock(&bf->Lock, Irp);
    return status;
}

NTSTATUS BfAddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT self;
    PBF_DEVICE bf;
    NTSTATUS status;

    status = IoCreateDevice(Driver, sizeof(BF_DEVICE), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                            &self);
    if (!NT_SUCCESS(status))
        return status;

    bf = (PBF_DEVICE)self->DeviceExtension;
    IoInitializeRemoveLock(&bf->Lock, BF_TAG, 0, 0);

    bf->Stats = (PBF_STATS)BfAlloc(sizeof(BF_STATS));
    if (!bf->Stats) {
        IoDeleteDevice(self);
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    bf->Below = IoAttachDeviceToDeviceStack(self, Pdo);
    if (!bf->Below) {
        BfFree(bf->Stats);
        IoDeleteDevice(self);
        return STATUS_NO_SUCH_DEVICE;
    }

    self->DeviceType = bf->Below->DeviceType;
    self->Flags |= bf->Below->Flags & (DO_DIRECT_IO | DO_BUFFERED_IO | DO_POWER_PAGABLE);
    self->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

VOID BfUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        Driver->MajorFunction[i] = BfDispatch;
    Driver->DriverExtension->AddDevice = BfAddDevice;
    Driver->DriverUnload = BfUnload;
    return STATUS_SUCCESS;
}
