/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Gauges: what all kinds have, and the routines of each. */
#pragma once
#include <ntddk.h>

#define GAUGE_TAG 'guaG'
#define GAUGE_SAMPLES 64

struct gauge;

struct gauge_kind {
	NTSTATUS (*Start)(struct gauge *Gauge);
	VOID (*Stop)(struct gauge *Gauge);
};

struct gauge {
	const struct gauge_kind *Kind;
	PULONG History; /* of the kind that remembers */
	ULONG Last, Next;
};

extern const struct gauge_kind PlainGauge, RememberingGauge;
