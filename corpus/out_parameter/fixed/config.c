/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Asks for the size of a value first, then for the value. */
#include "config.h"

NTSTATUS CfgQuery(HANDLE Key, PCWSTR Name, PKEY_VALUE_PARTIAL_INFORMATION *Value)
{
    PKEY_VALUE_PARTIAL_INFORMATION info;
    UNICODE_STRING name;
    NTSTATUS status;
    ULONG size;

    *Value = NULL;
    RtlInitUnicodeString(&name, Name);
    status = ZwQueryValueKey(Key, &name, KeyValuePartialInformation, NULL, 0, &size);
    if (status != STATUS_BUFFER_TOO_SMALL && status != STATUS_BUFFER_OVERFLOW)
        return NT_SUCCESS(status) ? STATUS_UNSUCCESSFUL : status;

    info = ExAllocatePoolWithTag(PagedPool, size, CFG_TAG);
    if (info == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    status = ZwQueryValueKey(Key, &name, KeyValuePartialInformation, info, size, &size);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(info, CFG_TAG);
        return status;
    }
    *Value = info;
    return STATUS_SUCCESS;
}
