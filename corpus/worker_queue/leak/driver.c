/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * driver.c - the device and its dispatch routines.
 */
#include "kestrel.h"

static void ks_drop_results(struct ks_device *dev)
{
    if (dev->last)
        ExFreePoolWithTag(dev->last, KS_TAG);
    if (dev->store)
        ExFreePoolWithTag(dev->store, KS_TAG);
    dev->last = NULL;
    dev->store = NULL;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
    UNICODE_STRING name, link;
    PDEVICE_OBJECT device = NULL;
    BOOLEAN linked = FALSE;
    struct ks_device *dev;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(registry_path);

    RtlInitUnicodeString(&name, KS_NAME);
    RtlInitUnicodeString(&link, KS_LINK);

    status = IoCreateDevice(driver, sizeof(struct ks_device), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        goto fail;

    dev = ks_of(device);
    RtlZeroMemory(dev, sizeof(*dev));
    dev->self = device;
    ExInitializeFastMutex(&dev->lock);
    device->Flags |= DO_BUFFERED_IO;

    /* A report is there from the beginning, so that the worker need not make it. */
    dev->last = ExAllocatePoolWithTag(NonPagedPool, sizeof(*dev->last), KS_TAG);
    if (!dev->last) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        goto fail;
    }
    RtlZeroMemory(dev->last, sizeof(*dev->last));

    status = ks_queue_init(dev);
    if (!NT_SUCCESS(status))
        goto fail;

    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status))
        goto fail;
    linked = TRUE;

    status = ks_start_worker(dev);
    if (!NT_SUCCESS(status))
        goto fail;

    driver->MajorFunction[IRP_MJ_CREATE] = ks_create_close;
    driver->MajorFunction[IRP_MJ_CLOSE] = ks_create_close;
    driver->MajorFunction[IRP_MJ_CLEANUP] = ks_cleanup;
    driver->MajorFunction[IRP_MJ_READ] = ks_read;
    driver->MajorFunction[IRP_MJ_WRITE] = ks_write;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ks_control;
    driver->DriverUnload = ks_unload;
    return STATUS_SUCCESS;

fail:
    if (linked)
        IoDeleteSymbolicLink(&link);
    if (device) {
        ks_drop_results(ks_of(device));
        IoDeleteDevice(device);
    }
    return status;
}

VOID ks_unload(PDRIVER_OBJECT driver)
{
    struct ks_device *dev = ks_of(driver->DeviceObject);
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, KS_LINK);
    IoDeleteSymbolicLink(&link);

    /* All files are closed, and each has taken its requests along. */
    ks_stop_worker(dev);
    ks_drop_results(dev);
    IoDeleteDevice(dev->self);
}

NTSTATUS ks_complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS ks_create_close(PDEVICE_OBJECT device, PIRP irp)
{
    UNREFERENCED_PARAMETER(device);

    return ks_complete(irp, STATUS_SUCCESS, 0);
}

NTSTATUS ks_cleanup(PDEVICE_OBJECT device, PIRP irp)
{
    ks_cancel_all(ks_of(device), IoGetCurrentIrpStackLocation(irp)->FileObject);
    return ks_complete(irp, STATUS_SUCCESS, 0);
}

/* A read gets what the last write has left. */
NTSTATUS ks_read(PDEVICE_OBJECT device, PIRP irp)
{
    struct ks_device *dev = ks_of(device);
    ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length;

    ExAcquireFastMutex(&dev->lock);
    if (length > dev->store_length)
        length = dev->store_length;
    if (length)
        RtlCopyMemory(irp->AssociatedIrp.SystemBuffer, dev->store, length);
    ExReleaseFastMutex(&dev->lock);

    return ks_complete(irp, STATUS_SUCCESS, length);
}

NTSTATUS ks_write(PDEVICE_OBJECT device, PIRP irp)
{
    ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;

    if (length == 0)
        return ks_complete(irp, STATUS_SUCCESS, 0);

    return ks_submit(ks_of(device), irp, KS_STORE, 0, irp->AssociatedIrp.SystemBuffer, length);
}

static NTSTATUS ks_report_last(struct ks_device *dev, PIRP irp, ULONG room)
{
    if (room < sizeof(struct ks_report))
        return ks_complete(irp, STATUS_BUFFER_TOO_SMALL, 0);

    ExAcquireFastMutex(&dev->lock);
    RtlCopyMemory(irp->AssociatedIrp.SystemBuffer, dev->last, sizeof(*dev->last));
    ExReleaseFastMutex(&dev->lock);

    return ks_complete(irp, STATUS_SUCCESS, sizeof(struct ks_report));
}

NTSTATUS ks_control(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG in_length = stack->Parameters.DeviceIoControl.InputBufferLength;
    struct ks_header *header = irp->AssociatedIrp.SystemBuffer;
    enum ks_kind kind;

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_KS_LAST:
        return ks_report_last(ks_of(device), irp,
                              stack->Parameters.DeviceIoControl.OutputBufferLength);
    case IOCTL_KS_SCRAMBLE:
        kind = KS_SCRAMBLE;
        break;
    case IOCTL_KS_SUM:
        kind = KS_SUM;
        break;
    default:
        return ks_complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }

    if (in_length <= sizeof(*header) || header->length == 0 ||
        header->length > in_length - sizeof(*header))
        return ks_complete(irp, STATUS_INVALID_PARAMETER, 0);

    return ks_submit(ks_of(device), irp, kind, header->key, (const UCHAR *)(header + 1),
                     header->length);
}
