/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A display of text lines.  Its cleanup routine frees the lines and the font only if
 * the display is marked complete, which it is before the step that may fail.
 */
#include <ntddk.h>

#define DISPLAY_TAG 'psiD'
#define DISPLAY_ROWS 25
#define DISPLAY_COLUMNS 80
#define DISPLAY_FONT 4096
#define DISPLAY_COMPLETE 0x0001

typedef struct _DISPLAY {
    USHORT Flags;
    USHORT Row;
    PUCHAR Lines;
    PUCHAR Font;
} DISPLAY, *PDISPLAY;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD DisplayUnload;
DRIVER_DISPATCH DisplayCreate;
DRIVER_DISPATCH DisplayClose;

static VOID DisplayCleanup(PDISPLAY Display)
{
    if (Display->Flags & DISPLAY_COMPLETE) {
        ExFreePoolWithTag(Display->Lines, DISPLAY_TAG);
        ExFreePoolWithTag(Display->Font, DISPLAY_TAG);
    }
    ExFreePoolWithTag(Display, DISPLAY_TAG);
}

static NTSTATUS DisplayReadFont(PUCHAR Font)
{
    UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\SystemRoot\\Fonts\\display.bin");
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    NTSTATUS status;
    HANDLE file;

    InitializeObjectAttributes(&attributes, &path, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE,
                               NULL, NULL);
    status = ZwCreateFile(&file, FILE_READ_DATA | SYNCHRONIZE, &attributes, &io, NULL, 0,
                          FILE_SHARE_READ, FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    if (!NT_SUCCESS(status))
        return status;
    status = ZwReadFile(file, NULL, NULL, NULL, &io, Font, DISPLAY_FONT, NULL, NULL);
    ZwClose(file);
    return status;
}

static NTSTATUS DisplayPrepare(PDISPLAY *Result)
{
    PDISPLAY display;
    NTSTATUS status;

    display = ExAllocatePoolWithTag(PagedPool, sizeof(DISPLAY), DISPLAY_TAG);
    if (display == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(display, sizeof(DISPLAY));

    display->Lines = ExAllocatePoolWithTag(PagedPool, DISPLAY_ROWS * DISPLAY_COLUMNS,
                                           DISPLAY_TAG);
    if (display->Lines == NULL) {
        DisplayCleanup(display);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    display->Font = ExAllocatePoolWithTag(PagedPool, DISPLAY_FONT, DISPLAY_TAG);
    if (display->Font == NULL) {
        ExFreePoolWithTag(display->Lines, DISPLAY_TAG);
        DisplayCleanup(display);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    display->Flags |= DISPLAY_COMPLETE;

    status = DisplayReadFont(display->Font);
    if (!NT_SUCCESS(status)) {
        DisplayCleanup(display);
        return status;
    }

    RtlFillMemory(display->Lines, DISPLAY_ROWS * DISPLAY_COLUMNS, ' ');
    *Result = display;
    return STATUS_SUCCESS;
}

static NTSTATUS DisplayFinish(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS DisplayCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    PDISPLAY display;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    status = DisplayPrepare(&display);
    if (NT_SUCCESS(status))
        file->FsContext = display;
    return DisplayFinish(Irp, status);
}

NTSTATUS DisplayClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;

    UNREFERENCED_PARAMETER(DeviceObject);

    DisplayCleanup((PDISPLAY)file->FsContext);
    return DisplayFinish(Irp, STATUS_SUCCESS);
}

VOID DisplayUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\Display");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_SCREEN, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DisplayCreate;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DisplayClose;
    DriverObject->DriverUnload = DisplayUnload;
    return STATUS_SUCCESS;
}
