/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Making, sharing and queueing of jobs.
 */
#include "job.h"

job *job_create(const void *src, ULONG size)
{
    job *j = ExAllocatePoolWithTag(NonPagedPool, sizeof(job), JOB_TAG);

    if (!j)
        return NULL;

    j->data = ExAllocatePoolWithTag(NonPagedPool, size, JOB_TAG);
    if (!j->data)
        goto no_data;

    j->mdl = IoAllocateMdl(j->data, size, FALSE, FALSE, NULL);
    if (!j->mdl)
        goto no_mdl;

    MmBuildMdlForNonPagedPool(j->mdl);
    RtlCopyMemory(j->data, src, size);
    j->next = NULL;
    j->refs = 1;
    j->size = size;
    return j;

no_mdl:
    ExFreePoolWithTag(j->data, JOB_TAG);
no_data:
    ExFreePoolWithTag(j, JOB_TAG);
    return NULL;
}

void job_ref(job *j)
{
    InterlockedIncrement(&j->refs);
}

void job_unref(job *j)
{
    if (InterlockedDecrement(&j->refs) != 0)
        return;

    IoFreeMdl(j->mdl);
    ExFreePoolWithTag(j->data, JOB_TAG);
    ExFreePoolWithTag(j, JOB_TAG);
}

void queue_init(job_queue *q)
{
    KeInitializeSpinLock(&q->lock);
    q->first = NULL;
    q->last = &q->first;
}

/* The queue takes over the caller's reference. */
void queue_put(job_queue *q, job *j)
{
    KIRQL irql;

    KeAcquireSpinLock(&q->lock, &irql);
    *q->last = j;
    q->last = &j->next;
    KeReleaseSpinLock(&q->lock, irql);
}

/* The caller takes over the queue's reference. */
job *queue_get(job_queue *q)
{
    job *j;
    KIRQL irql;

    KeAcquireSpinLock(&q->lock, &irql);
    j = q->first;
    if (j) {
        q->first = j->next;
        if (!q->first)
            q->last = &q->first;
    }
    KeReleaseSpinLock(&q->lock, irql);
    return j;
}

/* The caller gets a reference of its own. */
job *queue_peek(job_queue *q)
{
    job *j;
    KIRQL irql;

    KeAcquireSpinLock(&q->lock, &irql);
    j = q->first;
    if (j)
        job_ref(j);
    KeReleaseSpinLock(&q->lock, irql);
    return j;
}

void queue_purge(job_queue *q)
{
    job *j;

    while ((j = queue_get(q)) != NULL)
        job_unref(j);
}
