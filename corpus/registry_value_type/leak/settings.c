/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Reads the limits below the service key.  What cannot be read keeps its default.
 */
#include "dimmer.h"

static NTSTATUS read_ulong(HANDLE key, PCWSTR name, ULONG *value)
{
    KEY_VALUE_PARTIAL_INFORMATION *info;
    UNICODE_STRING value_name;
    ULONG need = 0;
    NTSTATUS status;

    RtlInitUnicodeString(&value_name, name);
    status = ZwQueryValueKey(key, &value_name, KeyValuePartialInformation, NULL, 0, &need);
    if (status != STATUS_BUFFER_TOO_SMALL && status != STATUS_BUFFER_OVERFLOW)
        return NT_SUCCESS(status) ? STATUS_UNSUCCESSFUL : status;

    info = mem_take(need);
    if (!info)
        return STATUS_NO_MEMORY;

    status = ZwQueryValueKey(key, &value_name, KeyValuePartialInformation, info, need, &need);
    if (!NT_SUCCESS(status))
        goto done;

    if (info->Type != REG_DWORD || info->DataLength != sizeof(ULONG)) {
        DbgPrint("dimmer: %ws is not a number\n", name);
        return STATUS_OBJECT_TYPE_MISMATCH; /* leak62: LeakOnPath */
    }
    *value = *(ULONG *)info->Data;

done:
    mem_give(info);
    return status;
}

void settings_load(PUNICODE_STRING registry_path, dimmer_limits *limits)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE key;

    limits->lowest = 0;
    limits->highest = 255;
    limits->step = 1;

    InitializeObjectAttributes(&attributes, registry_path,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    if (!NT_SUCCESS(ZwOpenKey(&key, KEY_READ, &attributes)))
        return;

    (void)read_ulong(key, L"Lowest", &limits->lowest);
    (void)read_ulong(key, L"Highest", &limits->highest);
    (void)read_ulong(key, L"Step", &limits->step);
    ZwClose(key);

    if (limits->lowest >= limits->highest) {
        limits->lowest = 0;
        limits->highest = 255;
    }
    if (limits->step == 0)
        limits->step = 1;
}
