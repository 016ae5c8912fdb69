/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * kestrel: requests are queued in a cancel-safe queue and served one by one by a worker
 * thread.  Each request carries a job of its own with a copy of its data.
 */
#ifndef KESTREL_H
#define KESTREL_H

#include <ntifs.h>

#define KS_TAG 'rtsK'
#define KS_DATA_MAX 0x10000
#define KS_EXPIRE_SECONDS 30
#define KS_NAME L"\\Device\\Kestrel"
#define KS_LINK L"\\DosDevices\\Kestrel"

/* in: ks_header and data, out: the data scrambled */
#define IOCTL_KS_SCRAMBLE \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0xB10, METHOD_BUFFERED, FILE_READ_DATA | FILE_WRITE_DATA)
/* in: ks_header and data, out: a ULONG */
#define IOCTL_KS_SUM CTL_CODE(FILE_DEVICE_UNKNOWN, 0xB11, METHOD_BUFFERED, FILE_READ_DATA)
/* out: ks_report of the last job that was served; answered at once */
#define IOCTL_KS_LAST CTL_CODE(FILE_DEVICE_UNKNOWN, 0xB12, METHOD_BUFFERED, FILE_READ_DATA)

struct ks_header {
    ULONG key;
    ULONG length; /* of the data behind */
};

struct ks_report {
    ULONG kind;
    ULONG length;
    NTSTATUS status;
    LARGE_INTEGER waited;
};

enum ks_kind {
    KS_SCRAMBLE,
    KS_SUM,
    KS_STORE
};

/* In DriverContext[0] of a request from ks_submit to its completion. */
struct ks_job {
    enum ks_kind kind;
    ULONG key;
    LARGE_INTEGER queued;
    ULONG length;
    UCHAR data[1];
};

struct ks_device {
    PDEVICE_OBJECT self;
    IO_CSQ csq;
    LIST_ENTRY pending;
    KSPIN_LOCK pending_lock;
    KSEMAPHORE work; /* counts the requests, and once more to stop */
    PVOID thread;
    volatile LONG stopping;
    FAST_MUTEX lock; /* guards what follows */
    struct ks_report *last;
    PUCHAR store; /* what the last write has left */
    ULONG store_length;
};

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD ks_unload;
DRIVER_DISPATCH ks_create_close;
DRIVER_DISPATCH ks_cleanup;
DRIVER_DISPATCH ks_read;
DRIVER_DISPATCH ks_write;
DRIVER_DISPATCH ks_control;
KSTART_ROUTINE ks_worker;

static inline struct ks_device *ks_of(PDEVICE_OBJECT device)
{
    return (struct ks_device *)device->DeviceExtension;
}

/* queue.c */
NTSTATUS ks_queue_init(struct ks_device *dev);
NTSTATUS ks_submit(struct ks_device *dev, PIRP irp, enum ks_kind kind, ULONG key,
                   const UCHAR *data, ULONG length);
struct ks_job *ks_detach_job(PIRP irp);
void ks_free_job(struct ks_job *job);
void ks_cancel_all(struct ks_device *dev, PFILE_OBJECT file);

/* worker.c */
NTSTATUS ks_start_worker(struct ks_device *dev);
void ks_stop_worker(struct ks_device *dev);

/* driver.c */
NTSTATUS ks_complete(PIRP irp, NTSTATUS status, ULONG_PTR information);

#endif
