/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * worker.c - the thread that takes requests from the queue and serves them.
 */
#include "kestrel.h"

/* The worker's own memory for the stream of a key; it grows with the jobs. */
struct ks_stream {
    PUCHAR bytes;
    ULONG room;
};

static NTSTATUS ks_stream_fill(struct ks_stream *stream, ULONG length, ULONG key)
{
    ULONG i;

    if (stream->room < length) {
        if (stream->bytes)
            ExFreePoolWithTag(stream->bytes, KS_TAG);
        stream->room = 0;
        stream->bytes = ExAllocatePoolWithTag(PagedPool, length, KS_TAG);
        if (!stream->bytes)
            return STATUS_INSUFFICIENT_RESOURCES;
        stream->room = length;
    }

    for (i = 0; i < length; i++) {
        key = key * 1664525 + 1013904223;
        stream->bytes[i] = (UCHAR)(key >> 24);
    }
    return STATUS_SUCCESS;
}

static void ks_scramble(PUCHAR to, const UCHAR *from, const UCHAR *stream, ULONG length)
{
    ULONG i;

    for (i = 0; i < length; i++)
        to[i] = from[i] ^ stream[i];
}

static ULONG ks_sum(const UCHAR *data, ULONG length, ULONG key)
{
    ULONG i;

    for (i = 0; i < length; i++)
        key = (key ^ data[i]) * 16777619;
    return key;
}

/* The data of a write take the place of those of the last one. */
static NTSTATUS ks_store(struct ks_device *dev, const struct ks_job *job)
{
    PUCHAR fresh, former;

    fresh = ExAllocatePoolWithTag(PagedPool, job->length, KS_TAG);
    if (!fresh)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(fresh, job->data, job->length);

    ExAcquireFastMutex(&dev->lock);
    former = dev->store;
    dev->store = fresh;
    dev->store_length = job->length;
    ExReleaseFastMutex(&dev->lock);

    if (former)
        ExFreePoolWithTag(former, KS_TAG);
    return STATUS_SUCCESS;
}

static void ks_note(struct ks_device *dev, const struct ks_job *job, NTSTATUS status)
{
    LARGE_INTEGER now;

    KeQuerySystemTime(&now);
    ExAcquireFastMutex(&dev->lock);
    dev->last->kind = job->kind;
    dev->last->length = job->length;
    dev->last->status = status;
    dev->last->waited.QuadPart = now.QuadPart - job->queued.QuadPart;
    ExReleaseFastMutex(&dev->lock);
}

static BOOLEAN ks_expired(const struct ks_job *job)
{
    LARGE_INTEGER now;

    KeQuerySystemTime(&now);
    return now.QuadPart - job->queued.QuadPart > KS_EXPIRE_SECONDS * 10000000LL;
}

/* One request, off the queue and nobody else's; it is completed on all ways. */
static void ks_serve(struct ks_device *dev, struct ks_stream *stream, PIRP irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
    struct ks_job *job = ks_detach_job(irp);
    PUCHAR out = irp->AssociatedIrp.SystemBuffer;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG_PTR information = 0;
    ULONG room = 0;

    if (location->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        room = location->Parameters.DeviceIoControl.OutputBufferLength;

    if (ks_expired(job)) {
        ks_note(dev, job, STATUS_IO_TIMEOUT);
        ks_free_job(job);
        ks_complete(irp, STATUS_IO_TIMEOUT, 0);
        return;
    }

    switch (job->kind) {
    case KS_SCRAMBLE:
        if (room < job->length) {
            status = STATUS_BUFFER_TOO_SMALL;
            break;
        }
        status = ks_stream_fill(stream, job->length, job->key);
        if (!NT_SUCCESS(status))
            break;
        ks_scramble(out, job->data, stream->bytes, job->length);
        information = job->length;
        break;

    case KS_SUM:
        if (room < sizeof(ULONG)) {
            status = STATUS_BUFFER_TOO_SMALL;
            break;
        }
        *(PULONG)out = ks_sum(job->data, job->length, job->key);
        information = sizeof(ULONG);
        break;

    case KS_STORE:
        status = ks_store(dev, job);
        if (NT_SUCCESS(status))
            information = job->length;
        break;
    }

    ks_note(dev, job, status);
    ks_free_job(job);
    ks_complete(irp, status, information);
}

VOID ks_worker(PVOID context)
{
    struct ks_device *dev = context;
    struct ks_stream stream = {NULL, 0};
    PIRP irp;

    for (;;) {
        KeWaitForSingleObject(&dev->work, Executive, KernelMode, FALSE, NULL);
        if (dev->stopping)
            break;

        /* A request that was cancelled has left its count behind. */
        irp = IoCsqRemoveNextIrp(&dev->csq, NULL);
        if (irp)
            ks_serve(dev, &stream, irp);
    }

    if (stream.bytes)
        ExFreePoolWithTag(stream.bytes, KS_TAG);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS ks_start_worker(struct ks_device *dev)
{
    HANDLE handle;
    NTSTATUS status;

    status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, ks_worker, dev);
    if (!NT_SUCCESS(status))
        return status;

    status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &dev->thread,
                                       NULL);
    if (!NT_SUCCESS(status)) {
        /* The thread must not run on without us. */
        InterlockedExchange(&dev->stopping, 1);
        KeReleaseSemaphore(&dev->work, IO_NO_INCREMENT, 1, FALSE);
        ZwWaitForSingleObject(handle, FALSE, NULL);
    }
    ZwClose(handle);
    return status;
}

void ks_stop_worker(struct ks_device *dev)
{
    InterlockedExchange(&dev->stopping, 1);
    KeReleaseSemaphore(&dev->work, IO_NO_INCREMENT, 1, FALSE);
    KeWaitForSingleObject(dev->thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(dev->thread);
    dev->thread = NULL;
}
