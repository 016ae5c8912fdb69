/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A plotter that reads its strokes from a buffer. */
#ifndef PLOT_H
#define PLOT_H

#include <ntddk.h>

#define PLOT_TAG 'tolP'
#define PLOT_BYTES 8192

typedef struct _PLOTTER {
	FAST_MUTEX Lock;
	PVOID Strokes; /* what the device reads */
	PULONG Index;
} PLOTTER, *PPLOTTER;

/* buffers.c */
NTSTATUS PlotPrepare(PPLOTTER Plotter);
VOID PlotRelease(PPLOTTER Plotter);

#endif
