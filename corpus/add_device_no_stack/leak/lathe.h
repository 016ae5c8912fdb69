/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Lathe: upper filter that counts the writes to a machine and keeps the last ones.
 */
#ifndef LATHE_H_INCLUDED
#define LATHE_H_INCLUDED

#include <ntddk.h>

#define LATHE_TAG 'htaL'
#define LATHE_LAST 32

struct lathe_note {
    LARGE_INTEGER when;
    ULONG length;
};

struct lathe {
    PDEVICE_OBJECT self;
    PDEVICE_OBJECT below;
    IO_REMOVE_LOCK removal;
    PIO_WORKITEM reporter;
    volatile LONG report_busy;
    volatile LONG writes;
    KSPIN_LOCK note_lock;
    struct lathe_note *notes;
};

/* notes.c */
NTSTATUS lathe_notes_open(struct lathe *lathe);
void lathe_notes_close(struct lathe *lathe);
void lathe_note_write(struct lathe *lathe, ULONG length);
IO_WORKITEM_ROUTINE lathe_report;

#endif
