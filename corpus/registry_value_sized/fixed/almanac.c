/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A setting that is asked for twice, for its size first.  It may be gone the second time.
 */
#include <ntddk.h>

#define ALM_TAG 'mlAr'

static ULONG Depth = 8;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD AlmUnload;

static NTSTATUS AlmOpenParameters(PUNICODE_STRING RegistryPath, PHANDLE Parameters)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Parameters");
    OBJECT_ATTRIBUTES attributes;
    NTSTATUS status;
    HANDLE key;

    InitializeObjectAttributes(&attributes, RegistryPath, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                               NULL, NULL);
    status = ZwOpenKey(&key, KEY_READ, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, key,
                               NULL);
    status = ZwOpenKey(Parameters, KEY_READ, &attributes);
    ZwClose(key);
    return status;
}

static NTSTATUS AlmReadDepth(HANDLE Parameters)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Depth");
    PKEY_VALUE_PARTIAL_INFORMATION info;
    NTSTATUS status;
    ULONG size;

    status = ZwQueryValueKey(Parameters, &name, KeyValuePartialInformation, NULL, 0, &size);
    if (status != STATUS_BUFFER_TOO_SMALL)
        return status;
    info = ExAllocatePoolWithTag(PagedPool, size, ALM_TAG);
    if (info == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = ZwQueryValueKey(Parameters, &name, KeyValuePartialInformation, info, size, &size);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(info, ALM_TAG);
        return status;
    }
    if (info->Type == REG_DWORD && info->DataLength == sizeof(ULONG))
        Depth = *(PULONG)info->Data;
    ExFreePoolWithTag(info, ALM_TAG);
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    HANDLE parameters;

    if (NT_SUCCESS(AlmOpenParameters(RegistryPath, &parameters))) {
        /* Without it the default counts. */
        AlmReadDepth(parameters);
        ZwClose(parameters);
    }
    DriverObject->DriverUnload = AlmUnload;
    return STATUS_SUCCESS;
}

static VOID AlmUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    KdPrint(("almanac: depth %u\n", Depth));
}
