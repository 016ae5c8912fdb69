/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * IOCTL_REN_SET takes a name in ANSI characters.  The conversion allocates the
 * Unicode buffer, but only if it succeeds; it is freed on each way out
 * from there on.
 */
#include <ntddk.h>

#define REN_MAX_CHARACTERS 64

#define IOCTL_REN_SET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x830, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _REN_EXTENSION {
    FAST_MUTEX Lock;
    USHORT Length; /* bytes used of Name */
    WCHAR Name[REN_MAX_CHARACTERS];
} REN_EXTENSION, *PREN_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD RenUnload;
DRIVER_DISPATCH RenCreateClose;
DRIVER_DISPATCH RenControl;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\Rename");
    UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Rename");
    PDEVICE_OBJECT device;
    PREN_EXTENSION ext;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, sizeof(REN_EXTENSION), &deviceName,
                            FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status)) {
        return status;
    }

    ext = device->DeviceExtension;
    ExInitializeFastMutex(&ext->Lock);
    ext->Length = 0;

    status = IoCreateSymbolicLink(&linkName, &deviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = RenCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = RenCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = RenControl;
    DriverObject->DriverUnload = RenUnload;
    return STATUS_SUCCESS;
}

VOID
RenUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Rename");

    IoDeleteSymbolicLink(&linkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS
RenCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static BOOLEAN
RenIsLegal(PCUNICODE_STRING Name)
{
    USHORT i;

    for (i = 0; i < Name->Length / sizeof(WCHAR); i++) {
        if (Name->Buffer[i] == L'\\' || Name->Buffer[i] == L'/') {
            return FALSE;
        }
    }
    return TRUE;
}

static NTSTATUS
RenSetName(PREN_EXTENSION Extension, PCHAR Text, USHORT Length)
{
    ANSI_STRING ansi;
    UNICODE_STRING name;
    NTSTATUS status;

    ansi.Buffer = Text;
    ansi.Length = Length;
    ansi.MaximumLength = Length;

    status = RtlAnsiStringToUnicodeString(&name, &ansi, TRUE);
    if (!NT_SUCCESS(status)) {
        return status;
    }

    if (name.Length > sizeof(Extension->Name) || !RenIsLegal(&name)) {
        RtlFreeUnicodeString(&name);
        return STATUS_OBJECT_NAME_INVALID;
    }

    ExAcquireFastMutex(&Extension->Lock);
    RtlCopyMemory(Extension->Name, name.Buffer, name.Length);
    Extension->Length = name.Length;
    ExReleaseFastMutex(&Extension->Lock);

    RtlFreeUnicodeString(&name);
    return STATUS_SUCCESS;
}

NTSTATUS
RenControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.DeviceIoControl.InputBufferLength;
    NTSTATUS status;

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_REN_SET) {
        status = STATUS_INVALID_DEVICE_REQUEST;
    } else if (length == 0 || length > 4 * REN_MAX_CHARACTERS) {
        status = STATUS_INVALID_BUFFER_SIZE;
    } else {
        status = RenSetName(DeviceObject->DeviceExtension, Irp->AssociatedIrp.SystemBuffer,
                            (USHORT)length);
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
