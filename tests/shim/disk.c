/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Requests to disks, flags of flushes and of the cache as file systems use them. */
#include <ntifs.h>
#include <ntddk.h>
#include <Ntdddisk.h>
#include <ntddscsi.h>

_Static_assert(IOCTL_DISK_COPY_DATA == 0x7c064, "device 7, function 0x19, read and write");
_Static_assert(IOCTL_DISK_GET_CLUSTER_INFO == 0x70214, "device 7, function 0x85, any access");

_Static_assert(IOCTL_SCSI_PASS_THROUGH_EX == 0x4d044, "device 4, function 0x411, read and write");
_Static_assert(FSCTL_SET_PURGE_FAILURE_MODE == 0x90270, "device 9, function 156, any access");

/* The annotation is on the first alone. */
__volatile extern PMDL Reserve;
PMDL Reserve = NULL;

ULONG Flags(PSCSI_PASS_THROUGH_EX Request, PSET_PURGE_FAILURE_MODE_INPUT Input)
{
	MM_PREFETCH_FLAGS flags = {.AllFlags = 0};

	flags.Flags.Priority = Request->CdbLength;
	flags.Flags.PriorityProtection = Input->Flags == SET_PURGE_FAILURE_MODE_ENABLED;
	return flags.AllFlags;
}

VOID Account(PFILE_OBJECT File)
{
	CcSetAdditionalCacheAttributesEx(File, CC_ENABLE_DISK_IO_ACCOUNTING);
}

BOOLEAN IsPlainFlush(PIO_STACK_LOCATION Stack)
{
	return Stack->MinorFunction != IRP_MN_FLUSH_DATA_ONLY &&
	       Stack->MinorFunction != IRP_MN_FLUSH_NO_SYNC;
}

BOOLEAN IsShared(const DISK_CLUSTER_INFO *Info, const DISK_COPY_DATA_PARAMETERS *Copy)
{
	return (Info->Flags & DISK_CLUSTER_FLAG_CSV) && Copy->CopyLength.QuadPart;
}
