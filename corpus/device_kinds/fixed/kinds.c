/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Two kinds of gauges: one knows its last sample, the other all of them. */
#include "gauge.h"

static NTSTATUS PlainStart(struct gauge *Gauge)
{
	Gauge->Last = 0;
	return STATUS_SUCCESS;
}

static VOID PlainStop(struct gauge *Gauge)
{
	Gauge->Last = 0;
}

static NTSTATUS RememberingStart(struct gauge *Gauge)
{
	Gauge->History = ExAllocatePoolWithTag(NonPagedPool, GAUGE_SAMPLES * sizeof(ULONG),
					       GAUGE_TAG);
	if (Gauge->History == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlZeroMemory(Gauge->History, GAUGE_SAMPLES * sizeof(ULONG));
	return STATUS_SUCCESS;
}

static VOID RememberingStop(struct gauge *Gauge)
{
	ExFreePoolWithTag(Gauge->History, GAUGE_TAG);
	Gauge->History = NULL;
}

const struct gauge_kind PlainGauge = {PlainStart, PlainStop};
const struct gauge_kind RememberingGauge = {RememberingStart, RememberingStop};
