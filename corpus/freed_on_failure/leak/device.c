/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Unpacks what is written to it and answers with the brightest pixel.  Unpacking, in
 * another file, frees the image when it fails, and the caller takes that for the
 * whole truth: an image that was unpacked is freed only if it is not empty.
 */
#include "codec.h"

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD ImgUnload;
DRIVER_DISPATCH ImgNoOp;
DRIVER_DISPATCH ImgControl;

#define IOCTL_IMG_PEAK CTL_CODE(FILE_DEVICE_VIDEO, 0x931, METHOD_BUFFERED, FILE_ANY_ACCESS)

static NTSTATUS ImgPeak(PUCHAR buffer, ULONG length)
{
    struct image *image;
    NTSTATUS status;
    UCHAR peak = 0;
    ULONG i;

    image = ExAllocatePoolWithTag(PagedPool, sizeof(*image), IMG_TAG);
    if (image == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    status = ImageUnpack(image, buffer, length);
    if (!NT_SUCCESS(status))
        return status;

    if (image->used == 0)
        return STATUS_NO_DATA_DETECTED; /* leak62: LeakOnPath */

    for (i = 0; i < image->used; i++) {
        if (image->pixels[i] > peak)
            peak = image->pixels[i];
    }
    buffer[0] = peak;
    ExFreePoolWithTag(image, IMG_TAG);
    return STATUS_SUCCESS;
}

NTSTATUS ImgControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_IMG_PEAK &&
        stack->Parameters.DeviceIoControl.OutputBufferLength >= 1)
        status = ImgPeak((PUCHAR)Irp->AssociatedIrp.SystemBuffer,
                         stack->Parameters.DeviceIoControl.InputBufferLength);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = NT_SUCCESS(status) ? 1 : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS ImgNoOp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID ImgUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\Image");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_VIDEO, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    DriverObject->MajorFunction[IRP_MJ_CREATE] = ImgNoOp;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = ImgNoOp;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ImgControl;
    DriverObject->DriverUnload = ImgUnload;
    return STATUS_SUCCESS;
}
