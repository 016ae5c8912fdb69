/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Letters that wait for their recipient, in eight numbered pigeonholes. */
#ifndef LETTERS_H
#define LETTERS_H

#include <ntddk.h>

#define LETTER_TAG 'ttLA'
#define LETTER_HOLES 8

struct letter {
	ULONG hole;
	ULONG length;
	UCHAR text[1];
};

VOID HolesInitialize(VOID);
VOID HolesEmpty(VOID);

/* TRUE: the letter is in its hole.  FALSE: the hole is taken, keep your letter. */
BOOLEAN HolesPut(struct letter *letter);

#endif
