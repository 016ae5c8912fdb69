/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A chain of notes, the newest first, and how many there are. */
#include "notes.h"

static FAST_MUTEX Lock;
static PNOTE Newest;
static ULONG Count;

VOID NotesBegin(VOID)
{
	ExInitializeFastMutex(&Lock);
	Newest = NULL;
	Count = 0;
}

VOID NotesAdd(HANDLE Process)
{
	PNOTE note = ExAllocatePoolWithTag(PagedPool, sizeof(NOTE), NOTE_TAG);

	if (note == NULL)
		return;
	note->Process = Process;
	ExAcquireFastMutex(&Lock);
	if (Count == NOTES_MAX) {
		ExReleaseFastMutex(&Lock);
		ExFreePoolWithTag(note, NOTE_TAG);
		return;
	}
	note->Next = Newest;
	Newest = note;
	Count++;
	ExReleaseFastMutex(&Lock);
}

PNOTE NotesTake(VOID)
{
	PNOTE note;

	ExAcquireFastMutex(&Lock);
	note = Newest;
	if (note != NULL) {
		Newest = note->Next;
		Count--;
	}
	ExReleaseFastMutex(&Lock);
	return note;
}

VOID NotesClear(VOID)
{
	PNOTE note;

	while ((note = NotesTake()) != NULL)
		ExFreePoolWithTag(note, NOTE_TAG);
}
