/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Capture card with a descriptor ring in contiguous memory: shared declarations. */
#pragma once
#include <ntddk.h>

#define RING_TAG 'gniR'
#define RING_SLOTS 256
#define RING_STAGE_BYTES 4096

typedef struct _RING_SLOT {
    ULONGLONG Address;
    ULONG Length;
    ULONG Flags;
} RING_SLOT, *PRING_SLOT;

/* What the card works on between START and STOP. */
typedef struct _RING_SET {
    PRING_SLOT Slots;
    PHYSICAL_ADDRESS SlotsPhysical;
    PMDL Mdl;
    PUCHAR Stage;
} RING_SET, *PRING_SET;

typedef struct _RING_EXT {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    BOOLEAN Started;
    RING_SET Set;
} RING_EXT, *PRING_EXT;

NTSTATUS RingBuild(PRING_SET Set);
VOID RingDestroy(PRING_SET Set);

DRIVER_ADD_DEVICE RingAddDevice;
DRIVER_DISPATCH RingPnp;
