/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What a plotter needs is made at the first write, here, and kept in the extension; the
 * contiguous part of it is never freed.
 */
#include "plot.h"

NTSTATUS PlotPrepare(PPLOTTER Plotter)
{
	PHYSICAL_ADDRESS highest;

	if (Plotter->Strokes == NULL) {
		highest.QuadPart = 0xffffffff;
		Plotter->Strokes = MmAllocateContiguousMemory(PLOT_BYTES, highest); /* leak62: ContiguousMemoryLeak */
		if (Plotter->Strokes == NULL)
			return STATUS_INSUFFICIENT_RESOURCES;
	}
	if (Plotter->Index == NULL) {
		Plotter->Index = ExAllocatePoolWithTag(PagedPool, 64 * sizeof(ULONG), PLOT_TAG);
		if (Plotter->Index == NULL)
			return STATUS_INSUFFICIENT_RESOURCES;
	}
	return STATUS_SUCCESS;
}

VOID PlotRelease(PPLOTTER Plotter)
{
	if (Plotter->Index != NULL) {
		ExFreePoolWithTag(Plotter->Index, PLOT_TAG);
		Plotter->Index = NULL;
	}
}
