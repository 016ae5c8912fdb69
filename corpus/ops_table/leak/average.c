/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A meter that remembers its last values: the core knows it by its table alone. */
#include "ops.h"

#define AVG_VALUES 64

typedef struct _AVERAGE {
	ULONG Count;
	PULONG Values;
} AVERAGE, *PAVERAGE;

static PAVERAGE g_Average;

static NTSTATUS AvgStart(PVOID *state)
{
	PAVERAGE average = ExAllocatePoolZero(NonPagedPoolNx, sizeof(AVERAGE), MTR_TAG);

	if (!average)
		return STATUS_INSUFFICIENT_RESOURCES;
	average->Values = ExAllocatePoolZero(NonPagedPoolNx, AVG_VALUES * sizeof(ULONG), MTR_TAG); /* leak62: LeakAtUnload */
	if (!average->Values) {
		ExFreePoolWithTag(average, MTR_TAG);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	g_Average = average;
	*state = average;
	return STATUS_SUCCESS;
}

static ULONG AvgNext(PVOID state)
{
	PAVERAGE average = state;
	ULONG sum = 0, i;

	average->Values[average->Count++ % AVG_VALUES] = average->Count * 7 % 101;
	for (i = 0; i < AVG_VALUES; i++)
		sum += average->Values[i];
	return sum / AVG_VALUES;
}

static VOID AvgStop(PVOID state)
{
	UNREFERENCED_PARAMETER(state);

	RtlZeroMemory(g_Average->Values, AVG_VALUES * sizeof(ULONG));
	ExFreePoolWithTag(g_Average, MTR_TAG);
	g_Average = NULL;
}

const METER_OPS g_AverageOps = {AvgStart, AvgNext, AvgStop};
