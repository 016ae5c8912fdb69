/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Attaching, passing on, going away.
 */
#include "lathe.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE lathe_add;
static DRIVER_DISPATCH lathe_pass, lathe_write, lathe_pnp, lathe_power;
static DRIVER_UNLOAD lathe_unload;

static NTSTATUS lathe_refuse(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS lathe_pass(PDEVICE_OBJECT device, PIRP irp)
{
    struct lathe *lathe = device->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&lathe->removal, irp);

    if (!NT_SUCCESS(status))
        return lathe_refuse(irp, status);
    IoSkipCurrentIrpStackLocation(irp);
    status = IoCallDriver(lathe->below, irp);
    IoReleaseRemoveLock(&lathe->removal, irp);
    return status;
}

static NTSTATUS lathe_write(PDEVICE_OBJECT device, PIRP irp)
{
    struct lathe *lathe = device->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&lathe->removal, irp);

    if (!NT_SUCCESS(status))
        return lathe_refuse(irp, status);
    lathe_note_write(lathe, IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length);
    IoSkipCurrentIrpStackLocation(irp);
    status = IoCallDriver(lathe->below, irp);
    IoReleaseRemoveLock(&lathe->removal, irp);
    return status;
}

static NTSTATUS lathe_power(PDEVICE_OBJECT device, PIRP irp)
{
    struct lathe *lathe = device->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&lathe->removal, irp);

    PoStartNextPowerIrp(irp);
    if (!NT_SUCCESS(status))
        return lathe_refuse(irp, status);
    IoSkipCurrentIrpStackLocation(irp);
    status = PoCallDriver(lathe->below, irp);
    IoReleaseRemoveLock(&lathe->removal, irp);
    return status;
}

static NTSTATUS lathe_pnp(PDEVICE_OBJECT device, PIRP irp)
{
    struct lathe *lathe = device->DeviceExtension;
    NTSTATUS status;

    if (IoGetCurrentIrpStackLocation(irp)->MinorFunction != IRP_MN_REMOVE_DEVICE)
        return lathe_pass(device, irp);

    status = IoAcquireRemoveLock(&lathe->removal, irp);
    if (!NT_SUCCESS(status))
        return lathe_refuse(irp, status);
    IoSkipCurrentIrpStackLocation(irp);
    status = IoCallDriver(lathe->below, irp);
    IoReleaseRemoveLockAndWait(&lathe->removal, irp);
    lathe_notes_close(lathe);
    IoDetachDevice(lathe->below);
    IoDeleteDevice(device);
    return status;
}

static NTSTATUS lathe_add(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
    PDEVICE_OBJECT device;
    struct lathe *lathe;
    NTSTATUS status;

    status = IoCreateDevice(driver, sizeof(struct lathe), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;

    lathe = device->DeviceExtension;
    RtlZeroMemory(lathe, sizeof(*lathe));
    lathe->self = device;
    IoInitializeRemoveLock(&lathe->removal, LATHE_TAG, 0, 0);

    status = lathe_notes_open(lathe);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    lathe->below = IoAttachDeviceToDeviceStack(device, pdo);
    if (lathe->below == NULL) {
        IoFreeWorkItem(lathe->reporter);
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE; /* leak62: LeakOnFailedLoad */
    }

    device->Flags |= lathe->below->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
    device->DeviceType = lathe->below->DeviceType;
    device->Characteristics = lathe->below->Characteristics;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID lathe_unload(PDRIVER_OBJECT driver)
{
    UNREFERENCED_PARAMETER(driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
    int i;

    UNREFERENCED_PARAMETER(registry_path);

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = lathe_pass;
    driver->MajorFunction[IRP_MJ_WRITE] = lathe_write;
    driver->MajorFunction[IRP_MJ_PNP] = lathe_pnp;
    driver->MajorFunction[IRP_MJ_POWER] = lathe_power;
    driver->DriverExtension->AddDevice = lathe_add;
    driver->DriverUnload = lathe_unload;
    return STATUS_SUCCESS;
}
