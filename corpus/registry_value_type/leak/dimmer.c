/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The control device of Dimmer: a write of one ULONG sets the level, a read gets it.
 */
#include "dimmer.h"

typedef struct dimmer_device {
    dimmer_limits limits;
    volatile LONG level;
} dimmer_device;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD dimmer_unload;
static DRIVER_DISPATCH dimmer_dispatch;

static NTSTATUS finish(PIRP irp, NTSTATUS status, ULONG_PTR info)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = info;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS dimmer_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    dimmer_device *dimmer = device->DeviceExtension;
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(irp);
    ULONG *buffer = irp->AssociatedIrp.SystemBuffer;
    ULONG wanted;

    switch (sp->MajorFunction) {
    case IRP_MJ_CREATE:
    case IRP_MJ_CLEANUP:
    case IRP_MJ_CLOSE:
        return finish(irp, STATUS_SUCCESS, 0);

    case IRP_MJ_READ:
        if (sp->Parameters.Read.Length < sizeof(ULONG))
            return finish(irp, STATUS_BUFFER_TOO_SMALL, 0);
        *buffer = (ULONG)dimmer->level;
        return finish(irp, STATUS_SUCCESS, sizeof(ULONG));

    case IRP_MJ_WRITE:
        if (sp->Parameters.Write.Length != sizeof(ULONG))
            return finish(irp, STATUS_INVALID_PARAMETER, 0);
        wanted = *buffer - *buffer % dimmer->limits.step;
        if (wanted < dimmer->limits.lowest)
            wanted = dimmer->limits.lowest;
        if (wanted > dimmer->limits.highest)
            wanted = dimmer->limits.highest;
        InterlockedExchange(&dimmer->level, (LONG)wanted);
        return finish(irp, STATUS_SUCCESS, sizeof(ULONG));
    }
    return finish(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
}

static VOID dimmer_unload(PDRIVER_OBJECT driver)
{
    IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    dimmer_device *dimmer;
    NTSTATUS status;
    int i;

    RtlInitUnicodeString(&name, L"\\Device\\Dimmer0");
    status = IoCreateDevice(driver, sizeof(dimmer_device), &name, FILE_DEVICE_UNKNOWN, 0, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;

    dimmer = device->DeviceExtension;
    settings_load(registry_path, &dimmer->limits);
    dimmer->level = (LONG)dimmer->limits.lowest;
    device->Flags |= DO_BUFFERED_IO;

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = dimmer_dispatch;
    driver->DriverUnload = dimmer_unload;
    return STATUS_SUCCESS;
}
