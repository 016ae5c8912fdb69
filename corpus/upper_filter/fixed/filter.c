/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * filter.c - loading, attaching, PnP and power, and what is merely passed on.
 */
#include "tamarisk.h"

ULONG TmHistoryDepth = TM_DEPTH_DEFAULT;

/*
 * HistoryDepth, a DWORD in the service's key, if it is there.
 */
static VOID TmReadSettings(PUNICODE_STRING RegistryPath)
{
    RTL_QUERY_REGISTRY_TABLE table[2];
    ULONG depth = TM_DEPTH_DEFAULT;
    ULONG initial = TM_DEPTH_DEFAULT;
    PWCHAR path;

    /* The path that is given need not have a zero at its end. */
    path = ExAllocatePoolWithTag(PagedPool, RegistryPath->Length + sizeof(WCHAR), TAG_MISC);
    if (path == NULL)
    {
        return;
    }
    RtlCopyMemory(path, RegistryPath->Buffer, RegistryPath->Length);
    path[RegistryPath->Length / sizeof(WCHAR)] = L'\0';

    RtlZeroMemory(table, sizeof(table));
    table[0].Flags = RTL_QUERY_REGISTRY_DIRECT;
    table[0].Name = L"HistoryDepth";
    table[0].EntryContext = &depth;
    table[0].DefaultType = REG_DWORD;
    table[0].DefaultData = &initial;
    table[0].DefaultLength = sizeof(ULONG);

    if (NT_SUCCESS(RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, path, table, NULL, NULL)) &&
        depth != 0 && depth <= TM_DEPTH_MAX)
    {
        TmHistoryDepth = depth;
    }
    ExFreePoolWithTag(path, TAG_MISC);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG i;

    TmReadSettings(RegistryPath);

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
    {
        DriverObject->MajorFunction[i] = TmPass;
    }
    DriverObject->MajorFunction[IRP_MJ_CREATE] = TmCreate;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = TmCleanup;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = TmClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = TmRead;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = TmDeviceControl;
    DriverObject->MajorFunction[IRP_MJ_PNP] = TmPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = TmPower;
    DriverObject->DriverExtension->AddDevice = TmAddDevice;
    DriverObject->DriverUnload = TmUnload;
    return STATUS_SUCCESS;
}

VOID TmUnload(PDRIVER_OBJECT DriverObject)
{
    /* The devices are gone before the driver goes. */
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS TmAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    PDEVICE_OBJECT filter;
    PTM_EXTENSION ext;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(TM_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0,
                            FALSE, &filter);
    if (!NT_SUCCESS(status))
    {
        return status;
    }

    ext = (PTM_EXTENSION)filter->DeviceExtension;
    RtlZeroMemory(ext, sizeof(TM_EXTENSION));
    ext->Self = filter;
    KeInitializeSpinLock(&ext->MaskLock);
    IoInitializeRemoveLock(&ext->RemoveLock, TAG_MISC, 0, 0);

    ext->Lower = IoAttachDeviceToDeviceStack(filter, PhysicalDeviceObject);
    if (ext->Lower == NULL)
    {
        IoDeleteDevice(filter);
        return STATUS_DEVICE_NOT_CONNECTED;
    }

    filter->DeviceType = ext->Lower->DeviceType;
    filter->Characteristics = ext->Lower->Characteristics;
    filter->Flags |= ext->Lower->Flags &
                     (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE | DO_POWER_INRUSH);
    filter->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

NTSTATUS TmComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS TmSignal(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    if (Irp->PendingReturned)
    {
        KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
    }
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/*
 * Sends the request down and gets it back; the caller completes it.
 */
NTSTATUS TmForwardAndWait(PTM_EXTENSION Ext, PIRP Irp)
{
    KEVENT done;
    NTSTATUS status;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, TmSignal, &done, TRUE, TRUE, TRUE);

    status = IoCallDriver(Ext->Lower, Irp);
    if (status == STATUS_PENDING)
    {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = Irp->IoStatus.Status;
    }
    return status;
}

NTSTATUS TmPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTM_EXTENSION ext = (PTM_EXTENSION)DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
    {
        return TmComplete(Irp, status, 0);
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(ext->Lower, Irp);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}

NTSTATUS TmPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTM_EXTENSION ext = (PTM_EXTENSION)DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);

    PoStartNextPowerIrp(Irp);
    if (!NT_SUCCESS(status))
    {
        return TmComplete(Irp, status, 0);
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(ext->Lower, Irp);
    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}

NTSTATUS TmPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTM_EXTENSION ext = (PTM_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    status = IoAcquireRemoveLock(&ext->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
    {
        return TmComplete(Irp, status, 0);
    }

    switch (stack->MinorFunction)
    {
    case IRP_MN_START_DEVICE:
        status = TmForwardAndWait(ext, Irp);
        if (NT_SUCCESS(status) && (ext->Lower->Characteristics & FILE_REMOVABLE_MEDIA))
        {
            /* The driver below says so only now. */
            DeviceObject->Characteristics |= FILE_REMOVABLE_MEDIA;
        }
        TmComplete(Irp, status, Irp->IoStatus.Information);
        break;

    case IRP_MN_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(ext->Lower, Irp);

        IoReleaseRemoveLockAndWait(&ext->RemoveLock, Irp);
        TmSetMask(ext, NULL, 0);
        IoDetachDevice(ext->Lower);
        IoDeleteDevice(DeviceObject);
        return status;

    default:
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(ext->Lower, Irp);
        break;
    }

    IoReleaseRemoveLock(&ext->RemoveLock, Irp);
    return status;
}
