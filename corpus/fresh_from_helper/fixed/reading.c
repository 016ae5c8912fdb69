/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Readings come from pool and know what time it was. */
#include "meter.h"

PREADING MeterTake(PMETER Meter)
{
	PREADING reading;
	KIRQL irql;

	reading = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*reading), METER_TAG);
	if (reading == NULL)
		return NULL;

	KeQuerySystemTime(&reading->Time);
	KeAcquireSpinLock(&Meter->Lock, &irql);
	reading->Value = Meter->Last;
	Meter->Last = reading->Value * 1103515245 + 12345;
	reading->Next = Meter->Last;
	KeReleaseSpinLock(&Meter->Lock, irql);
	return reading;
}

VOID MeterForget(PREADING Reading)
{
	ExFreePoolWithTag(Reading, METER_TAG);
}
