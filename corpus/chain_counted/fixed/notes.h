/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The notes of the process watcher. */
#pragma once
#include <ntddk.h>

#define NOTE_TAG 'etoN'
#define NOTES_MAX 200

typedef struct _NOTE {
	struct _NOTE *Next;
	HANDLE Process;
} NOTE, *PNOTE;

VOID NotesBegin(VOID);
VOID NotesAdd(HANDLE Process);
PNOTE NotesTake(VOID);
VOID NotesClear(VOID);
