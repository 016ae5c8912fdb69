/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * TideGauge: function driver of a gauge; the size of its ring of readings comes from
 * the memory window that START_DEVICE brings.
 */
#pragma once
#include <ntddk.h>

#define TG_TAG 'ediT'
#define TG_DEFAULT_READINGS 64u

typedef struct TG_READING_ {
    LARGE_INTEGER When;
    LONG Millimetres;
} TG_READING;

typedef struct TG_DEVICE_ {
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK Gone;
    BOOLEAN Live;
    FAST_MUTEX RingMutex;
    TG_READING *Ring;
    ULONG RingCount;
    ULONG RingNext;
} TG_DEVICE;

NTSTATUS RingBuild(TG_DEVICE *Gauge, ULONG Readings);
VOID RingDiscard(TG_DEVICE *Gauge);
NTSTATUS RingNote(TG_DEVICE *Gauge, LONG Millimetres);
ULONG RingCopy(TG_DEVICE *Gauge, TG_READING *Out, ULONG Room);
