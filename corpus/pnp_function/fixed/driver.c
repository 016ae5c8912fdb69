/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * driver.c - loading, adding a device, the names that a device carries.
 */
#include "halyard.h"

static const GUID HyInterfaceGuid = {
    0x6f1b8c40, 0x39d2, 0x4b7e, {0x8d, 0x11, 0x52, 0x0c, 0x77, 0xe9, 0xa3, 0x1f}};

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    DriverObject->MajorFunction[IRP_MJ_CREATE] = HyCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = HyCreateClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = HyReadWrite;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = HyReadWrite;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = HyDeviceControl;
    DriverObject->MajorFunction[IRP_MJ_PNP] = HyPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = HyPower;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = HyForward;
    DriverObject->DriverExtension->AddDevice = HyAddDevice;
    DriverObject->DriverUnload = HyUnload;
    return STATUS_SUCCESS;
}

VOID HyUnload(PDRIVER_OBJECT DriverObject)
{
    /* Each device has cleaned up after itself in IRP_MN_REMOVE_DEVICE. */
    UNREFERENCED_PARAMETER(DriverObject);
    NT_ASSERT(DriverObject->DeviceObject == NULL);
}

NTSTATUS HyComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* WMI is for those below. */
NTSTATUS HyForward(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PHY_EXTENSION ext = (PHY_EXTENSION)DeviceObject->DeviceExtension;

    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(ext->Lower, Irp);
}

/* Takes a copy of the text as the label of the device. */
NTSTATUS HySetLabel(PHY_EXTENSION Ext, const VOID *Text, ULONG Length)
{
    PWCHAR fresh;
    PWCHAR stale;

    if (Length == 0 || Length > HY_LABEL_MAX || (Length % sizeof(WCHAR)) != 0)
        return STATUS_INVALID_PARAMETER;

    fresh = (PWCHAR)ExAllocatePoolWithTag(PagedPool, Length, HY_TAG);
    if (fresh == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(fresh, Text, Length);

    ExAcquireFastMutex(&Ext->Lock);
    stale = Ext->Label;
    Ext->Label = fresh;
    Ext->LabelLength = Length;
    ExReleaseFastMutex(&Ext->Lock);

    if (stale != NULL)
        ExFreePoolWithTag(stale, HY_TAG);
    return STATUS_SUCCESS;
}

/* The label that the device's key in the registry proposes, if it does. */
static VOID HyReadLabel(PHY_EXTENSION Ext)
{
    PKEY_VALUE_PARTIAL_INFORMATION info = NULL;
    UNICODE_STRING valueName;
    HANDLE key;
    ULONG needed = 0;
    NTSTATUS status;

    status = IoOpenDeviceRegistryKey(Ext->Pdo, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key);
    if (!NT_SUCCESS(status))
        return;

    RtlInitUnicodeString(&valueName, L"LineLabel");
    status = ZwQueryValueKey(key, &valueName, KeyValuePartialInformation, NULL, 0, &needed);
    if (status != STATUS_BUFFER_TOO_SMALL && status != STATUS_BUFFER_OVERFLOW)
        goto Done;

    info = (PKEY_VALUE_PARTIAL_INFORMATION)ExAllocatePoolWithTag(PagedPool, needed, HY_TAG);
    if (info == NULL)
        goto Done;

    status = ZwQueryValueKey(key, &valueName, KeyValuePartialInformation, info, needed, &needed);
    if (NT_SUCCESS(status) && info->Type == REG_SZ)
        (VOID)HySetLabel(Ext, info->Data, info->DataLength);

Done:
    if (info != NULL)
        ExFreePoolWithTag(info, HY_TAG);
    ZwClose(key);
}

/* Gives back what HyAddDevice and HySetLabel have put into the extension. */
VOID HyFreeIdentity(PHY_EXTENSION Ext)
{
    if (Ext->Label != NULL) {
        ExFreePoolWithTag(Ext->Label, HY_TAG);
        Ext->Label = NULL;
        Ext->LabelLength = 0;
    }
    RtlFreeUnicodeString(&Ext->InterfaceName);
}

NTSTATUS HyAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    PDEVICE_OBJECT fdo;
    PHY_EXTENSION ext;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(HY_EXTENSION), NULL, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &fdo);
    if (!NT_SUCCESS(status))
        return status;

    ext = (PHY_EXTENSION)fdo->DeviceExtension;
    RtlZeroMemory(ext, sizeof(HY_EXTENSION));
    ext->Self = fdo;
    ext->Pdo = PhysicalDeviceObject;
    ext->State = HyAdded;
    ext->PreviousState = HyAdded;
    ext->DevicePower = PowerDeviceD3;
    ExInitializeFastMutex(&ext->Lock);
    IoInitializeRemoveLock(&ext->RemoveLock, HY_TAG, 0, 0);

    ext->Lower = IoAttachDeviceToDeviceStack(fdo, PhysicalDeviceObject);
    if (ext->Lower == NULL) {
        IoDeleteDevice(fdo);
        return STATUS_NO_SUCH_DEVICE;
    }

    status = IoRegisterDeviceInterface(PhysicalDeviceObject, &HyInterfaceGuid, NULL,
                                       &ext->InterfaceName);
    if (!NT_SUCCESS(status)) {
        IoDetachDevice(ext->Lower);
        IoDeleteDevice(fdo);
        return status;
    }

    HyReadLabel(ext);

    fdo->Flags |= DO_BUFFERED_IO | (ext->Lower->Flags & (DO_POWER_PAGABLE | DO_POWER_INRUSH));
    fdo->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
