/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * IoSetCompletionRoutineEx: the routine may run while its driver unloads, so that the
 * device is held meanwhile, by a context that is pool until the IRP is completed.
 */
#include "nt.h"

#define TAG_COMPLETION 0x6f436f49 /* "IoCo", [I] */

struct context {
	PDEVICE_OBJECT device;
	PIO_COMPLETION_ROUTINE routine;
	PVOID context;
};

static NTSTATUS NTAPI complete(PDEVICE_OBJECT device, PIRP irp, PVOID arg)
{
	struct context context = *(struct context *)arg;
	const uint64_t args[] = {(ULONG_PTR)device, (ULONG_PTR)irp, (ULONG_PTR)context.context};
	NTSTATUS status;

	l62_pool_free(arg, 0, NULL);
	status = (NTSTATUS)l62_invoke((PVOID)context.routine, args, 3,
	                              L62_FRAMES(L62_FRAME_IopfCompleteRequest));
	ObfDereferenceObject(context.device);
	return status;
}

NTSTATUS NTAPI IoSetCompletionRoutineEx(PDEVICE_OBJECT device, PIRP irp,
                                        PIO_COMPLETION_ROUTINE routine, PVOID arg,
                                        BOOLEAN success, BOOLEAN error, BOOLEAN cancel)
{
	struct l62_pool_request request = {
	        .size = sizeof(struct context),
	        .tag = TAG_COMPLETION,
	        .kind = L62_KIND_COMPLETION,
	        .pool = L62_POOL_NONPAGED,
	        .frames = L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper),
	};
	struct context *context = l62_pool_allocate(&request);

	if (!context)
		return STATUS_INSUFFICIENT_RESOURCES;
	*context = (struct context){device, routine, arg};
	ObfReferenceObject(device);
	IoSetCompletionRoutine(irp, complete, context, success, error, cancel);
	return STATUS_SUCCESS;
}
