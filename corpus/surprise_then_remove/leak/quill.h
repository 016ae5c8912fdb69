/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Quill: function driver of a pen plotter; keeps a plot image and a queue of strokes.
 */
#ifndef QUILL_H
#define QUILL_H

#include <ntddk.h>

#define QUILL_TAG 'lliQ'
#define QUILL_IMAGE_BYTES (64 * 1024)

typedef enum {
    QuillAdded,
    QuillWorking,
    QuillStopped,
    QuillGone
} QUILL_STATE;

typedef struct {
    LIST_ENTRY Entry;
    USHORT X;
    USHORT Y;
} QUILL_STROKE;

typedef struct {
    PDEVICE_OBJECT DeviceObject;
    PDEVICE_OBJECT NextLower;
    QUILL_STATE State;
    IO_REMOVE_LOCK Lock;
    KSPIN_LOCK StrokeLock;
    LIST_ENTRY Strokes;
    PUCHAR Image;
} QUILL_EXTENSION;

NTSTATUS QuillAcquireBuffers(QUILL_EXTENSION *Quill);
VOID QuillReleaseBuffers(QUILL_EXTENSION *Quill);
VOID QuillDropStrokes(QUILL_EXTENSION *Quill);
NTSTATUS QuillTakeStrokes(QUILL_EXTENSION *Quill, const USHORT *Points, ULONG Count);

#endif
