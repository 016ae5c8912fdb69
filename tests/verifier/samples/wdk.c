/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the samples link to of the WDK's static libraries: wdmsec.lib, ntstrsafe.lib. */
#include <ntddk.h>

NTSTATUS NTAPI WdmlibIoCreateDeviceSecure(PDRIVER_OBJECT driver, ULONG size, PUNICODE_STRING name,
                                          DEVICE_TYPE type, ULONG characteristics,
                                          BOOLEAN exclusive, PCUNICODE_STRING security,
                                          LPCGUID class, PDEVICE_OBJECT *device)
{
    UNREFERENCED_PARAMETER(security);
    UNREFERENCED_PARAMETER(class);
    return IoCreateDevice(driver, size, name, type, characteristics, exclusive, device);
}

VOID NTAPI ExInitializeDriverRuntime(ULONG flags)
{
    UNREFERENCED_PARAMETER(flags);
}

NTSTATUS NTAPI RtlStringCchCopyA(PSTR to, SIZE_T room, PCSTR from)
{
    if (room == 0 || room > MAXLONG)
        return STATUS_INVALID_PARAMETER;
    while (room > 1 && *from) {
        *to++ = *from++;
        room--;
    }
    *to = 0;
    return *from ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}
