/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Upper filter that puts vendor queries to the device below: shared declarations. */
#pragma once
#include <wdm.h>

#define VEND_TAG 'dneV'
#define VEND_REPLY_MAX 512
#define VEND_SIGNATURE 0x56

#define IOCTL_VEND_QUERY CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8F1, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_INTERNAL_VEND_RAW \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8F2, METHOD_NEITHER, FILE_ANY_ACCESS)

#pragma pack(push, 1)
typedef struct _VEND_REPLY {
    UCHAR Signature;
    UCHAR Length;
    UCHAR Data[1];
} VEND_REPLY, *PVEND_REPLY;
#pragma pack(pop)

typedef struct _FILTER_DATA {
    PDEVICE_OBJECT Target;
    IO_REMOVE_LOCK Lock;
    LONG Queries;
    LONG Malformed;
} FILTER_DATA, *PFILTER_DATA;

NTSTATUS VendQuery(PFILTER_DATA Filter, PUCHAR Request, ULONG RequestLength, PUCHAR Out,
                   ULONG OutLength, PULONG_PTR Returned);
NTSTATUS VendSendRaw(PFILTER_DATA Filter, PUCHAR Request, ULONG RequestLength, PVOID Reply,
                     ULONG ReplyLength, PULONG_PTR Got);
