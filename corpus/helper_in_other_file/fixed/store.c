/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Making and freeing what the device extension holds. */
#include "index.h"

NTSTATUS IdxPrepare(PDEVICE_EXTENSION Extension)
{
	NTSTATUS status = STATUS_SUCCESS;

	ExAcquireFastMutex(&Extension->Lock);
	if (Extension->Store == NULL)
		Extension->Store = ExAllocatePoolWithTag(PagedPool, IDX_STORE_SIZE, IDX_TAG);
	if (Extension->Store == NULL)
		status = STATUS_INSUFFICIENT_RESOURCES;

	if (Extension->Index == NULL)
		Extension->Index = ExAllocatePoolWithTag(PagedPool, IDX_ENTRIES * sizeof(ULONG), IDX_TAG);
	if (Extension->Index == NULL)
		status = STATUS_INSUFFICIENT_RESOURCES;
	else
		RtlZeroMemory(Extension->Index, IDX_ENTRIES * sizeof(ULONG));
	ExReleaseFastMutex(&Extension->Lock);
	return status;
}

VOID IdxRelease(PDEVICE_EXTENSION Extension)
{
	if (Extension->Store != NULL) {
		ExFreePoolWithTag(Extension->Store, IDX_TAG);
		Extension->Store = NULL;
	}
	if (Extension->Index != NULL) {
		ExFreePoolWithTag(Extension->Index, IDX_TAG);
		Extension->Index = NULL;
	}
}
