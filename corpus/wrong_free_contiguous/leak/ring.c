/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A card's ring buffer is contiguous memory that DriverEntry allocates and a global
 * keeps.  Unload calls the helper that frees the driver's pool.
 */
#include <ntddk.h>

#define RING_TAG 'gniR'
#define RING_SIZE (16 * PAGE_SIZE)

typedef struct _RING {
	PVOID Base;
	PULONG Index;
} RING;

static RING g_Ring;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD RingUnload;

static VOID RingFree(RING *Ring)
{
	if (Ring->Index != NULL)
		ExFreePoolWithTag(Ring->Index, RING_TAG);
	if (Ring->Base != NULL)
		ExFreePoolWithTag(Ring->Base, RING_TAG); /* leak62: WrongFree */
	Ring->Index = NULL;
	Ring->Base = NULL;
}

static VOID RingUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);

	RingFree(&g_Ring);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PHYSICAL_ADDRESS highest;

	UNREFERENCED_PARAMETER(RegistryPath);

	g_Ring.Index = ExAllocatePoolWithTag(NonPagedPool, PAGE_SIZE, RING_TAG);
	if (g_Ring.Index == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	highest.QuadPart = 0xFFFFFFFF;
	g_Ring.Base = MmAllocateContiguousMemory(RING_SIZE, highest);
	if (g_Ring.Base == NULL) {
		ExFreePoolWithTag(g_Ring.Index, RING_TAG);
		g_Ring.Index = NULL;
		return STATUS_INSUFFICIENT_RESOURCES;
	}

	RtlZeroMemory(g_Ring.Index, PAGE_SIZE);
	RtlZeroMemory(g_Ring.Base, RING_SIZE);
	DriverObject->DriverUnload = RingUnload;
	return STATUS_SUCCESS;
}
