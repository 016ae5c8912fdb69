/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The channels of Octopus.
 */
#include "octopus.h"

static BOOLEAN OctopusGrowArm(POCTOPUS_ARM Arm)
{
    PHYSICAL_ADDRESS low, high, boundary;

    low.QuadPart = 0;
    high.QuadPart = 0xFFFFFFFF;
    boundary.QuadPart = 0;

    Arm->Shadow = ExAllocatePoolWithTag(PagedPool, OCTOPUS_ARM_BYTES, OCTOPUS_TAG);
    if (Arm->Shadow == NULL) {
        return FALSE;
    }
    Arm->Common = MmAllocateContiguousMemorySpecifyCache(OCTOPUS_ARM_BYTES, low, high, boundary,
                                                         MmNonCached);
    if (Arm->Common == NULL) {
        ExFreePoolWithTag(Arm->Shadow, OCTOPUS_TAG);
        Arm->Shadow = NULL;
        return FALSE;
    }
    Arm->CommonAddress = MmGetPhysicalAddress(Arm->Common);
    RtlZeroMemory(Arm->Common, OCTOPUS_ARM_BYTES);
    return TRUE;
}

/* Grows the arms that are missing.  What has grown stays, also if one fails. */
NTSTATUS OctopusGrowArms(POCTOPUS Octopus, ULONG Count)
{
    NTSTATUS status = STATUS_SUCCESS;

    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&Octopus->ArmLock, TRUE);
    while (Octopus->ArmCount < Count && Octopus->ArmCount < OCTOPUS_ARMS) {
        if (!OctopusGrowArm(&Octopus->Arm[Octopus->ArmCount])) {
            status = STATUS_INSUFFICIENT_RESOURCES;
            break;
        }
        Octopus->ArmCount++;
    }
    ExReleaseResourceLite(&Octopus->ArmLock);
    KeLeaveCriticalRegion();
    return status;
}

VOID OctopusShedArms(POCTOPUS Octopus)
{
    POCTOPUS_ARM arm;

    while (Octopus->ArmCount > 0) {
        arm = &Octopus->Arm[--Octopus->ArmCount];
        ExFreePoolWithTag(arm->Shadow, OCTOPUS_TAG);
        arm->Shadow = NULL;
        MmFreeContiguousMemorySpecifyCache(arm->Common, OCTOPUS_ARM_BYTES, MmNonCached);
        arm->Common = NULL;
    }
}

NTSTATUS OctopusReadArm(POCTOPUS Octopus, ULONG Index, PVOID Out, ULONG Length)
{
    NTSTATUS status = STATUS_SUCCESS;
    POCTOPUS_ARM arm;

    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&Octopus->ArmLock, TRUE);
    if (Index >= Octopus->ArmCount || Length > OCTOPUS_ARM_BYTES) {
        status = STATUS_INVALID_PARAMETER;
    } else {
        arm = &Octopus->Arm[Index];
        RtlCopyMemory(arm->Shadow, arm->Common, OCTOPUS_ARM_BYTES);
        RtlCopyMemory(Out, arm->Shadow, Length);
    }
    ExReleaseResourceLite(&Octopus->ArmLock);
    KeLeaveCriticalRegion();
    return status;
}
