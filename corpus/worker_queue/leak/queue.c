/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * queue.c - the cancel-safe queue of requests, and the jobs that they carry.
 */
#include "kestrel.h"

static inline struct ks_device *ks_of_csq(PIO_CSQ csq)
{
    return CONTAINING_RECORD(csq, struct ks_device, csq);
}

static VOID NTAPI ks_csq_insert(PIO_CSQ csq, PIRP irp)
{
    InsertTailList(&ks_of_csq(csq)->pending, &irp->Tail.Overlay.ListEntry);
}

static VOID NTAPI ks_csq_remove(PIO_CSQ csq, PIRP irp)
{
    UNREFERENCED_PARAMETER(csq);

    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

/* The next request after irp, or the first; with a context, of that file only. */
static PIRP NTAPI ks_csq_peek(PIO_CSQ csq, PIRP irp, PVOID context)
{
    struct ks_device *dev = ks_of_csq(csq);
    PLIST_ENTRY entry = irp ? irp->Tail.Overlay.ListEntry.Flink : dev->pending.Flink;

    for (; entry != &dev->pending; entry = entry->Flink) {
        PIRP next = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);

        if (!context || IoGetCurrentIrpStackLocation(next)->FileObject == context)
            return next;
    }
    return NULL;
}

static VOID NTAPI ks_csq_acquire(PIO_CSQ csq, PKIRQL irql)
{
    KeAcquireSpinLock(&ks_of_csq(csq)->pending_lock, irql);
}

static VOID NTAPI ks_csq_release(PIO_CSQ csq, KIRQL irql)
{
    KeReleaseSpinLock(&ks_of_csq(csq)->pending_lock, irql);
}

/* The request is off the queue already; its job goes with it. */
static VOID NTAPI ks_csq_canceled(PIO_CSQ csq, PIRP irp)
{
    UNREFERENCED_PARAMETER(csq);

    ks_free_job(ks_detach_job(irp));
    ks_complete(irp, STATUS_CANCELLED, 0);
}

NTSTATUS ks_queue_init(struct ks_device *dev)
{
    InitializeListHead(&dev->pending);
    KeInitializeSpinLock(&dev->pending_lock);
    KeInitializeSemaphore(&dev->work, 0, MAXLONG);

    return IoCsqInitialize(&dev->csq, ks_csq_insert, ks_csq_remove, ks_csq_peek, ks_csq_acquire,
                           ks_csq_release, ks_csq_canceled);
}

static struct ks_job *ks_make_job(enum ks_kind kind, ULONG key, const UCHAR *data, ULONG length)
{
    struct ks_job *job;

    job = ExAllocatePoolWithTag(NonPagedPool, FIELD_OFFSET(struct ks_job, data) + length, KS_TAG);
    if (!job)
        return NULL;

    job->kind = kind;
    job->key = key;
    job->length = length;
    KeQuerySystemTime(&job->queued);
    RtlCopyMemory(job->data, data, length);
    return job;
}

void ks_free_job(struct ks_job *job)
{
    if (job)
        ExFreePoolWithTag(job, KS_TAG);
}

/* Takes the job away from its request; it is the caller's then. */
struct ks_job *ks_detach_job(PIRP irp)
{
    struct ks_job *job = irp->Tail.Overlay.DriverContext[0];

    irp->Tail.Overlay.DriverContext[0] = NULL;
    return job;
}

/*
 * Queues a request with a job for the worker.  The request is completed here only if
 * there is no job to be had.
 */
NTSTATUS ks_submit(struct ks_device *dev, PIRP irp, enum ks_kind kind, ULONG key,
                   const UCHAR *data, ULONG length)
{
    struct ks_job *job;

    if (length > KS_DATA_MAX)
        return ks_complete(irp, STATUS_INVALID_BUFFER_SIZE, 0);

    job = ks_make_job(kind, key, data, length);
    if (!job)
        return ks_complete(irp, STATUS_INSUFFICIENT_RESOURCES, 0);

    irp->Tail.Overlay.DriverContext[0] = job;
    IoCsqInsertIrp(&dev->csq, irp, NULL);
    KeReleaseSemaphore(&dev->work, IO_NO_INCREMENT, 1, FALSE);
    return STATUS_PENDING;
}

/* The requests of one file that the worker has not come to. */
void ks_cancel_all(struct ks_device *dev, PFILE_OBJECT file)
{
    PIRP irp;

    while ((irp = IoCsqRemoveNextIrp(&dev->csq, file)) != NULL) {
        struct ks_job *job = ks_detach_job(irp);

        ks_complete(irp, STATUS_CANCELLED, 0);
        ks_free_job(job);
    }
}
