/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The pigeonholes. */
#include "letters.h"

static FAST_MUTEX HolesLock;
static struct letter *Holes[LETTER_HOLES];

VOID HolesInitialize(VOID)
{
	ExInitializeFastMutex(&HolesLock);
}

BOOLEAN HolesPut(struct letter *letter)
{
	BOOLEAN put = FALSE;

	ExAcquireFastMutex(&HolesLock);
	if (Holes[letter->hole] == NULL) {
		Holes[letter->hole] = letter;
		put = TRUE;
	}
	ExReleaseFastMutex(&HolesLock);
	return put;
}

VOID HolesEmpty(VOID)
{
	ULONG i;

	for (i = 0; i < LETTER_HOLES; i++) {
		if (Holes[i] != NULL)
			ExFreePoolWithTag(Holes[i], LETTER_TAG);
		Holes[i] = NULL;
	}
}
