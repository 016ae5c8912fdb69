/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Roster: names with a number each, in a small hash table behind a control device.
 */
#ifndef ROSTER_H
#define ROSTER_H

#include <ntddk.h>

#define ROSTER_NAME_MAX 64

#define ROSTER_CTL(n) CTL_CODE(FILE_DEVICE_UNKNOWN, 0x860 + (n), METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_ROSTER_ENROL ROSTER_CTL(0)
#define IOCTL_ROSTER_FIND ROSTER_CTL(1)
#define IOCTL_ROSTER_STRIKE ROSTER_CTL(2)

typedef struct _ROSTER_REQUEST {
    ULONG Number;
    ULONG NameBytes;
    WCHAR Name[ROSTER_NAME_MAX];
} ROSTER_REQUEST, *PROSTER_REQUEST;

VOID RosterInit(VOID);
VOID RosterFlush(VOID);
NTSTATUS RosterEnrol(const ROSTER_REQUEST *Request);
NTSTATUS RosterFind(PROSTER_REQUEST Request);
NTSTATUS RosterStrike(const ROSTER_REQUEST *Request);

#endif
