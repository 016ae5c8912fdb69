/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * METHOD_NEITHER: the caller's buffer is probed and copied.  If the caller's
 * memory is bad, the handler returns and the copy is lost.
 */
#include <ntddk.h>

#define NEI_TAG 'iehN'
#define NEI_MAX_INPUT 0x10000

#define IOCTL_NEI_CHECKSUM \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x811, METHOD_NEITHER, FILE_ANY_ACCESS)

typedef struct _NEI_EXTENSION {
    ULONG LastChecksum;
} NEI_EXTENSION, *PNEI_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD NeiUnload;
DRIVER_DISPATCH NeiCreateClose;
DRIVER_DISPATCH NeiDeviceControl;

static const WCHAR DeviceNameText[] = L"\\Device\\Neither";
static const WCHAR LinkNameText[] = L"\\DosDevices\\Neither";

NTSTATUS
DriverEntry(
    _In_ PDRIVER_OBJECT DriverObject,
    _In_ PUNICODE_STRING RegistryPath
    )
{
    UNICODE_STRING deviceName;
    UNICODE_STRING linkName;
    PDEVICE_OBJECT deviceObject = NULL;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&deviceName, DeviceNameText);
    RtlInitUnicodeString(&linkName, LinkNameText);

    status = IoCreateDevice(DriverObject,
                            sizeof(NEI_EXTENSION),
                            &deviceName,
                            FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN,
                            FALSE,
                            &deviceObject);
    if (status != STATUS_SUCCESS) {
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = NeiCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = NeiCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = NeiDeviceControl;
    DriverObject->DriverUnload = NeiUnload;

    status = IoCreateSymbolicLink(&linkName, &deviceName);
    if (status != STATUS_SUCCESS) {
        IoDeleteDevice(deviceObject);
    }
    return status;
}

VOID
NeiUnload(
    _In_ PDRIVER_OBJECT DriverObject
    )
{
    UNICODE_STRING linkName;

    RtlInitUnicodeString(&linkName, LinkNameText);
    IoDeleteSymbolicLink(&linkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS
NeiCreateClose(
    _In_ PDEVICE_OBJECT DeviceObject,
    _Inout_ PIRP Irp
    )
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

/* Copies what the caller has at UserBuffer and sums it up. */
static
NTSTATUS
NeiChecksum(
    _In_ PVOID UserBuffer,
    _In_ ULONG Length,
    _In_ KPROCESSOR_MODE Mode,
    _Out_ PULONG Checksum
    )
{
    PUCHAR copy;
    ULONG sum = 0;
    ULONG i;

    copy = ExAllocatePoolWithTag(PagedPool, Length, NEI_TAG);
    if (copy == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    __try {
        if (Mode != KernelMode) {
            ProbeForRead(UserBuffer, Length, sizeof(UCHAR));
        }
        RtlCopyMemory(copy, UserBuffer, Length);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode(); /* leak62: LeakOnPath */
    }

    for (i = 0; i < Length; i++) {
        sum = sum * 31 + copy[i];
    }

    ExFreePoolWithTag(copy, NEI_TAG);
    *Checksum = sum;
    return STATUS_SUCCESS;
}

NTSTATUS
NeiDeviceControl(
    _In_ PDEVICE_OBJECT DeviceObject,
    _Inout_ PIRP Irp
    )
{
    PNEI_EXTENSION extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG checksum;
    NTSTATUS status;

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_NEI_CHECKSUM:
        if (length == 0 || length > NEI_MAX_INPUT) {
            status = STATUS_INVALID_BUFFER_SIZE;
            break;
        }
        status = NeiChecksum(stack->Parameters.DeviceIoControl.Type3InputBuffer,
                             length,
                             Irp->RequestorMode,
                             &checksum);
        if (status == STATUS_SUCCESS) {
            extension->LastChecksum = checksum;
        }
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
