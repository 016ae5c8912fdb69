/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The table of counts. */
#include "tally.h"

#define COUNTS_TAG 'llaT'

static PLONG Counts;

NTSTATUS CountsInit(VOID)
{
	Counts = ExAllocatePoolWithTag(NonPagedPool, 256 * sizeof(LONG), COUNTS_TAG);
	if (Counts == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlZeroMemory(Counts, 256 * sizeof(LONG));
	return STATUS_SUCCESS;
}

VOID CountsTerm(VOID)
{
	if (Counts != NULL) {
		ExFreePoolWithTag(Counts, COUNTS_TAG);
		Counts = NULL;
	}
}

VOID CountsAdd(UCHAR Byte)
{
	InterlockedIncrement(&Counts[Byte]);
}
