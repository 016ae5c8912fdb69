/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The stack of the thread that runs; it is large enough never to be expanded. */
#include "nt.h"

VOID NTAPI IoGetStackLimits(PULONG_PTR low, PULONG_PTR high)
{
	uint64_t from, to;

	l62_sched_stack_limits(&from, &to);
	*low = from;
	*high = to;
}

PVOID NTAPI IoGetInitialStack(VOID)
{
	ULONG_PTR low, high;

	IoGetStackLimits(&low, &high);
	return (PVOID)high;
}

/* Inline in the DDK, exported all the same. */
ULONG_PTR NTAPI l62_nt_remaining_stack(VOID)
{
	ULONG_PTR low, high;

	IoGetStackLimits(&low, &high);
	return (ULONG_PTR)&low - low;
}

NTSTATUS NTAPI KeExpandKernelStackAndCalloutEx(PEXPAND_STACK_CALLOUT callout, PVOID parameter,
                                               SIZE_T size, BOOLEAN wait, PVOID context)
{
	const uint64_t args[] = {(ULONG_PTR)parameter};

	UNREFERENCED_PARAMETER(wait);
	UNREFERENCED_PARAMETER(context);
	if (size > MAXIMUM_EXPANSION_SIZE)
		return STATUS_INVALID_PARAMETER_3;
	l62_invoke((PVOID)callout, args, 1, NULL);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI KeExpandKernelStackAndCallout(PEXPAND_STACK_CALLOUT callout, PVOID parameter,
                                             SIZE_T size)
{
	return KeExpandKernelStackAndCalloutEx(callout, parameter, size, TRUE, NULL);
}
