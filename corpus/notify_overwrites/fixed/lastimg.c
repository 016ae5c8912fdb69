/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Keeps a copy of the name of the image that was loaded last.  The notify routine
 * frees the copy before.
 */
#include <ntddk.h>

#define LST_TAG 'gmIL'

typedef struct _LST_NAME {
	USHORT Length;
	WCHAR Text[1];
} LST_NAME, *PLST_NAME;

static PLST_NAME g_Last;
static FAST_MUTEX g_Mutex;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD LstUnload;

static VOID LstNotify(PUNICODE_STRING name, HANDLE process, PIMAGE_INFO info)
{
	PLST_NAME last;

	UNREFERENCED_PARAMETER(process);
	UNREFERENCED_PARAMETER(info);

	if (!name || name->Length == 0)
		return;
	last = ExAllocatePoolWithTag(PagedPool, sizeof(LST_NAME) + name->Length, LST_TAG);
	if (!last)
		return;
	last->Length = name->Length;
	RtlCopyMemory(last->Text, name->Buffer, name->Length);

	ExAcquireFastMutex(&g_Mutex);
	if (g_Last)
		ExFreePoolWithTag(g_Last, LST_TAG);
	g_Last = last;
	ExReleaseFastMutex(&g_Mutex);
}

static VOID LstUnload(PDRIVER_OBJECT driver)
{
	UNREFERENCED_PARAMETER(driver);

	PsRemoveLoadImageNotifyRoutine(LstNotify);
	if (g_Last) {
		DbgPrint("last image: %.*ws\n", g_Last->Length / sizeof(WCHAR), g_Last->Text);
		ExFreePoolWithTag(g_Last, LST_TAG);
	}
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNREFERENCED_PARAMETER(path);

	ExInitializeFastMutex(&g_Mutex);
	driver->DriverUnload = LstUnload;
	return PsSetLoadImageNotifyRoutine(LstNotify);
}
