/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A tape drive that exists in memory: one record of two tracks. */
#ifndef RECORD_H
#define RECORD_H

#include <ntddk.h>

#define TAPE_TAG 'epaT'

typedef struct _TAPE_RECORD {
    ULONG Length;
    PUCHAR Left;
    PUCHAR Right;
} TAPE_RECORD, *PTAPE_RECORD;

/* Gives the caller's record its two tracks. */
NTSTATUS TapeFill(PTAPE_RECORD Record, const UCHAR *Samples, ULONG Length);
VOID TapeEmpty(PTAPE_RECORD Record);

#endif
