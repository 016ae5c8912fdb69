/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the cases of this driver share. */
#pragma once
#include <ntifs.h>

#define TAG 'hesS'
#define STATUS_TEST ((NTSTATUS)0xe0000062)

/* Bug check 0x139 with the line. */
void Stop(ULONG line);
#define CHECK(condition) \
    if (!(condition)) \
    Stop(__LINE__)

extern volatile LONG One;    /* keeps the compiler from knowing */
extern volatile ULONG Order; /* what ran, a decimal digit each */
extern PIRP Current;         /* the request that is being handled */

void Mark(ULONG digit);
/* A user address where nothing is. */
volatile ULONG *Nowhere(void);

void Probes(PDEVICE_OBJECT device);
void Buffers(PDEVICE_OBJECT device);
void Unmapped(PDEVICE_OBJECT device);
void LockPages(PDEVICE_OBJECT device);
void UnlockTwice(PDEVICE_OBJECT device);
