/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Quillon: a control device that translates text by tables which programs load, keeps a
 * secret key, compares buffers of its callers and holds one pinned window for each file.
 */
#pragma once

#include <ntddk.h>

#define QL_TAG 'niuQ'
#define QL_TABLES 8
#define QL_TABLE_SIZE 256
#define QL_KEY_MAX 512
#define QL_WINDOW_MAX (64 * 1024)
#define QL_VERSION 0x00020003

#define QL_CODE(n, method, access) CTL_CODE(FILE_DEVICE_UNKNOWN, 0x840 + (n), (method), (access))

#define IOCTL_QL_VERSION QL_CODE(0, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_QL_SELECT QL_CODE(1, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_QL_DROP QL_CODE(2, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_QL_LOAD QL_CODE(3, METHOD_IN_DIRECT, FILE_WRITE_DATA)
#define IOCTL_QL_TRANSLATE QL_CODE(4, METHOD_OUT_DIRECT, FILE_READ_DATA)
#define IOCTL_QL_SET_KEY QL_CODE(5, METHOD_NEITHER, FILE_WRITE_DATA)
#define IOCTL_QL_KEY_SUM QL_CODE(6, METHOD_BUFFERED, FILE_READ_DATA)
#define IOCTL_QL_COMPARE QL_CODE(7, METHOD_NEITHER, FILE_READ_DATA)
#define IOCTL_QL_PIN QL_CODE(8, METHOD_NEITHER, FILE_WRITE_DATA)
#define IOCTL_QL_UNPIN QL_CODE(9, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_QL_PEEK QL_CODE(10, METHOD_BUFFERED, FILE_READ_DATA)

typedef struct QL_EXTENSION {
    FAST_MUTEX Lock; /* guards what follows */
    PUCHAR Tables[QL_TABLES];
    ULONG Active;
    PUCHAR Key;
    ULONG KeyLength;
} QL_EXTENSION;

typedef struct QL_FILE {
    FAST_MUTEX Lock;
    BOOLEAN Closing;
    PMDL Window;
} QL_FILE;

/* What a handler sees of a device control request. */
typedef struct QL_REQUEST {
    PIRP Irp;
    QL_FILE *File;
    PVOID Buffer;     /* the system buffer, not with METHOD_NEITHER */
    PVOID UserInput;  /* with METHOD_NEITHER */
    PVOID UserOutput; /* with METHOD_NEITHER */
    ULONG InLength;
    ULONG OutLength;
    ULONG_PTR Information;
} QL_REQUEST;

typedef NTSTATUS (*QL_HANDLER)(QL_EXTENSION *ext, QL_REQUEST *request);

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD QlUnload;
DRIVER_DISPATCH QlCreate;
DRIVER_DISPATCH QlCleanup;
DRIVER_DISPATCH QlClose;
DRIVER_DISPATCH QlControl;

/* driver.c */
NTSTATUS QlFinish(PIRP irp, NTSTATUS status, ULONG_PTR information);

/* memory.c */
PVOID QlAlloc(SIZE_T size);
VOID QlFree(PVOID block);
NTSTATUS QlCapture(PIRP irp, const VOID *user, ULONG length, PUCHAR *block);
NTSTATUS QlLockUser(PIRP irp, PVOID user, ULONG length, LOCK_OPERATION access, PMDL *mdl);
VOID QlUnlockUser(PMDL mdl);
VOID QlReleaseWindow(QL_FILE *file, BOOLEAN closing);
