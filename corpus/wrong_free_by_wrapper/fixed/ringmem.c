/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Capture card with a descriptor ring in contiguous memory: the ring, the MDL that
 * describes it to the card and a stage in pool, built and torn down together. */
#include "ring.h"

static PVOID RingContiguous(SIZE_T Bytes)
{
    PHYSICAL_ADDRESS highest;

    highest.QuadPart = 0xffffffff;
    return MmAllocateContiguousMemory(Bytes, highest);
}

static VOID RingLink(PRING_SET Set)
{
    ULONG i;

    Set->SlotsPhysical = MmGetPhysicalAddress(Set->Slots);
    for (i = 0; i < RING_SLOTS; i++) {
        ULONG next = (i + 1) % RING_SLOTS;

        Set->Slots[i].Address = Set->SlotsPhysical.QuadPart + next * sizeof(RING_SLOT);
        Set->Slots[i].Length = 0;
        Set->Slots[i].Flags = 0;
    }
}

NTSTATUS RingBuild(PRING_SET Set)
{
    const ULONG bytes = RING_SLOTS * sizeof(RING_SLOT);

    RtlZeroMemory(Set, sizeof(*Set));

    Set->Slots = RingContiguous(bytes);
    if (Set->Slots) {
        Set->Mdl = IoAllocateMdl(Set->Slots, bytes, FALSE, FALSE, NULL);
        if (Set->Mdl) {
            MmBuildMdlForNonPagedPool(Set->Mdl);
            Set->Stage = ExAllocatePoolWithTag(NonPagedPool, RING_STAGE_BYTES, RING_TAG);
            if (Set->Stage) {
                RingLink(Set);
                return STATUS_SUCCESS;
            }
            IoFreeMdl(Set->Mdl);
            Set->Mdl = NULL;
        }
        MmFreeContiguousMemory(Set->Slots);
        Set->Slots = NULL;
    }
    return STATUS_INSUFFICIENT_RESOURCES;
}

VOID RingDestroy(PRING_SET Set)
{
    if (Set->Stage) {
        ExFreePoolWithTag(Set->Stage, RING_TAG);
        Set->Stage = NULL;
    }
    if (Set->Mdl) {
        IoFreeMdl(Set->Mdl);
        Set->Mdl = NULL;
    }
    if (Set->Slots) {
        MmFreeContiguousMemory(Set->Slots);
        Set->Slots = NULL;
    }
}
