/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Keeps a record of each process that starts.  Unload takes the notify routine back,
 * but leaves the records.
 */
#include <ntddk.h>

#define ROL_TAG 'lloR'

typedef struct _ROL_RECORD {
	LIST_ENTRY Link;
	HANDLE Process;
	LARGE_INTEGER Started;
} ROL_RECORD, *PROL_RECORD;

static LIST_ENTRY g_Records;
static KSPIN_LOCK g_Lock;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD RolUnload;

static VOID RolNotify(HANDLE parent, HANDLE process, BOOLEAN create)
{
	PROL_RECORD record;

	UNREFERENCED_PARAMETER(parent);

	if (!create)
		return;
	record = ExAllocatePoolWithTag(NonPagedPool, sizeof(ROL_RECORD), ROL_TAG); /* leak62: LeakAtUnload */
	if (!record)
		return;
	record->Process = process;
	KeQuerySystemTime(&record->Started);
	ExInterlockedInsertTailList(&g_Records, &record->Link, &g_Lock);
}

static VOID RolUnload(PDRIVER_OBJECT driver)
{
	UNREFERENCED_PARAMETER(driver);

	PsSetCreateProcessNotifyRoutine(RolNotify, TRUE);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNREFERENCED_PARAMETER(path);

	InitializeListHead(&g_Records);
	KeInitializeSpinLock(&g_Lock);
	driver->DriverUnload = RolUnload;
	return PsSetCreateProcessNotifyRoutine(RolNotify, FALSE);
}
