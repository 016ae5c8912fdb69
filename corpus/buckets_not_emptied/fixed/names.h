/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A hash table from numbers to short names, filled and asked by device control requests. */
#ifndef HN_NAMES_H
#define HN_NAMES_H

#include <ntddk.h>

#define HN_TAG          'mnsH'
#define HN_BUCKETS      32
#define HN_NAME_CHARS   32

#define IOCTL_HN_ADD    CTL_CODE(FILE_DEVICE_UNKNOWN, 0xA00, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_HN_DELETE CTL_CODE(FILE_DEVICE_UNKNOWN, 0xA01, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_HN_FIND   CTL_CODE(FILE_DEVICE_UNKNOWN, 0xA02, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _HN_REQUEST
{
    ULONG   Key;
    WCHAR   Name[HN_NAME_CHARS];
} HN_REQUEST, *PHN_REQUEST;

VOID HnTableInit(VOID);
VOID HnTableDestroy(VOID);
NTSTATUS HnTableAdd(PHN_REQUEST Request);
NTSTATUS HnTableDelete(ULONG Key);
NTSTATUS HnTableFind(PHN_REQUEST Request);

VOID HnRelease(PVOID Block);

#endif
