/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Plug and Play and power of the sensor driver.
 */
#include "sensor.h"

static VOID SensorReset(PSENSOR_FDO fdo)
{
    KIRQL irql;

    KeAcquireSpinLock(&fdo->SampleLock, &irql);
    fdo->Count = 0;
    KeReleaseSpinLock(&fdo->SampleLock, irql);
}

static NTSTATUS SensorStart(PSENSOR_FDO fdo)
{
    if (fdo->Samples == NULL) {
        fdo->Samples = ExAllocatePoolWithTag(NonPagedPool, SENSOR_SAMPLES * sizeof(ULONG),
                                             SENSOR_TAG);
        if (fdo->Samples == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    SensorReset(fdo);
    fdo->State = SensorStarted;
    return STATUS_SUCCESS;
}

NTSTATUS SensorPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PSENSOR_FDO fdo = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(Irp);
    SENSOR_STATE before;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&fdo->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return SensorComplete(Irp, status, 0);

    switch (sp->MinorFunction) {
    case IRP_MN_START_DEVICE:
        status = STATUS_UNSUCCESSFUL;
        if (IoForwardIrpSynchronously(fdo->Lower, Irp))
            status = Irp->IoStatus.Status;
        if (NT_SUCCESS(status))
            status = SensorStart(fdo);
        SensorComplete(Irp, status, 0);
        IoReleaseRemoveLock(&fdo->RemoveLock, Irp);
        return status;

    case IRP_MN_STOP_DEVICE:
        fdo->State = SensorStopped;
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    case IRP_MN_SURPRISE_REMOVAL:
        fdo->State = SensorSurpriseRemoved;
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    case IRP_MN_REMOVE_DEVICE:
        before = fdo->State;
        fdo->State = SensorRemoved;
        IoReleaseRemoveLockAndWait(&fdo->RemoveLock, Irp);

        Irp->IoStatus.Status = STATUS_SUCCESS;
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(fdo->Lower, Irp);
        IoDetachDevice(fdo->Lower);

        /* Hardware that was pulled out needs no reset. */
        if (before != SensorSurpriseRemoved)
            SensorReset(fdo);
        if (fdo->Samples != NULL)
            ExFreePoolWithTag(fdo->Samples, SENSOR_TAG);
        IoDeleteDevice(DeviceObject);
        return status;

    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    default:
        break;
    }

    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(fdo->Lower, Irp);
    IoReleaseRemoveLock(&fdo->RemoveLock, Irp);
    return status;
}

NTSTATUS SensorPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PSENSOR_FDO fdo = DeviceObject->DeviceExtension;

    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(fdo->Lower, Irp);
}
