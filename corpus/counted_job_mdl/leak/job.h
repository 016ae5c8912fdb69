/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Jobs: a block of data with an MDL over it, counted references, own next pointer. */
#ifndef JOB_H
#define JOB_H

#include <wdm.h>

#define JOB_TAG 'qboJ'
#define JOB_MAX_BYTES 16384

typedef struct job {
    struct job *next;
    LONG refs;
    ULONG size;
    PVOID data;
    PMDL mdl;
} job;

job *job_create(const void *src, ULONG size);
void job_ref(job *j);
void job_unref(job *j);

typedef struct job_queue {
    KSPIN_LOCK lock;
    job *first;
    job **last;
} job_queue;

void queue_init(job_queue *q);
void queue_put(job_queue *q, job *j);
job *queue_get(job_queue *q);
job *queue_peek(job_queue *q);
void queue_purge(job_queue *q);

#endif
