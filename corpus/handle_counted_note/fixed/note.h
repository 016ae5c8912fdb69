/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Notes: counted objects, in a list by their number and held by handles. */
#pragma once
#include <ntddk.h>

#define NOTE_TAG 'etoN'

typedef struct _NOTE {
	LIST_ENTRY Link;
	LONG References;
	ULONG Number;
	UCHAR Text[128];
} NOTE, *PNOTE;

VOID NotesInitialize(VOID);
/* With a reference for the caller; a new one if there is none of that number yet. */
PNOTE NoteOpen(ULONG Number);
VOID NoteRelease(PNOTE Note);
/* Gives back the references of the list. */
VOID NotesRundown(VOID);
