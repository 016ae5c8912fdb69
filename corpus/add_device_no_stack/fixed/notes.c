/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The notes of the last writes, and a report of them every 1000 writes.
 */
#include "lathe.h"

NTSTATUS lathe_notes_open(struct lathe *lathe)
{
    KeInitializeSpinLock(&lathe->note_lock);
    lathe->notes = ExAllocatePoolWithTag(NonPagedPool, LATHE_LAST * sizeof(struct lathe_note),
                                         LATHE_TAG);
    if (lathe->notes == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(lathe->notes, LATHE_LAST * sizeof(struct lathe_note));

    lathe->reporter = IoAllocateWorkItem(lathe->self);
    if (lathe->reporter == NULL) {
        ExFreePoolWithTag(lathe->notes, LATHE_TAG);
        lathe->notes = NULL;
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

void lathe_notes_close(struct lathe *lathe)
{
    IoFreeWorkItem(lathe->reporter);
    lathe->reporter = NULL;
    ExFreePoolWithTag(lathe->notes, LATHE_TAG);
    lathe->notes = NULL;
}

VOID lathe_report(PDEVICE_OBJECT device, PVOID context)
{
    struct lathe *lathe = context;

    UNREFERENCED_PARAMETER(device);

    DbgPrint("lathe: %ld writes\n", lathe->writes);
    InterlockedExchange(&lathe->report_busy, 0);
    IoReleaseRemoveLock(&lathe->removal, lathe->reporter);
}

void lathe_note_write(struct lathe *lathe, ULONG length)
{
    LONG number = InterlockedIncrement(&lathe->writes);
    struct lathe_note *note;
    KIRQL irql;

    KeAcquireSpinLock(&lathe->note_lock, &irql);
    note = &lathe->notes[(ULONG)number % LATHE_LAST];
    KeQuerySystemTime(&note->when);
    note->length = length;
    KeReleaseSpinLock(&lathe->note_lock, irql);

    if (number % 1000 != 0 || InterlockedExchange(&lathe->report_busy, 1) != 0)
        return;
    if (!NT_SUCCESS(IoAcquireRemoveLock(&lathe->removal, lathe->reporter))) {
        InterlockedExchange(&lathe->report_busy, 0);
        return;
    }
    IoQueueWorkItem(lathe->reporter, lathe_report, DelayedWorkQueue, lathe);
}
