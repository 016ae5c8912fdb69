/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Writes are printed as hexadecimal digits.  The text is made with
 * ExAllocatePool2.
 */
#include <ntddk.h>

#define DMP_TAG 'pmDA'
#define DMP_MAX_BYTES 128

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD DmpUnload;
DRIVER_DISPATCH DmpCreateClose;
DRIVER_DISPATCH DmpWrite;

static UNICODE_STRING DmpDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Dump");
static UNICODE_STRING DmpLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Dump");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &DmpDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags |= DO_BUFFERED_IO;

    status = IoCreateSymbolicLink(&DmpLinkName, &DmpDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = DmpCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DmpCreateClose;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = DmpWrite;
    DriverObject->DriverUnload = DmpUnload;
    return STATUS_SUCCESS;
}

VOID DmpUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&DmpLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DmpCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

/* Words of two bytes, low byte first. */
static NTSTATUS DmpPrint(const UCHAR *Bytes, ULONG Length)
{
    static const CHAR digits[] = "0123456789abcdef";
    PCHAR text;
    ULONG i;

    text = ExAllocatePool2(POOL_FLAG_PAGED, 2 * Length + 1, DMP_TAG);
    if (text == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    for (i = 0; i < Length; i += 2) {
        if (i + 1 == Length) {
            ExFreePoolWithTag(text, DMP_TAG);
            return STATUS_INVALID_BUFFER_SIZE;
        }
        text[2 * i] = digits[Bytes[i + 1] >> 4];
        text[2 * i + 1] = digits[Bytes[i + 1] & 15];
        text[2 * i + 2] = digits[Bytes[i] >> 4];
        text[2 * i + 3] = digits[Bytes[i] & 15];
    }

    DbgPrint("dump: %s\n", text);
    ExFreePoolWithTag(text, DMP_TAG);
    return STATUS_SUCCESS;
}

NTSTATUS DmpWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (length > 0 && length <= DMP_MAX_BYTES)
        status = DmpPrint(Irp->AssociatedIrp.SystemBuffer, length);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = NT_SUCCESS(status) ? length : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
