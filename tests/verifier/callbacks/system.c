/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Security, versions, rundown protection, tags, the state of the processor. */
#include "callbacks.h"

void Security(PDEVICE_EXTENSION ext)
{
    PGENERIC_MAPPING mapping = IoGetFileObjectGenericMapping();
    SECURITY_SUBJECT_CONTEXT subject;
    PSECURITY_DESCRIPTOR descriptor;
    ACCESS_MASK granted;
    PTOKEN_USER user;
    NTSTATUS status;

    SeCaptureSubjectContext(&subject);
    SeLockSubjectContext(&subject);
    CHECK(NT_SUCCESS(SeAssignSecurity(NULL, NULL, &descriptor, FALSE, &subject, mapping,
                                      PagedPool)));
    CHECK(SeAccessCheck(descriptor, &subject, TRUE, GENERIC_READ, 0, NULL, mapping, UserMode,
                        &granted, &status));
    CHECK(status == STATUS_SUCCESS && granted == FILE_GENERIC_READ);
    CHECK(!SeAccessCheck(NULL, &subject, TRUE, GENERIC_READ, 0, NULL, mapping, UserMode, &granted,
                         &status) && status == STATUS_ACCESS_DENIED);
    CHECK(NT_SUCCESS(SeQueryInformationToken(subject.PrimaryToken, TokenUser, (PVOID *)&user)));
    CHECK(RtlLengthSid(user->User.Sid) == 12);
    ExFreePool(user);
    CHECK(NT_SUCCESS(SeDeassignSecurity(&descriptor)) && !descriptor);
    SeUnlockSubjectContext(&subject);
    SeReleaseSubjectContext(&subject);
}

void Versions(PDEVICE_EXTENSION ext)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"ExAllocatePoolWithTag");
    RTL_OSVERSIONINFOEXW info = {.dwOSVersionInfoSize = sizeof(info), .dwMajorVersion = 6,
                                 .dwMinorVersion = 2};
    PVOID(NTAPI * allocate)(POOL_TYPE, SIZE_T, ULONG);
    ULONGLONG mask = 0;
    KFLOATING_SAVE save;
    UCHAR slot[4] = {0};

    /* There is a PCI bus, with nothing in its slots. */
    CHECK(HalGetBusDataByOffset(PCIConfiguration, 0, 1, slot, 0, 4) == 2);
    CHECK(slot[0] == 0xff && slot[1] == 0xff && slot[2] == 0);
    CHECK(HalGetBusDataByOffset(PCIConfiguration, 1, 0, slot, 0, 4) == 0);
    CHECK(HalSetBusDataByOffset(PCIConfiguration, 0, 1, slot, 4, 4) == 0);
    mask = VerSetConditionMask(mask, VER_MAJORVERSION, VER_GREATER_EQUAL);
    mask = VerSetConditionMask(mask, VER_MINORVERSION, VER_GREATER_EQUAL);
    CHECK(RtlVerifyVersionInfo(&info, VER_MAJORVERSION | VER_MINORVERSION, mask) == STATUS_SUCCESS);
    info.dwMajorVersion = 11;
    CHECK(RtlVerifyVersionInfo(&info, VER_MAJORVERSION | VER_MINORVERSION, mask) ==
          STATUS_REVISION_MISMATCH);
    CHECK(NT_SUCCESS(RtlGetVersion((PVOID)&info)) && info.dwMajorVersion == 10);
    /* Called by a pointer, it is counted as any other. */
    *(PVOID *)&allocate = MmGetSystemRoutineAddress(&name);
    CHECK(allocate != NULL);
    ExFreePool(allocate(NonPagedPool, 62, TAG));
    RtlInitUnicodeString(&name, L"ExAllocatePoolOfLeak62");
    CHECK(MmGetSystemRoutineAddress(&name) == NULL);
    CHECK(NT_SUCCESS(KeSaveFloatingPointState(&save)));
    CHECK(NT_SUCCESS(KeRestoreFloatingPointState(&save)));
}

static EX_RUNDOWN_REF Protection;

static VOID NTAPI HasProtection(PVOID context)
{
    LARGE_INTEGER soon;

    soon.QuadPart = -10000;
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    Note(1);
    ExReleaseRundownProtection(&Protection);
}

/* Waits for who has it; then nobody gets it, until it is initialized again. */
void Rundown(PDEVICE_EXTENSION ext)
{
    HANDLE thread;

    ExInitializeRundownProtection(&Protection);
    CHECK(ExAcquireRundownProtection(&Protection));
    CHECK(NT_SUCCESS(PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL,
                                          HasProtection, NULL)));
    ZwClose(thread);
    ExWaitForRundownProtectionRelease(&Protection);
    CHECK(ext->Count == 1 && !ExAcquireRundownProtection(&Protection));
    ExReInitializeRundownProtection(&Protection);
    CHECK(ExAcquireRundownProtection(&Protection));
    ExReleaseRundownProtection(&Protection);
}

void RundownTwice(PDEVICE_EXTENSION ext)
{
    ExInitializeRundownProtection(&Protection);
    ExAcquireRundownProtection(&Protection);
    ExReleaseRundownProtection(&Protection);
    ExReleaseRundownProtection(&Protection);
}

void Tags(PDEVICE_EXTENSION ext)
{
    PVOID process;

    ObReferenceObjectWithTag(PsInitialSystemProcess, TAG);
    CHECK(NT_SUCCESS(ObReferenceObjectByHandleWithTag(ZwCurrentProcess(), 0, *PsProcessType,
                                                      KernelMode, TAG, &process, NULL)));
    CHECK(process == PsInitialSystemProcess);
    ObDereferenceObjectWithTag(process, TAG);
    ObDereferenceObjectWithTag(process, TAG);
}

NTSYSAPI NTSTATUS NTAPI ZwQuerySystemInformation(ULONG class, PVOID out, ULONG length,
                                                 PULONG needed);

/* Processes: one, the system's; its entry is the last. */
void System(PDEVICE_EXTENSION ext)
{
    ULONG buffer[256], needed;

    CHECK(ZwQuerySystemInformation(5, buffer, 16, &needed) == STATUS_INFO_LENGTH_MISMATCH);
    CHECK(needed > 0x100 && needed <= sizeof(buffer));
    CHECK(NT_SUCCESS(ZwQuerySystemInformation(5, buffer, sizeof(buffer), NULL)));
    CHECK(buffer[0] == 0 && buffer[1] == 1 && buffer[0x50 / 4] == 4);
    CHECK(NT_SUCCESS(ZwQuerySystemInformation(0, buffer, 0x40, &needed)) && needed == 0x40);
    CHECK(buffer[2] == PAGE_SIZE && buffer[0x38 / 4] == 1);
}

void RestoreTwice(PDEVICE_EXTENSION ext)
{
    KFLOATING_SAVE save;

    KeSaveFloatingPointState(&save);
    KeRestoreFloatingPointState(&save);
    KeRestoreFloatingPointState(&save);
}
