/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Job queue driver: a write queues a job, a read takes the oldest one, a control request
 * looks at it without taking it.
 */
#include "job.h"

#define IOCTL_JOB_PEEK CTL_CODE(FILE_DEVICE_UNKNOWN, 0x880, METHOD_BUFFERED, FILE_READ_DATA)

static job_queue *queue_of(PDEVICE_OBJECT dev)
{
    return dev->DeviceExtension;
}

static ULONG copy_out(job *j, PVOID to, ULONG room)
{
    PVOID from = MmGetSystemAddressForMdlSafe(j->mdl, NormalPagePriority);
    ULONG n = MmGetMdlByteCount(j->mdl);

    if (from == NULL)
        return 0;
    if (n > room)
        n = room;
    RtlCopyMemory(to, from, n);
    return n;
}

static NTSTATUS job_dispatch(PDEVICE_OBJECT dev, PIRP irp)
{
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(irp);
    PVOID buf = irp->AssociatedIrp.SystemBuffer;
    NTSTATUS st = STATUS_SUCCESS;
    ULONG n = 0;
    job *j;

    switch (sp->MajorFunction) {
    case IRP_MJ_WRITE:
        n = sp->Parameters.Write.Length;
        if (n == 0 || n > JOB_MAX_BYTES) {
            n = 0;
            st = STATUS_INVALID_BUFFER_SIZE;
        } else if ((j = job_create(buf, n)) != NULL) {
            queue_put(queue_of(dev), j);
        } else {
            n = 0;
            st = STATUS_INSUFFICIENT_RESOURCES;
        }
        break;
    case IRP_MJ_READ:
        j = queue_get(queue_of(dev));
        if (j) {
            n = copy_out(j, buf, sp->Parameters.Read.Length);
            job_unref(j);
        }
        break;
    case IRP_MJ_DEVICE_CONTROL:
        if (sp->Parameters.DeviceIoControl.IoControlCode != IOCTL_JOB_PEEK) {
            st = STATUS_INVALID_DEVICE_REQUEST;
            break;
        }
        j = queue_peek(queue_of(dev));
        if (j) {
            n = copy_out(j, buf, sp->Parameters.DeviceIoControl.OutputBufferLength);
            job_unref(j);
        }
        break;
    case IRP_MJ_CREATE:
    case IRP_MJ_CLOSE:
        break;
    }

    irp->IoStatus.Status = st;
    irp->IoStatus.Information = n;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return st;
}

static VOID job_unload(PDRIVER_OBJECT drv)
{
    queue_purge(queue_of(drv->DeviceObject));
    IoDeleteDevice(drv->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT drv, PUNICODE_STRING reg)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT dev;
    NTSTATUS st;

    (void)reg;

    RtlInitUnicodeString(&name, L"\\Device\\JobQueue");
    st = IoCreateDevice(drv, sizeof(job_queue), &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &dev);
    if (!NT_SUCCESS(st))
        return st;

    queue_init(queue_of(dev));
    dev->Flags |= DO_BUFFERED_IO;
    drv->MajorFunction[IRP_MJ_CREATE] = job_dispatch;
    drv->MajorFunction[IRP_MJ_CLOSE] = job_dispatch;
    drv->MajorFunction[IRP_MJ_READ] = job_dispatch;
    drv->MajorFunction[IRP_MJ_WRITE] = job_dispatch;
    drv->MajorFunction[IRP_MJ_DEVICE_CONTROL] = job_dispatch;
    drv->DriverUnload = job_unload;
    return STATUS_SUCCESS;
}
