/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Sensor driver: load, AddDevice and the requests of applications.
 */
#include "sensor.h"

NTSTATUS SensorComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Info)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Info;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS SensorCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return SensorComplete(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS SensorControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PSENSOR_FDO fdo = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(Irp);
    PULONG value = Irp->AssociatedIrp.SystemBuffer;
    ULONG_PTR info = 0;
    NTSTATUS status;
    KIRQL irql;

    status = IoAcquireRemoveLock(&fdo->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return SensorComplete(Irp, status, 0);

    if (fdo->State != SensorStarted) {
        status = STATUS_DEVICE_NOT_READY;
    } else {
        KeAcquireSpinLock(&fdo->SampleLock, &irql);
        if (sp->Parameters.DeviceIoControl.IoControlCode == IOCTL_SENSOR_PUSH &&
            sp->Parameters.DeviceIoControl.InputBufferLength >= sizeof(ULONG)) {
            if (fdo->Count < SENSOR_SAMPLES)
                fdo->Samples[fdo->Count++] = *value;
            else
                status = STATUS_BUFFER_OVERFLOW;
        } else if (sp->Parameters.DeviceIoControl.IoControlCode == IOCTL_SENSOR_PULL &&
                   sp->Parameters.DeviceIoControl.OutputBufferLength >= sizeof(ULONG)) {
            if (fdo->Count != 0) {
                *value = fdo->Samples[--fdo->Count];
                info = sizeof(ULONG);
            } else {
                status = STATUS_NO_MORE_ENTRIES;
            }
        } else {
            status = STATUS_INVALID_PARAMETER;
        }
        KeReleaseSpinLock(&fdo->SampleLock, irql);
    }

    SensorComplete(Irp, status, info);
    IoReleaseRemoveLock(&fdo->RemoveLock, Irp);
    return status;
}

static NTSTATUS SensorAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    PSENSOR_FDO fdo;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(SENSOR_FDO), NULL, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    fdo = device->DeviceExtension;
    RtlZeroMemory(fdo, sizeof(*fdo));
    fdo->State = SensorNotStarted;
    KeInitializeSpinLock(&fdo->SampleLock);
    IoInitializeRemoveLock(&fdo->RemoveLock, SENSOR_TAG, 0, 0);
    fdo->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    if (fdo->Lower == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID SensorUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    DriverObject->MajorFunction[IRP_MJ_CREATE] = SensorCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = SensorCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = SensorControl;
    DriverObject->MajorFunction[IRP_MJ_PNP] = SensorPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = SensorPower;
    DriverObject->DriverExtension->AddDevice = SensorAddDevice;
    DriverObject->DriverUnload = SensorUnload;
    return STATUS_SUCCESS;
}
