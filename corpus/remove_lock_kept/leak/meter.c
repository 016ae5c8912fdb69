/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A PnP filter that counts what is written.  A write of nothing is completed with
 * the remove lock still held: the device can never be removed.
 */
#include <ntddk.h>

#define MET_TAG 'teMr'

typedef struct _MET_EXTENSION {
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    LONG Bytes;
} MET_EXTENSION, *PMET_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE MetAddDevice;
static DRIVER_UNLOAD MetUnload;
static DRIVER_DISPATCH MetPass;
static DRIVER_DISPATCH MetPower;
static DRIVER_DISPATCH MetPnp;
static DRIVER_DISPATCH MetWrite;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = MetPass;
    DriverObject->MajorFunction[IRP_MJ_POWER] = MetPower;
    DriverObject->MajorFunction[IRP_MJ_PNP] = MetPnp;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = MetWrite;
    DriverObject->DriverExtension->AddDevice = MetAddDevice;
    DriverObject->DriverUnload = MetUnload;
    return STATUS_SUCCESS;
}

static VOID MetUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

static NTSTATUS MetAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    PMET_EXTENSION ext;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(MET_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    ext = device->DeviceExtension;
    RtlZeroMemory(ext, sizeof(*ext));
    IoInitializeRemoveLock(&ext->RemoveLock, MET_TAG, 0, 0);
    ext->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    if (ext->Lower == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }

    device->Flags |= ext->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static NTSTATUS MetComplete(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS MetPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PMET_EXTENSION ext = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return MetComplete(Irp, status);
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(ext->Lower, Irp);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}

static NTSTATUS MetPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PMET_EXTENSION ext = DeviceObject->DeviceExtension;

    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(ext->Lower, Irp);
}

static NTSTATUS MetPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PMET_EXTENSION ext = DeviceObject->DeviceExtension;
    NTSTATUS status;

    if (IoGetCurrentIrpStackLocation(Irp)->MinorFunction != IRP_MN_REMOVE_DEVICE)
        return MetPass(DeviceObject, Irp);

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return MetComplete(Irp, status);
    IoReleaseRemoveLockAndWait(&ext->RemoveLock, Irp);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(ext->Lower, Irp);
    IoDetachDevice(ext->Lower);
    IoDeleteDevice(DeviceObject);
    return status;
}

static NTSTATUS MetWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PMET_EXTENSION ext = DeviceObject->DeviceExtension;
    ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
    NTSTATUS status;

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return MetComplete(Irp, status);

    if (length == 0) {
        return MetComplete(Irp, STATUS_INVALID_PARAMETER); /* leak62: RemoveLockLeak */
    }

    InterlockedExchangeAdd(&ext->Bytes, (LONG)length);
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(ext->Lower, Irp);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}
