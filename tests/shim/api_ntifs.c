/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Each routine that the shim declares for ntifs.h is there. */
#include <ntifs.h>
#include "declared.h"

DECLARED(CcCopyReadEx);
DECLARED(CcCopyWriteEx);
DECLARED(CcScheduleReadAheadEx);
DECLARED(CcSetAdditionalCacheAttributesEx);
DECLARED(CcInitializeCacheMapEx);
DECLARED(FsRtlAreThereWaitingFileLocks);
DECLARED(FsRtlCheckLockForOplockRequest);
DECLARED(FsRtlDismountComplete);
DECLARED(FsRtlIsMobileOS);
DECLARED(FsRtlIsNonEmptyDirectoryReparsePointAllowed);
DECLARED(FsRtlIssueDeviceIoControl);
DECLARED(FsRtlKernelFsControlFile);
DECLARED(FsRtlQueryKernelEaFile);
DECLARED(FsRtlSetKernelEaFile);
DECLARED(FsRtlUpdateDiskCounters);
DECLARED(FsRtlGetSectorSizeInformation);
DECLARED(SeCaptureSubjectContextEx);
DECLARED(RtlSuffixUnicodeString);
DECLARED(ZwQueryDirectoryFileEx);
DECLARED(ZwQueryInformationByName);
