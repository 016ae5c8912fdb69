/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Each routine that the shim declares for ntddk.h is there. */
#include <ntddk.h>
#include "declared.h"

DECLARED(PsSetCreateProcessNotifyRoutineEx2);
DECLARED(PsSetCreateThreadNotifyRoutineEx);
DECLARED(PsSetLoadImageNotifyRoutineEx);
DECLARED(PsGetProcessExitStatus);
DECLARED(ObCloseHandle);
DECLARED(MmCopyMemory);
DECLARED(MmProbeAndLockSelectedPages);
DECLARED(KeExpandKernelStackAndCalloutEx);
