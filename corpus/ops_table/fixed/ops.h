/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef METER_OPS_H
#define METER_OPS_H

#include <ntddk.h>

#define MTR_TAG 'rtMA'

/* What the driver core calls of a kind of meter. */
typedef struct _METER_OPS {
	NTSTATUS (*Start)(PVOID *state);
	ULONG (*Next)(PVOID state);
	VOID (*Stop)(PVOID state);
} METER_OPS;

extern const METER_OPS g_AverageOps;

#endif
