/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Loads a palette from the driver's registry key.  The __finally block frees the new
 * palette unless a flag says that it is to stay, which is set after the last check.
 */
#include <ntddk.h>

#define PALETTE_TAG 'laPA'
#define PALETTE_COLORS 256
#define PALETTE_BLACK 0

typedef struct _PALETTE {
    ULONG Used;
    ULONG Colors[PALETTE_COLORS];
} PALETTE, *PPALETTE;

typedef struct _PALETTE_VALUE {
    KEY_VALUE_PARTIAL_INFORMATION Info;
    ULONG Room[PALETTE_COLORS];
} PALETTE_VALUE, *PPALETTE_VALUE;

static PPALETTE Palette;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD PaletteUnload;

static NTSTATUS PaletteLoad(HANDLE Key)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Palette");
    PPALETTE_VALUE value = NULL;
    PPALETTE palette = NULL;
    BOOLEAN keep = FALSE;
    NTSTATUS status;
    ULONG size, i;

    __try {
        value = ExAllocatePoolWithTag(PagedPool, sizeof(*value), PALETTE_TAG);
        palette = ExAllocatePoolWithTag(PagedPool, sizeof(*palette), PALETTE_TAG);
        if (value == NULL || palette == NULL) {
            status = STATUS_INSUFFICIENT_RESOURCES;
            __leave;
        }

        status = ZwQueryValueKey(Key, &name, KeyValuePartialInformation, value, sizeof(*value),
                                 &size);
        if (!NT_SUCCESS(status))
            __leave;

        palette->Used = value->Info.DataLength / sizeof(ULONG);
        for (i = 0; i < palette->Used && i < PALETTE_COLORS; i++)
            palette->Colors[i] = ((PULONG)value->Info.Data)[i];

        /* The first color is what everything else is painted on. */
        if (palette->Used == 0 || palette->Colors[0] != PALETTE_BLACK) {
            status = STATUS_INVALID_PARAMETER;
            __leave;
        }
        keep = TRUE;
        Palette = palette;
    } __finally {
        if (value != NULL)
            ExFreePoolWithTag(value, PALETTE_TAG);
        if (!keep && palette != NULL)
            ExFreePoolWithTag(palette, PALETTE_TAG);
    }
    return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    OBJECT_ATTRIBUTES attributes;
    NTSTATUS status;
    HANDLE key;

    InitializeObjectAttributes(&attributes, RegistryPath,
                               OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = ZwOpenKey(&key, KEY_READ, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    status = PaletteLoad(key);
    ZwClose(key);

    /* Without a palette the driver paints in grey. */
    if (!NT_SUCCESS(status))
        DbgPrint("palette: not loaded, %08lx\n", status);
    DriverObject->DriverUnload = PaletteUnload;
    return STATUS_SUCCESS;
}

VOID PaletteUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);

    if (Palette != NULL)
        ExFreePoolWithTag(Palette, PALETTE_TAG);
}
