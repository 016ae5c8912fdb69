/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Callbacks for a bug check, which ends the run: they are registered and never called. */
#include "nt.h"

/* Both kinds of records begin with their entry in the system's list. */
static LIST_ENTRY records = {&records, &records};

static BOOLEAN insert(PLIST_ENTRY entry, PUCHAR state)
{
	/* Documented: FALSE if it is registered already, or not initialized. */
	if (*state != BufferEmpty)
		return FALSE;
	*state = BufferInserted;
	InsertTailList(&records, entry);
	return TRUE;
}

static BOOLEAN remove(PLIST_ENTRY entry, PUCHAR state)
{
	if (*state != BufferInserted)
		return FALSE;
	*state = BufferEmpty;
	RemoveEntryList(entry);
	return TRUE;
}

BOOLEAN NTAPI KeRegisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD record,
                                         PKBUGCHECK_CALLBACK_ROUTINE routine, PVOID buffer,
                                         ULONG length, PUCHAR component)
{
	if (!insert(&record->Entry, &record->State))
		return FALSE;
	record->CallbackRoutine = routine;
	record->Buffer = buffer;
	record->Length = length;
	record->Component = component;
	return TRUE;
}

BOOLEAN NTAPI KeDeregisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD record)
{
	return remove(&record->Entry, &record->State);
}

BOOLEAN NTAPI KeRegisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD record,
                                               PKBUGCHECK_REASON_CALLBACK_ROUTINE routine,
                                               KBUGCHECK_CALLBACK_REASON reason,
                                               PUCHAR component)
{
	if (!insert(&record->Entry, &record->State))
		return FALSE;
	record->CallbackRoutine = routine;
	record->Reason = reason;
	record->Component = component;
	return TRUE;
}

BOOLEAN NTAPI KeDeregisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD record)
{
	return remove(&record->Entry, &record->State);
}
