/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * CubbyHole: sixteen numbered places of 512 bytes that live as long as the driver.
 */
#pragma once

#include <ntddk.h>

#define CUBBY_SLOTS     16
#define CUBBY_SLOT_SIZE 512

#define IOCTL_CUBBY_PUT  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_CUBBY_GET  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x901, METHOD_BUFFERED, FILE_READ_DATA)
#define IOCTL_CUBBY_DROP CTL_CODE(FILE_DEVICE_UNKNOWN, 0x902, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _CUBBY_REQUEST
{
    ULONG Slot;
    ULONG Length;
    UCHAR Data[CUBBY_SLOT_SIZE];
} CUBBY_REQUEST, *PCUBBY_REQUEST;

VOID     SlotsStartup(VOID);
VOID     SlotsShutdown(VOID);
NTSTATUS SlotsPut(const CUBBY_REQUEST *Request);
NTSTATUS SlotsGet(PCUBBY_REQUEST Request);
NTSTATUS SlotsDrop(ULONG Slot);
