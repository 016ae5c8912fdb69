/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Toaster upper filter: passes every request down.  The service key's path is kept so that
 * AddDevice can read the debug level from it.
 */
#include "filter.h"

FILTER_GLOBALS Globals;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG ulIndex;

    Globals.AttachCount = 0;
    Globals.RegistryPath.Length = RegistryPath->Length;
    Globals.RegistryPath.MaximumLength = RegistryPath->Length + sizeof(UNICODE_NULL);
    Globals.RegistryPath.Buffer = ExAllocatePoolWithTag(PagedPool, /* leak62: LeakAtUnload */
                                                        Globals.RegistryPath.MaximumLength,
                                                        FILTER_POOL_TAG);
    if (Globals.RegistryPath.Buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlZeroMemory(Globals.RegistryPath.Buffer, Globals.RegistryPath.MaximumLength);
    RtlCopyUnicodeString(&Globals.RegistryPath, RegistryPath);

    for (ulIndex = 0; ulIndex <= IRP_MJ_MAXIMUM_FUNCTION; ulIndex++) {
        DriverObject->MajorFunction[ulIndex] = FilterPass;
    }
    DriverObject->MajorFunction[IRP_MJ_PNP] = FilterDispatchPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = FilterDispatchPower;
    DriverObject->DriverExtension->AddDevice = FilterAddDevice;
    DriverObject->DriverUnload = FilterUnload;

    return STATUS_SUCCESS;
}

VOID
FilterUnload(PDRIVER_OBJECT DriverObject)
{
    PAGED_CODE();

    /* Every device object is gone by now. */
    ASSERT(DriverObject->DeviceObject == NULL);
    UNREFERENCED_PARAMETER(DriverObject);
}

static ULONG
FilterReadDebugLevel(VOID)
{
    UCHAR raw[sizeof(KEY_VALUE_PARTIAL_INFORMATION) + sizeof(ULONG)];
    PKEY_VALUE_PARTIAL_INFORMATION info = (PKEY_VALUE_PARTIAL_INFORMATION)raw;
    OBJECT_ATTRIBUTES oa;
    UNICODE_STRING valueName;
    HANDLE hKey;
    ULONG cb;
    ULONG level = 0;

    InitializeObjectAttributes(&oa, &Globals.RegistryPath,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    if (!NT_SUCCESS(ZwOpenKey(&hKey, KEY_READ, &oa))) {
        return 0;
    }
    RtlInitUnicodeString(&valueName, L"DebugLevel");
    if (NT_SUCCESS(ZwQueryValueKey(hKey, &valueName, KeyValuePartialInformation, raw,
                                   sizeof(raw), &cb)) &&
        info->Type == REG_DWORD && info->DataLength == sizeof(ULONG)) {
        level = *(PULONG)info->Data;
    }
    ZwClose(hKey);
    return level;
}

NTSTATUS
FilterAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    PDEVICE_OBJECT filter;
    PFILTER_EXTENSION fx;
    NTSTATUS status;

    PAGED_CODE();

    status = IoCreateDevice(DriverObject, sizeof(FILTER_EXTENSION), NULL, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &filter);
    if (!NT_SUCCESS(status)) {
        return status;
    }

    fx = (PFILTER_EXTENSION)filter->DeviceExtension;
    fx->Self = filter;
    fx->DebugLevel = FilterReadDebugLevel();
    IoInitializeRemoveLock(&fx->RemoveLock, FILTER_POOL_TAG, 0, 0);

    fx->NextLower = IoAttachDeviceToDeviceStack(filter, PhysicalDeviceObject);
    if (fx->NextLower == NULL) {
        IoDeleteDevice(filter);
        return STATUS_NO_SUCH_DEVICE;
    }

    filter->Flags |= fx->NextLower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
    filter->DeviceType = fx->NextLower->DeviceType;
    filter->Characteristics = fx->NextLower->Characteristics;
    filter->Flags &= ~DO_DEVICE_INITIALIZING;
    Globals.AttachCount++;
    return STATUS_SUCCESS;
}
