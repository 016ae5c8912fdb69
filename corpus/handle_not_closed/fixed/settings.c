/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * DriverEntry reads two settings from the driver's Parameters key.
 */
#include <ntddk.h>

typedef struct _SETTINGS {
    ULONG Depth;
    ULONG Interval;
} SETTINGS, *PSETTINGS;

static SETTINGS g_Settings;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD SetUnload;

static
NTSTATUS
SetReadUlong(
    _In_ HANDLE Key,
    _In_ PCWSTR Name,
    _Out_ PULONG Value
    )
{
    UCHAR buffer[FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + sizeof(ULONG)];
    PKEY_VALUE_PARTIAL_INFORMATION info = (PKEY_VALUE_PARTIAL_INFORMATION)buffer;
    UNICODE_STRING name;
    ULONG length;
    NTSTATUS status;

    RtlInitUnicodeString(&name, Name);
    status = ZwQueryValueKey(Key, &name, KeyValuePartialInformation, info, sizeof(buffer), &length);
    if (status != STATUS_SUCCESS) {
        return status;
    }
    if (info->Type != REG_DWORD || info->DataLength != sizeof(ULONG)) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }

    RtlCopyMemory(Value, info->Data, sizeof(ULONG));
    return STATUS_SUCCESS;
}

static
NTSTATUS
SetReadAll(
    _In_ PUNICODE_STRING RegistryPath,
    _Out_ PSETTINGS Settings
    )
{
    UNICODE_STRING parameters = RTL_CONSTANT_STRING(L"Parameters");
    OBJECT_ATTRIBUTES attributes;
    HANDLE serviceKey;
    HANDLE key;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes,
                               RegistryPath,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                               NULL,
                               NULL);
    status = ZwOpenKey(&serviceKey, KEY_READ, &attributes);
    if (status != STATUS_SUCCESS) {
        return status;
    }

    InitializeObjectAttributes(&attributes,
                               &parameters,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                               serviceKey,
                               NULL);
    status = ZwOpenKey(&key, KEY_READ, &attributes);
    ZwClose(serviceKey);
    if (status != STATUS_SUCCESS) {
        return status;
    }

    status = SetReadUlong(key, L"Depth", &Settings->Depth);
    if (status != STATUS_SUCCESS) {
        ZwClose(key);
        return status;
    }

    status = SetReadUlong(key, L"Interval", &Settings->Interval);
    if (status != STATUS_SUCCESS) {
        ZwClose(key);
        return status;
    }

    ZwClose(key);
    return STATUS_SUCCESS;
}

NTSTATUS
DriverEntry(
    _In_ PDRIVER_OBJECT DriverObject,
    _In_ PUNICODE_STRING RegistryPath
    )
{
    NTSTATUS status;

    status = SetReadAll(RegistryPath, &g_Settings);
    if (status != STATUS_SUCCESS) {
        g_Settings.Depth = 8;
        g_Settings.Interval = 100;
    }

    DbgPrint("settings: depth %lu, interval %lu\n", g_Settings.Depth, g_Settings.Interval);
    DriverObject->DriverUnload = SetUnload;
    return STATUS_SUCCESS;
}

VOID
SetUnload(
    _In_ PDRIVER_OBJECT DriverObject
    )
{
    UNREFERENCED_PARAMETER(DriverObject);
}
