/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Octopus: function driver of a card with up to eight channels; each channel has a
 * contiguous buffer for the card and a shadow of it for readers.
 */
#ifndef OCTOPUS_H
#define OCTOPUS_H

#include <ntddk.h>

#define OCTOPUS_TAG 'otcO'
#define OCTOPUS_ARMS 8
#define OCTOPUS_ARM_BYTES (2 * PAGE_SIZE)

typedef struct _OCTOPUS_ARM {
    PVOID Common;
    PHYSICAL_ADDRESS CommonAddress;
    PUCHAR Shadow;
} OCTOPUS_ARM, *POCTOPUS_ARM;

typedef struct _OCTOPUS {
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    ERESOURCE ArmLock;
    BOOLEAN Started;
    ULONG ArmCount;
    OCTOPUS_ARM Arm[OCTOPUS_ARMS];
} OCTOPUS, *POCTOPUS;

/* arms.c */
NTSTATUS OctopusGrowArms(POCTOPUS Octopus, ULONG Count);
VOID OctopusShedArms(POCTOPUS Octopus);
NTSTATUS OctopusReadArm(POCTOPUS Octopus, ULONG Index, PVOID Out, ULONG Length);

#endif
