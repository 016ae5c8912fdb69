/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A ring of process ids that a notify routine fills.  If the routine cannot be
 * registered, DriverEntry frees the ring.
 */
#include <ntddk.h>

#define PRR_TAG 'gnRP'
#define PRR_SIZE 256

typedef struct _PRR_RING {
	LONG Next;
	HANDLE Process[PRR_SIZE];
} PRR_RING, *PPRR_RING;

static PPRR_RING g_Ring;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD PrrUnload;

static VOID PrrNotify(HANDLE parent, HANDLE process, BOOLEAN create)
{
	UNREFERENCED_PARAMETER(parent);

	if (create)
		g_Ring->Process[InterlockedIncrement(&g_Ring->Next) % PRR_SIZE] = process;
}

static VOID PrrUnload(PDRIVER_OBJECT driver)
{
	UNREFERENCED_PARAMETER(driver);

	PsSetCreateProcessNotifyRoutine(PrrNotify, TRUE);
	ExFreePoolWithTag(g_Ring, PRR_TAG);
	g_Ring = NULL;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	g_Ring = ExAllocatePoolWithTag(NonPagedPool, sizeof(PRR_RING), PRR_TAG);
	if (!g_Ring)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlZeroMemory(g_Ring, sizeof(PRR_RING));

	status = PsSetCreateProcessNotifyRoutine(PrrNotify, FALSE);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(g_Ring, PRR_TAG);
		DbgPrint("no notify routine: %08x\n", status);
		return status;
	}
	driver->DriverUnload = PrrUnload;
	return STATUS_SUCCESS;
}
