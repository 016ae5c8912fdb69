/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The sessions themselves.  A session's scratch area belongs to the handle.
 */
#include "session.h"

static LONG next_id;

static struct session *sess_of(PIRP irp)
{
    return IoGetCurrentIrpStackLocation(irp)->FileObject->FsContext;
}

NTSTATUS sess_create(PDEVICE_OBJECT dev, PIRP irp)
{
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(irp);
    struct session *s;

    (void)dev;

    if (sp->FileObject->FileName.Length != 0)
        return sess_finish(irp, STATUS_OBJECT_NAME_NOT_FOUND, 0);

    s = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*s), SESS_TAG);
    if (!s)
        return sess_finish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);

    s->id = InterlockedIncrement(&next_id);
    KeInitializeMutex(&s->lock, 0);
    sp->FileObject->FsContext = s;
    InterlockedIncrement(&g_open);
    return sess_finish(irp, STATUS_SUCCESS, 0);
}

NTSTATUS sess_cleanup(PDEVICE_OBJECT dev, PIRP irp)
{
    struct session *s = sess_of(irp);

    (void)dev;

    KeWaitForSingleObject(&s->lock, Executive, KernelMode, FALSE, NULL);
    s->used = 0;
    KeReleaseMutex(&s->lock, FALSE);
    InterlockedDecrement(&g_open);
    return sess_finish(irp, STATUS_SUCCESS, 0);
}

NTSTATUS sess_close(PDEVICE_OBJECT dev, PIRP irp)
{
    struct session *s = sess_of(irp);

    (void)dev;

    ExFreePoolWithTag(s, SESS_TAG);
    return sess_finish(irp, STATUS_SUCCESS, 0);
}

NTSTATUS sess_control(PDEVICE_OBJECT dev, PIRP irp)
{
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(irp);
    ULONG in = sp->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = sp->Parameters.DeviceIoControl.OutputBufferLength;
    PUCHAR buf = irp->AssociatedIrp.SystemBuffer;
    struct session *s = sess_of(irp);
    NTSTATUS st = STATUS_SUCCESS;
    ULONG n = 0;

    (void)dev;

    KeWaitForSingleObject(&s->lock, Executive, KernelMode, FALSE, NULL);
    switch (sp->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_SESS_PUT:
        if (in > SESS_SCRATCH) {
            st = STATUS_INVALID_BUFFER_SIZE;
            break;
        }
        if (in)
            RtlCopyMemory(s->scratch, buf, in);
        s->used = in;
        break;
    case IOCTL_SESS_GET:
        n = out < s->used ? out : s->used;
        if (n)
            RtlCopyMemory(buf, s->scratch, n);
        break;
    default:
        st = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }
    KeReleaseMutex(&s->lock, FALSE);
    return sess_finish(irp, st, n);
}
