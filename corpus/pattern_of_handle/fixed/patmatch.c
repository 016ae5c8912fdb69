/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Byte pattern matcher.  A handle is given a pattern (straight from the caller's memory) and
 * later asked whether a block of data contains it.
 */
#include <ntddk.h>

#define PM_TAG 'taPm'
#define PM_LONGEST 1024

#define IOCTL_PM_SET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x840, METHOD_NEITHER, FILE_ANY_ACCESS)
#define IOCTL_PM_TEST CTL_CODE(FILE_DEVICE_UNKNOWN, 0x841, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct matcher {
    FAST_MUTEX lock;
    PUCHAR pattern;
    ULONG length;
} matcher_t;

static NTSTATUS pm_end(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

/* Takes a copy of the caller's bytes; the copy is the caller's of this function. */
static NTSTATUS pm_capture(PVOID user, ULONG length, PUCHAR *result)
{
    PUCHAR copy;

    *result = NULL;
    if (length == 0 || length > PM_LONGEST)
        return STATUS_INVALID_BUFFER_SIZE;
    copy = ExAllocatePoolWithTag(NonPagedPool, length, PM_TAG);
    if (copy == NULL)
        return STATUS_NO_MEMORY;

    __try {
        ProbeForRead(user, length, 1);
        RtlCopyMemory(copy, user, length);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        ExFreePoolWithTag(copy, PM_TAG);
        return STATUS_ACCESS_VIOLATION;
    }

    *result = copy;
    return STATUS_SUCCESS;
}

static NTSTATUS pm_set(matcher_t *m, PVOID user, ULONG length)
{
    PUCHAR fresh;
    PUCHAR stale;
    NTSTATUS status = pm_capture(user, length, &fresh);

    if (!NT_SUCCESS(status))
        return status;

    ExAcquireFastMutex(&m->lock);
    stale = m->pattern;
    m->pattern = fresh;
    m->length = length;
    ExReleaseFastMutex(&m->lock);
    if (stale != NULL)
        ExFreePoolWithTag(stale, PM_TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS pm_test(matcher_t *m, const UCHAR *data, ULONG length)
{
    NTSTATUS status = STATUS_NOT_FOUND;
    ULONG at;

    ExAcquireFastMutex(&m->lock);
    if (m->pattern == NULL) {
        status = STATUS_INVALID_DEVICE_STATE;
    } else {
        for (at = 0; at + m->length <= length; at++) {
            if (RtlCompareMemory(data + at, m->pattern, m->length) == m->length) {
                status = STATUS_SUCCESS;
                break;
            }
        }
    }
    ExReleaseFastMutex(&m->lock);
    return status;
}

static NTSTATUS pm_create(PDEVICE_OBJECT dev, PIRP irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;
    matcher_t *m = ExAllocatePoolWithTag(NonPagedPool, sizeof(*m), PM_TAG);

    UNREFERENCED_PARAMETER(dev);
    if (m == NULL)
        return pm_end(irp, STATUS_NO_MEMORY);
    ExInitializeFastMutex(&m->lock);
    m->pattern = NULL;
    m->length = 0;
    file->FsContext = m;
    return pm_end(irp, STATUS_SUCCESS);
}

static NTSTATUS pm_close(PDEVICE_OBJECT dev, PIRP irp)
{
    matcher_t *m = IoGetCurrentIrpStackLocation(irp)->FileObject->FsContext;

    UNREFERENCED_PARAMETER(dev);
    if (m->pattern != NULL)
        ExFreePoolWithTag(m->pattern, PM_TAG);
    ExFreePoolWithTag(m, PM_TAG);
    return pm_end(irp, STATUS_SUCCESS);
}

static NTSTATUS pm_control(PDEVICE_OBJECT dev, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG length = stack->Parameters.DeviceIoControl.InputBufferLength;
    matcher_t *m = stack->FileObject->FsContext;

    UNREFERENCED_PARAMETER(dev);
    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_PM_SET:
        return pm_end(irp, pm_set(m, stack->Parameters.DeviceIoControl.Type3InputBuffer, length));
    case IOCTL_PM_TEST:
        return pm_end(irp, pm_test(m, irp->AssociatedIrp.SystemBuffer, length));
    }
    return pm_end(irp, STATUS_INVALID_DEVICE_REQUEST);
}

static VOID pm_unload(PDRIVER_OBJECT drv)
{
    IoDeleteDevice(drv->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT drv, PUNICODE_STRING path)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT dev;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(path);
    RtlInitUnicodeString(&name, L"\\Device\\PatMatch");
    status = IoCreateDevice(drv, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
                            &dev);
    if (NT_SUCCESS(status)) {
        drv->MajorFunction[IRP_MJ_CREATE] = pm_create;
        drv->MajorFunction[IRP_MJ_CLOSE] = pm_close;
        drv->MajorFunction[IRP_MJ_DEVICE_CONTROL] = pm_control;
        drv->DriverUnload = pm_unload;
    }
    return status;
}
