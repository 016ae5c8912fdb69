/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Tamarisk: an upper filter over simple input devices.  It looks at what is read through
 * it, keeps a history of the reads of each open file and can blank bits of the data.
 */
#ifndef TAMARISK_H
#define TAMARISK_H

#include <ntddk.h>

#define TAG_FILE 'fmaT'
#define TAG_HISTORY 'hmaT'
#define TAG_TRACE 'tmaT'
#define TAG_MASK 'mmaT'
#define TAG_MISC 'xmaT'

#define TM_DEPTH_DEFAULT 32
#define TM_DEPTH_MAX 1024
#define TM_MASK_MAX 64

#define IOCTL_TAMARISK_HISTORY \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0xA40, METHOD_BUFFERED, FILE_READ_DATA)
#define IOCTL_TAMARISK_SET_MASK \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0xA41, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _TM_ENTRY
{
    LARGE_INTEGER Started;
    LARGE_INTEGER Finished;
    ULONG Length;
    NTSTATUS Status;
} TM_ENTRY, *PTM_ENTRY;

typedef struct _TM_HISTORY
{
    ULONG Depth;
    ULONG Next;
    ULONG Used;
    TM_ENTRY Entries[1];
} TM_HISTORY, *PTM_HISTORY;

/* One for each open file, in FsContext2, for which the drivers below have no use. */
typedef struct _TM_FILE
{
    KSPIN_LOCK Lock;
    BOOLEAN Closing;
    PTM_HISTORY History; /* from the first read on */
    ULONG Reads;
} TM_FILE, *PTM_FILE;

/* One for each read on its way, the context of its completion routine. */
typedef struct _TM_TRACE
{
    PTM_FILE File;
    LARGE_INTEGER Started;
} TM_TRACE, *PTM_TRACE;

typedef struct _TM_MASK
{
    ULONG Length;
    UCHAR Bits[1];
} TM_MASK, *PTM_MASK;

typedef struct _TM_EXTENSION
{
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    KSPIN_LOCK MaskLock;
    PTM_MASK Mask;
    volatile LONG OpenFiles;
} TM_EXTENSION, *PTM_EXTENSION;

extern ULONG TmHistoryDepth;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD TmUnload;
DRIVER_ADD_DEVICE TmAddDevice;
DRIVER_DISPATCH TmPass;
DRIVER_DISPATCH TmPnp;
DRIVER_DISPATCH TmPower;
DRIVER_DISPATCH TmCreate;
DRIVER_DISPATCH TmCleanup;
DRIVER_DISPATCH TmClose;
DRIVER_DISPATCH TmRead;
DRIVER_DISPATCH TmDeviceControl;
IO_COMPLETION_ROUTINE TmReadDone;
IO_COMPLETION_ROUTINE TmSignal;

/* filter.c */
NTSTATUS TmComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information);
NTSTATUS TmForwardAndWait(PTM_EXTENSION Ext, PIRP Irp);

/* file.c */
PTM_FILE TmFileOf(PIO_STACK_LOCATION Stack);
VOID TmEnsureHistory(PTM_FILE File);
VOID TmAddHistory(PTM_FILE File, const TM_ENTRY *Entry);
NTSTATUS TmCopyHistory(PTM_FILE File, PTM_ENTRY To, ULONG Room, PULONG_PTR Copied);

/* mask.c */
NTSTATUS TmSetMask(PTM_EXTENSION Ext, const UCHAR *Bits, ULONG Length);
VOID TmApplyMask(PTM_EXTENSION Ext, PUCHAR Data, ULONG_PTR Length);

#endif
