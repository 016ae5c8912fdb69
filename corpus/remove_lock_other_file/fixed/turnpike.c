/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A PnP filter that counts reads.  The remove lock is released where the request leaves:
 * after a call, by a helper in another file or by that helper's completion routine.
 */
#include "turnpike.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE TpkAddDevice;
static DRIVER_UNLOAD TpkUnload;
static DRIVER_DISPATCH TpkPass;
static DRIVER_DISPATCH TpkPower;
static DRIVER_DISPATCH TpkPnp;
static DRIVER_DISPATCH TpkRead;
static DRIVER_DISPATCH TpkWrite;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = TpkPass;
    DriverObject->MajorFunction[IRP_MJ_POWER] = TpkPower;
    DriverObject->MajorFunction[IRP_MJ_PNP] = TpkPnp;
    DriverObject->MajorFunction[IRP_MJ_READ] = TpkRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = TpkWrite;
    DriverObject->DriverExtension->AddDevice = TpkAddDevice;
    DriverObject->DriverUnload = TpkUnload;
    return STATUS_SUCCESS;
}

static VOID TpkUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

static NTSTATUS TpkAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    PTPK_EXTENSION ext;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(TPK_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    ext = device->DeviceExtension;
    RtlZeroMemory(ext, sizeof(*ext));
    IoInitializeRemoveLock(&ext->RemoveLock, TPK_TAG, 0, 0);
    ext->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    if (ext->Lower == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }

    device->Flags |= ext->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static NTSTATUS TpkRefuse(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS TpkPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTPK_EXTENSION ext = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return TpkRefuse(Irp, status);
    status = TpkPassDown(ext, Irp);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}

static NTSTATUS TpkPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTPK_EXTENSION ext = DeviceObject->DeviceExtension;

    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(ext->Lower, Irp);
}

static NTSTATUS TpkPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTPK_EXTENSION ext = DeviceObject->DeviceExtension;
    NTSTATUS status;

    if (IoGetCurrentIrpStackLocation(Irp)->MinorFunction != IRP_MN_REMOVE_DEVICE)
        return TpkPass(DeviceObject, Irp);

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return TpkRefuse(Irp, status);
    IoReleaseRemoveLockAndWait(&ext->RemoveLock, Irp);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(ext->Lower, Irp);
    IoDetachDevice(ext->Lower);
    IoDeleteDevice(DeviceObject);
    return status;
}

static NTSTATUS TpkRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTPK_EXTENSION ext = DeviceObject->DeviceExtension;
    ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return TpkRefuse(Irp, status);
    if (length == 0)
        return TpkFinish(ext, Irp, STATUS_INVALID_PARAMETER);
    if (length > 4096) {
        status = TpkPassDown(ext, Irp);
        IoReleaseRemoveLock(&ext->RemoveLock, Irp);
        return status;
    }
    return TpkWatch(ext, Irp);
}

static NTSTATUS TpkWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTPK_EXTENSION ext = DeviceObject->DeviceExtension;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return TpkRefuse(Irp, status);
    status = TpkPassDown(ext, Irp);
    if (!NT_SUCCESS(status))
        InterlockedIncrement(&ext->Failed);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}
