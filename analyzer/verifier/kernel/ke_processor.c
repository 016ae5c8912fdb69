/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Processors: there is one, in one group.  Which of them a thread or a DPC runs on is
 * taken and makes no difference.
 */
#include "ke_processor.h"

CCHAR l62_number_processors = 1;

ULONG NTAPI KeQueryActiveProcessorCount(PKAFFINITY active)
{
	if (active)
		*active = 1;
	return 1;
}

ULONG NTAPI KeQueryActiveProcessorCountEx(USHORT group)
{
	return group == 0 || group == ALL_PROCESSOR_GROUPS;
}

ULONG NTAPI KeQueryMaximumProcessorCount(VOID)
{
	return 1;
}

ULONG NTAPI KeQueryMaximumProcessorCountEx(USHORT group)
{
	return KeQueryActiveProcessorCountEx(group);
}

USHORT NTAPI KeQueryActiveGroupCount(VOID)
{
	return 1;
}

KAFFINITY NTAPI KeQueryActiveProcessors(VOID)
{
	return 1;
}

ULONG NTAPI KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER number)
{
	if (number)
		RtlZeroMemory(number, sizeof(*number));
	return 0;
}

NTSTATUS NTAPI KeGetProcessorNumberFromIndex(ULONG index, PPROCESSOR_NUMBER number)
{
	if (index)
		return STATUS_INVALID_PARAMETER;
	RtlZeroMemory(number, sizeof(*number));
	return STATUS_SUCCESS;
}

KAFFINITY NTAPI KeSetSystemAffinityThreadEx(KAFFINITY affinity)
{
	UNREFERENCED_PARAMETER(affinity);
	return 0; /* the thread had the affinity of its process */
}

VOID NTAPI KeRevertToUserAffinityThreadEx(KAFFINITY affinity)
{
	UNREFERENCED_PARAMETER(affinity);
}

VOID NTAPI KeSetSystemAffinityThread(KAFFINITY affinity)
{
	UNREFERENCED_PARAMETER(affinity);
}

VOID NTAPI KeRevertToUserAffinityThread(VOID)
{
}

VOID NTAPI KeSetSystemGroupAffinityThread(PGROUP_AFFINITY affinity, PGROUP_AFFINITY previous)
{
	UNREFERENCED_PARAMETER(affinity);
	if (previous)
		RtlZeroMemory(previous, sizeof(*previous));
}

VOID NTAPI KeRevertToUserGroupAffinityThread(PGROUP_AFFINITY previous)
{
	UNREFERENCED_PARAMETER(previous);
}

VOID NTAPI KeSetImportanceDpc(PRKDPC dpc, KDPC_IMPORTANCE importance)
{
	dpc->Importance = (UCHAR)importance;
}

VOID NTAPI KeSetTargetProcessorDpc(PRKDPC dpc, CCHAR number)
{
	UNREFERENCED_PARAMETER(dpc);
	UNREFERENCED_PARAMETER(number);
}

NTSTATUS NTAPI KeSetTargetProcessorDpcEx(PKDPC dpc, PPROCESSOR_NUMBER number)
{
	UNREFERENCED_PARAMETER(dpc);
	return number->Group || number->Number ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

/* What every processor for x64 has: SSE, SSE2 and SSE3, the time stamp counter and those
 * that came before them. */
BOOLEAN NTAPI ExIsProcessorFeaturePresent(ULONG feature)
{
	static const ULONG present[] = {PF_COMPARE_EXCHANGE_DOUBLE,
	                                PF_MMX_INSTRUCTIONS_AVAILABLE,
	                                PF_XMMI_INSTRUCTIONS_AVAILABLE,
	                                PF_RDTSC_INSTRUCTION_AVAILABLE,
	                                PF_PAE_ENABLED,
	                                PF_XMMI64_INSTRUCTIONS_AVAILABLE,
	                                PF_NX_ENABLED,
	                                PF_SSE3_INSTRUCTIONS_AVAILABLE,
	                                PF_COMPARE_EXCHANGE128};

	for (ULONG i = 0; i < RTL_NUMBER_OF(present); i++)
		if (present[i] == feature)
			return TRUE;
	return FALSE;
}
