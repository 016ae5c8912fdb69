/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Upper filter that measures how long the reads of a device take.  A read that finds no
 * memory for its measurement passes unmeasured.
 */
#include <wdm.h>

#define RDTM_TAG 'mTdR'

typedef struct _RDTM_DEVICE
{
    PDEVICE_OBJECT  Below;
    IO_REMOVE_LOCK  RemoveLock;
    LONG            Reads;
    LONG            Failures;
    volatile LONG   Slowest;
} RDTM_DEVICE, *PRDTM_DEVICE;

typedef struct _RDTM_MARK
{
    LARGE_INTEGER   Begun;
    ULONG           Length;
} RDTM_MARK, *PRDTM_MARK;

static VOID RdtmNote(PRDTM_DEVICE Rd, LONG Ticks)
{
    LONG seen = Rd->Slowest;

    while (Ticks > seen)
    {
        LONG was = InterlockedCompareExchange(&Rd->Slowest, Ticks, seen);

        if (was == seen)
            break;
        seen = was;
    }
}

static NTSTATUS RdtmReadDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PRDTM_DEVICE rd = DeviceObject->DeviceExtension;
    PRDTM_MARK mark = Context;
    LARGE_INTEGER now;

    if (Irp->PendingReturned)
        IoMarkIrpPending(Irp);

    if (!NT_SUCCESS(Irp->IoStatus.Status))
    {
        InterlockedIncrement(&rd->Failures);
        ExFreePool(mark);
        IoReleaseRemoveLock(&rd->RemoveLock, Irp);
        return STATUS_CONTINUE_COMPLETION;
    }

    KeQueryTickCount(&now);
    RdtmNote(rd, (LONG)(now.QuadPart - mark->Begun.QuadPart));
    InterlockedIncrement(&rd->Reads);
    ExFreePool(mark);
    IoReleaseRemoveLock(&rd->RemoveLock, Irp);
    return STATUS_CONTINUE_COMPLETION;
}

static NTSTATUS RdtmRefuse(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS RdtmRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PRDTM_DEVICE rd = DeviceObject->DeviceExtension;
    PRDTM_MARK mark;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&rd->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return RdtmRefuse(Irp, status);

    mark = ExAllocatePoolWithTag(NonPagedPool, sizeof(RDTM_MARK), RDTM_TAG);
    if (mark == NULL)
    {
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(rd->Below, Irp);
        IoReleaseRemoveLock(&rd->RemoveLock, Irp);
        return status;
    }

    KeQueryTickCount(&mark->Begun);
    mark->Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, RdtmReadDone, mark, TRUE, TRUE, TRUE);
    return IoCallDriver(rd->Below, Irp);
}

static NTSTATUS RdtmPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PRDTM_DEVICE rd = DeviceObject->DeviceExtension;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&rd->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return RdtmRefuse(Irp, status);

    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(rd->Below, Irp);
    IoReleaseRemoveLock(&rd->RemoveLock, Irp);
    return status;
}

static NTSTATUS RdtmPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PRDTM_DEVICE rd = DeviceObject->DeviceExtension;
    NTSTATUS status;

    PoStartNextPowerIrp(Irp);
    status = IoAcquireRemoveLock(&rd->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return RdtmRefuse(Irp, status);

    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(rd->Below, Irp);
    IoReleaseRemoveLock(&rd->RemoveLock, Irp);
    return status;
}

static NTSTATUS RdtmPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PRDTM_DEVICE rd = DeviceObject->DeviceExtension;
    NTSTATUS status;

    if (IoGetCurrentIrpStackLocation(Irp)->MinorFunction != IRP_MN_REMOVE_DEVICE)
        return RdtmPass(DeviceObject, Irp);

    status = IoAcquireRemoveLock(&rd->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return RdtmRefuse(Irp, status);

    IoReleaseRemoveLockAndWait(&rd->RemoveLock, Irp);
    DbgPrint("readtime: %ld reads, %ld failures, slowest %ld ticks\n", rd->Reads, rd->Failures,
             rd->Slowest);
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(rd->Below, Irp);
    IoDetachDevice(rd->Below);
    IoDeleteDevice(DeviceObject);
    return status;
}

static NTSTATUS RdtmAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    PRDTM_DEVICE rd;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(RDTM_DEVICE), NULL, FILE_DEVICE_UNKNOWN, 0,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    rd = device->DeviceExtension;
    RtlZeroMemory(rd, sizeof(*rd));
    IoInitializeRemoveLock(&rd->RemoveLock, RDTM_TAG, 0, 0);
    rd->Below = IoAttachDeviceToDeviceStack(device, Pdo);
    if (rd->Below == NULL)
    {
        IoDeleteDevice(device);
        return STATUS_DEVICE_REMOVED;
    }
    device->DeviceType = rd->Below->DeviceType;
    device->Flags |= rd->Below->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID RdtmUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = RdtmPass;
    DriverObject->MajorFunction[IRP_MJ_READ] = RdtmRead;
    DriverObject->MajorFunction[IRP_MJ_PNP] = RdtmPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = RdtmPower;
    DriverObject->DriverExtension->AddDevice = RdtmAddDevice;
    DriverObject->DriverUnload = RdtmUnload;
    return STATUS_SUCCESS;
}
