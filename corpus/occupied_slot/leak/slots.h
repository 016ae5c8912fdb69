/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Numbered slots that hold blocks of data for whoever asks. */
#ifndef SLOTS_H
#define SLOTS_H

#include <ntifs.h>

#define SLOT_COUNT 16
#define SLOT_MAX_BYTES 2048

#define IOCTL_SLOT_STORE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x850, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_SLOT_FETCH CTL_CODE(FILE_DEVICE_UNKNOWN, 0x851, METHOD_BUFFERED, FILE_READ_DATA)
#define IOCTL_SLOT_CLEAR CTL_CODE(FILE_DEVICE_UNKNOWN, 0x852, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _BLK {
    ULONG Size;
    UCHAR Bytes[ANYSIZE_ARRAY];
} BLK, *PBLK;

/* blk.c */
PBLK BlkNew(const VOID *Source, ULONG Size);
VOID BlkFree(PBLK Block);

/* slots.c */
NTSTATUS SlotsSetup(VOID);
VOID SlotsTeardown(VOID);
NTSTATUS SlotStore(ULONG Index, const VOID *Data, ULONG Size);
NTSTATUS SlotFetch(ULONG Index, PVOID Data, ULONG Room, PULONG Done);
NTSTATUS SlotClear(ULONG Index);

#endif
