/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Measures files in the background: a control request names a file, a thread finds out its
 * size, another request asks for the result.  One file at a time.
 */
#include <ntifs.h>

#define SCAN_TAG 'nacS'
#define SCAN_PATH_BYTES (1024 * sizeof(WCHAR))

#define IOCTL_SCAN_BEGIN CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8A0, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_SCAN_RESULT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8A1, METHOD_BUFFERED, FILE_READ_DATA)

typedef struct _SCANNER {
    KMUTEX Mutex;
    PVOID Thread;
    LONGLONG Size;
    NTSTATUS Status;
} SCANNER, *PSCANNER;

typedef struct _SCAN_START {
    PSCANNER Scanner;
    UNICODE_STRING Path;
    WCHAR Chars[ANYSIZE_ARRAY];
} SCAN_START, *PSCAN_START;

static VOID ScanThread(PVOID Context)
{
    PSCAN_START start = (PSCAN_START)Context;
    PSCANNER scanner = start->Scanner;
    FILE_STANDARD_INFORMATION info;
    OBJECT_ATTRIBUTES oa;
    IO_STATUS_BLOCK iosb;
    HANDLE file;

    InitializeObjectAttributes(&oa, &start->Path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    scanner->Status = ZwCreateFile(&file, FILE_READ_ATTRIBUTES | SYNCHRONIZE, &oa, &iosb, NULL, 0,
                                   FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                   FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    if (!NT_SUCCESS(scanner->Status))
        return; /* leak62: LeakInCallback */

    scanner->Status = ZwQueryInformationFile(file, &iosb, &info, sizeof(info),
                                             FileStandardInformation);
    if (NT_SUCCESS(scanner->Status))
        scanner->Size = info.EndOfFile.QuadPart;
    ZwClose(file);
    ExFreePoolWithTag(start, SCAN_TAG);
}

/* FALSE if the thread is not through within the time given. */
static BOOLEAN ScanReap(PSCANNER Scanner, PLARGE_INTEGER Timeout)
{
    if (Scanner->Thread == NULL)
        return TRUE;
    if (KeWaitForSingleObject(Scanner->Thread, Executive, KernelMode, FALSE, Timeout) !=
        STATUS_SUCCESS)
        return FALSE;
    ObDereferenceObject(Scanner->Thread);
    Scanner->Thread = NULL;
    return TRUE;
}

static NTSTATUS ScanBegin(PSCANNER Scanner, PWCHAR Chars, ULONG Bytes)
{
    LARGE_INTEGER now = {0};
    PSCAN_START start;
    NTSTATUS status;
    HANDLE thread;

    if (Bytes == 0 || Bytes > SCAN_PATH_BYTES || Bytes % sizeof(WCHAR) != 0)
        return STATUS_OBJECT_NAME_INVALID;
    if (!ScanReap(Scanner, &now))
        return STATUS_DEVICE_BUSY;

    start = ExAllocatePoolWithTag(PagedPool, FIELD_OFFSET(SCAN_START, Chars) + Bytes, SCAN_TAG);
    if (start == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    start->Scanner = Scanner;
    start->Path.Buffer = start->Chars;
    start->Path.Length = start->Path.MaximumLength = (USHORT)Bytes;
    RtlCopyMemory(start->Chars, Chars, Bytes);

    Scanner->Size = -1;
    status = PsCreateSystemThread(&thread, SYNCHRONIZE, NULL, NULL, NULL, ScanThread, start);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(start, SCAN_TAG);
        return status;
    }

    /* The path is the thread's now. */
    status = ObReferenceObjectByHandle(thread, SYNCHRONIZE, NULL, KernelMode, &Scanner->Thread,
                                       NULL);
    if (!NT_SUCCESS(status)) {
        Scanner->Thread = NULL;
        ZwWaitForSingleObject(thread, FALSE, NULL);
    }
    ZwClose(thread);
    return status;
}

static NTSTATUS ScanControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(Irp);
    PSCANNER scanner = (PSCANNER)Device->DeviceExtension;
    LARGE_INTEGER now = {0};
    NTSTATUS status;

    Irp->IoStatus.Information = 0;
    KeWaitForSingleObject(&scanner->Mutex, Executive, KernelMode, FALSE, NULL);
    switch (sp->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_SCAN_BEGIN:
        status = ScanBegin(scanner, (PWCHAR)Irp->AssociatedIrp.SystemBuffer,
                           sp->Parameters.DeviceIoControl.InputBufferLength);
        break;
    case IOCTL_SCAN_RESULT:
        if (sp->Parameters.DeviceIoControl.OutputBufferLength < sizeof(LONGLONG)) {
            status = STATUS_BUFFER_TOO_SMALL;
        } else if (!ScanReap(scanner, &now)) {
            status = STATUS_DEVICE_BUSY;
        } else {
            status = scanner->Status;
            if (NT_SUCCESS(status)) {
                *(PLONGLONG)Irp->AssociatedIrp.SystemBuffer = scanner->Size;
                Irp->IoStatus.Information = sizeof(LONGLONG);
            }
        }
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }
    KeReleaseMutex(&scanner->Mutex, FALSE);

    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS ScanCreateClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID ScanUnload(PDRIVER_OBJECT Driver)
{
    ScanReap((PSCANNER)Driver->DeviceObject->DeviceExtension, NULL);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    PSCANNER scanner;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\FileScanner");
    status = IoCreateDevice(Driver, sizeof(SCANNER), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    scanner = (PSCANNER)device->DeviceExtension;
    KeInitializeMutex(&scanner->Mutex, 0);
    scanner->Thread = NULL;
    scanner->Size = -1;
    scanner->Status = STATUS_NOT_FOUND;

    Driver->MajorFunction[IRP_MJ_CREATE] = ScanCreateClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = ScanCreateClose;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ScanControl;
    Driver->DriverUnload = ScanUnload;
    return STATUS_SUCCESS;
}
