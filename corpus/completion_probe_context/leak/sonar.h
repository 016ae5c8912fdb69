/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Sonar: upper filter that reads a sector ahead on its own with each read that passes,
 * and keeps a checksum of what came back.
 */
#ifndef SONAR_H
#define SONAR_H

#include <ntddk.h>

#define SONAR_TAG 'ranS'
#define SONAR_SECTOR 512

typedef struct _SONAR_FILTER {
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    volatile LONG Sent;
    volatile LONG Failed;
    volatile LONG Checksum;
} SONAR_FILTER, *PSONAR_FILTER;

/* ping.c */
VOID SonarPing(PSONAR_FILTER Filter, LONGLONG Offset);
IO_COMPLETION_ROUTINE SonarEcho;

#endif
