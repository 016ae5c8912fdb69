/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Routines of ke_processor.c, ke_timer.c and rtl_time.c that the DDK's headers declare only
 * for later versions of Windows than these files are compiled for. */
#ifndef LEAK62_VERIFIER_KE_PROCESSOR_H
#define LEAK62_VERIFIER_KE_PROCESSOR_H

#include "nt.h"

extern CCHAR l62_number_processors;

ULONG NTAPI KeQueryActiveProcessorCountEx(USHORT group);
ULONG NTAPI KeQueryMaximumProcessorCountEx(USHORT group);
USHORT NTAPI KeQueryActiveGroupCount(VOID);
ULONG NTAPI KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER number);
VOID NTAPI KeSetSystemGroupAffinityThread(PGROUP_AFFINITY affinity, PGROUP_AFFINITY previous);
VOID NTAPI KeRevertToUserGroupAffinityThread(PGROUP_AFFINITY previous);
NTSTATUS NTAPI KeSetTargetProcessorDpcEx(PKDPC dpc, PPROCESSOR_NUMBER number);
BOOLEAN NTAPI KeSetCoalescableTimer(PKTIMER timer, LARGE_INTEGER due, ULONG period, ULONG delay,
                                    PKDPC dpc);
ULONGLONG NTAPI KeQueryUnbiasedInterruptTime(VOID);

#endif
