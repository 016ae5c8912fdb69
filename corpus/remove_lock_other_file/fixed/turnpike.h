/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <ntddk.h>

#define TPK_TAG 'kpTr'

typedef struct _TPK_EXTENSION {
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    LONG Reads;
    LONG Failed;
} TPK_EXTENSION, *PTPK_EXTENSION;

/* send.c: all are given a request for which the remove lock is held. */
NTSTATUS TpkPassDown(PTPK_EXTENSION Ext, PIRP Irp);
NTSTATUS TpkWatch(PTPK_EXTENSION Ext, PIRP Irp);
NTSTATUS TpkFinish(PTPK_EXTENSION Ext, PIRP Irp, NTSTATUS Status);
