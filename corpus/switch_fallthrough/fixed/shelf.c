/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A shelf of bytes.  IOCTL_SHF_REVERSE turns the caller's bytes around in a
 * scratch buffer and then falls through to IOCTL_SHF_STORE.
 */
#include <ntddk.h>

#define SHF_TAG 'fhSA'
#define SHF_SIZE 512

#define IOCTL_SHF_STORE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x890, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_SHF_REVERSE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x891, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_SHF_CLEAR CTL_CODE(FILE_DEVICE_UNKNOWN, 0x892, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _SHF_EXTENSION {
    FAST_MUTEX Lock;
    ULONG Length;
    UCHAR Bytes[SHF_SIZE];
} SHF_EXTENSION, *PSHF_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD ShfUnload;
DRIVER_DISPATCH ShfCreateClose;
DRIVER_DISPATCH ShfControl;

static UNICODE_STRING ShfDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Shelf");
static UNICODE_STRING ShfLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Shelf");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PSHF_EXTENSION ext;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, sizeof(SHF_EXTENSION), &ShfDeviceName,
                            FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    ext = (PSHF_EXTENSION)device->DeviceExtension;
    ExInitializeFastMutex(&ext->Lock);
    ext->Length = 0;

    status = IoCreateSymbolicLink(&ShfLinkName, &ShfDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = ShfCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = ShfCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ShfControl;
    DriverObject->DriverUnload = ShfUnload;
    return STATUS_SUCCESS;
}

VOID ShfUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&ShfLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS ShfCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS ShfCommand(PSHF_EXTENSION Extension, ULONG Code, PUCHAR Bytes, ULONG Length)
{
    NTSTATUS status = STATUS_SUCCESS;
    PUCHAR scratch;
    ULONG i;

    switch (Code) {
    case IOCTL_SHF_REVERSE:
        scratch = (PUCHAR)ExAllocatePoolWithTag(PagedPool, SHF_SIZE, SHF_TAG);
        if (scratch == NULL) {
            status = STATUS_INSUFFICIENT_RESOURCES;
            break;
        }
        for (i = 0; i < Length; i++)
            scratch[i] = Bytes[Length - 1 - i];
        RtlCopyMemory(Bytes, scratch, Length);
        ExFreePoolWithTag(scratch, SHF_TAG);
        /* fall through */
    case IOCTL_SHF_STORE:
        ExAcquireFastMutex(&Extension->Lock);
        RtlCopyMemory(Extension->Bytes, Bytes, Length);
        Extension->Length = Length;
        ExReleaseFastMutex(&Extension->Lock);
        break;
    case IOCTL_SHF_CLEAR:
        ExAcquireFastMutex(&Extension->Lock);
        Extension->Length = 0;
        ExReleaseFastMutex(&Extension->Lock);
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }
    return status;
}

NTSTATUS ShfControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.DeviceIoControl.InputBufferLength;
    NTSTATUS status;

    if (length > SHF_SIZE)
        status = STATUS_INVALID_BUFFER_SIZE;
    else
        status = ShfCommand((PSHF_EXTENSION)DeviceObject->DeviceExtension,
                            stack->Parameters.DeviceIoControl.IoControlCode,
                            (PUCHAR)Irp->AssociatedIrp.SystemBuffer, length);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
