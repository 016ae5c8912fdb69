/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The list of notes has one reference to each, every handle another; the last frees. */
#include "note.h"

static LIST_ENTRY NoteList;
static FAST_MUTEX NoteLock;

VOID NotesInitialize(VOID)
{
	InitializeListHead(&NoteList);
	ExInitializeFastMutex(&NoteLock);
}

static VOID NoteFree(PNOTE Note)
{
	RtlSecureZeroMemory(Note->Text, sizeof(Note->Text));
	ExFreePoolWithTag(Note, NOTE_TAG);
}

VOID NoteRelease(PNOTE Note)
{
	if (InterlockedDecrement(&Note->References) == 0)
		NoteFree(Note);
}

static PNOTE NoteLookup(ULONG Number)
{
	PLIST_ENTRY entry;

	for (entry = NoteList.Flink; entry != &NoteList; entry = entry->Flink) {
		PNOTE note = CONTAINING_RECORD(entry, NOTE, Link);

		if (note->Number == Number) {
			InterlockedIncrement(&note->References);
			return note;
		}
	}
	return NULL;
}

PNOTE NoteOpen(ULONG Number)
{
	PNOTE made, note;

	made = ExAllocatePoolWithTag(PagedPool, sizeof(NOTE), NOTE_TAG);
	if (made != NULL) {
		RtlZeroMemory(made, sizeof(NOTE));
		made->Number = Number;
		made->References = 2;
	}
	ExAcquireFastMutex(&NoteLock);
	note = NoteLookup(Number);
	if (note == NULL && made != NULL) {
		InsertTailList(&NoteList, &made->Link);
		note = made;
		made = NULL;
	}
	ExReleaseFastMutex(&NoteLock);
	if (made != NULL)
		ExFreePoolWithTag(made, NOTE_TAG);
	return note;
}

VOID NotesRundown(VOID)
{
	while (!IsListEmpty(&NoteList))
		NoteRelease(CONTAINING_RECORD(RemoveHeadList(&NoteList), NOTE, Link));
}
