/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Per-open sessions: one record for each handle that is opened on the control device. */
#pragma once
#include <wdm.h>

#define SESS_TAG 'sseS'
#define SESS_SCRATCH 256

#define IOCTL_SESS_PUT CTL_CODE(0x8321, 0x900, METHOD_BUFFERED, FILE_WRITE_ACCESS)
#define IOCTL_SESS_GET CTL_CODE(0x8321, 0x901, METHOD_BUFFERED, FILE_READ_ACCESS)

struct session {
    LONG id;
    ULONG used;
    KMUTEX lock;
    UCHAR scratch[SESS_SCRATCH];
};

extern LONG g_open;

NTSTATUS sess_finish(PIRP irp, NTSTATUS st, ULONG_PTR info);

DRIVER_DISPATCH sess_create;
DRIVER_DISPATCH sess_cleanup;
DRIVER_DISPATCH sess_close;
DRIVER_DISPATCH sess_control;
