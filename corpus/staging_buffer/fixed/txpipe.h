/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Transactions: what is written to a handle counts only after a commit. */
#ifndef TXPIPE_H_INCLUDED
#define TXPIPE_H_INCLUDED

#include <wdm.h>

#define TX_TAG 'epTx'
#define TX_STAGE_SIZE 4096

#define IOCTL_TX_COMMIT   CTL_CODE(FILE_DEVICE_UNKNOWN, 0x870, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_TX_ROLLBACK CTL_CODE(FILE_DEVICE_UNKNOWN, 0x871, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _TX_EXTENSION {
    LONG64 Committed;
} TX_EXTENSION, *PTX_EXTENSION;

typedef struct _TX_HANDLE {
    KMUTEX Mutex;
    PUCHAR Stage;
    ULONG StageUsed;
} TX_HANDLE, *PTX_HANDLE;

PTX_HANDLE TxHandleCreate(VOID);
VOID TxHandleDestroy(PTX_HANDLE Handle);
NTSTATUS TxHandleAppend(PTX_HANDLE Handle, const VOID *Data, ULONG Length);
ULONG TxHandleDrain(PTX_HANDLE Handle);

#endif
