/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A meter that is read now and then. */
#ifndef METER_H
#define METER_H

#include <ntddk.h>

#define METER_TAG 'teMA'

typedef struct _READING {
	LARGE_INTEGER Time;
	ULONG Value;
	ULONG Next;
} READING, *PREADING;

typedef struct _METER {
	KSPIN_LOCK Lock;
	ULONG Last;
} METER, *PMETER;

/* A new reading, to be freed with MeterForget, or NULL. */
PREADING MeterTake(PMETER Meter);
VOID MeterForget(PREADING Reading);

#endif
