/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Upper filter that asks the device below for its status with a request of its own. */
#ifndef POLLER_H
#define POLLER_H

#include <wdm.h>

#define IOCTL_POLL_NOW CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8D0, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _POLLER {
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    KMUTEX PollMutex;
    PIRP PollIrp;
    ULONG Polls;
} POLLER, *PPOLLER;

NTSTATUS PollerPrepare(PPOLLER P);
NTSTATUS PollerAsk(PPOLLER P);
VOID PollerDiscard(PPOLLER P);

#endif
