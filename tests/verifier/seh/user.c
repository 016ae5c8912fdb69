/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The user's half of the address space: probing, buffers of each method, locked pages. */
#include "seh.h"

void Probes(PDEVICE_OBJECT device)
{
    PVOID user = Current->UserBuffer;

    CHECK(ExGetPreviousMode() == UserMode && (ULONG_PTR)user < MmUserProbeAddress);
    CHECK((PVOID)device > MmHighestUserAddress);
    ProbeForRead(user, 64, 1);
    ProbeForWrite(user, 64, 1);
    ProbeForRead((PVOID)device, 0, 1);
    __try {
        ProbeForRead((PVOID)device, 16, 1);
    } __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION) {
        Mark(1);
    }
    __try {
        ProbeForRead((PUCHAR)user + 1, 16, 4);
    } __except (GetExceptionCode() == STATUS_DATATYPE_MISALIGNMENT) {
        Mark(2);
    }
    __try {
        ProbeForRead(user, ~(SIZE_T)0, 1);
    } __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION) {
        Mark(3);
    }
    ProbeForRead((PVOID)Nowhere(), 4, 1); /* reads nothing */
    __try {
        ProbeForWrite((PVOID)Nowhere(), 4, 1);
    } __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION) {
        Mark(4);
    }
    CHECK(Order == 1234);
}

/* Where each method has its buffers. */
void Buffers(PDEVICE_OBJECT device)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Current);
    ULONG method = stack->Parameters.DeviceIoControl.IoControlCode & 3;
    PUCHAR in = method == METHOD_NEITHER ? stack->Parameters.DeviceIoControl.Type3InputBuffer
                                         : Current->AssociatedIrp.SystemBuffer;
    PMDL mdl = Current->MdlAddress;

    CHECK(in[0] == 0x62);
    CHECK(((ULONG_PTR)in < MmUserProbeAddress) == (method == METHOD_NEITHER));
    if (method == METHOD_BUFFERED || method == METHOD_NEITHER) {
        CHECK(!mdl && (ULONG_PTR)Current->UserBuffer < MmUserProbeAddress);
        return;
    }
    CHECK(mdl->MdlFlags & MDL_PAGES_LOCKED && !Current->UserBuffer);
    CHECK(!(mdl->MdlFlags & MDL_WRITE_OPERATION) == (method == METHOD_IN_DIRECT));
    CHECK((ULONG_PTR)MmGetMdlVirtualAddress(mdl) < MmUserProbeAddress);
    in = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    CHECK((ULONG_PTR)in > MmUserProbeAddress);
    in[1] = 7;
    CHECK(((PUCHAR)MmGetMdlVirtualAddress(mdl))[1] == 7);
}

/* A program that takes its buffer away. */
void Unmapped(PDEVICE_OBJECT device)
{
    volatile UCHAR *user = Current->UserBuffer;
    PVOID base = (PVOID)user;
    SIZE_T size = 0;

    ProbeForRead((PVOID)user, 64, 1);
    user[3] = 3;
    CHECK(NT_SUCCESS(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE)));
    __try {
        Mark(user[3]);
    } __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION) {
        Mark(1);
    }
    CHECK(Order == 1 && !MmIsAddressValid((PVOID)user));
}

/* Locked pages have an address of their own, and outlive the program's. */
void LockPages(PDEVICE_OBJECT device)
{
    volatile UCHAR *user = Current->UserBuffer, *system;
    PMDL mdl = IoAllocateMdl((PUCHAR)user + 5, 20, FALSE, FALSE, NULL);
    PVOID base = (PVOID)user;
    SIZE_T size = 0;

    user[5] = 55;
    MmProbeAndLockPages(mdl, UserMode, IoWriteAccess);
    CHECK(mdl->MdlFlags & MDL_PAGES_LOCKED && mdl->MdlFlags & MDL_WRITE_OPERATION);
    system = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    CHECK((ULONG_PTR)system > MmUserProbeAddress && *system == 55);
    system[1] = 66;
    CHECK(user[6] == 66);
    ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE);
    CHECK(system[1] == 66);
    MmUnlockPages(mdl);
    CHECK(!(mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA)));
    __try {
        MmProbeAndLockPages(mdl, UserMode, IoReadAccess);
    } __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION) {
        Mark(1);
    }
    IoFreeMdl(mdl);
    mdl = IoAllocateMdl(device, 20, FALSE, FALSE, NULL);
    __try {
        MmProbeAndLockPages(mdl, UserMode, IoReadAccess);
    } __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION) {
        Mark(2);
    }
    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
    CHECK(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority) == (PVOID)device);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    CHECK(Order == 12);
}

void UnlockTwice(PDEVICE_OBJECT device)
{
    PMDL mdl = IoAllocateMdl(device, 20, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
    MmUnlockPages(mdl);
    MmUnlockPages(mdl);
}
