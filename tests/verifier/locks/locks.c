/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that for each control code uses locks as that routine says: wrongly, or
 * rightly where the name says Right.  locks_test.py knows the codes by the order of
 * the table at the end.
 */
#include <ntddk.h>

#define TAG 'skcL'

static KSPIN_LOCK A, B, C, Gate;
static FAST_MUTEX FastA, FastB;
static KGUARDED_MUTEX Guarded;
static KMUTEX Mutex, Other;
static KEVENT Event;

static void Both(PKSPIN_LOCK first, PKSPIN_LOCK second)
{
    KIRQL irql;

    KeAcquireSpinLock(first, &irql);
    KeAcquireSpinLockAtDpcLevel(second);
    KeReleaseSpinLockFromDpcLevel(second);
    KeReleaseSpinLock(first, irql);
}

static void InThread(PKSTART_ROUTINE routine)
{
    HANDLE handle;
    PVOID thread;

    PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, routine, NULL);
    ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &thread, NULL);
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(thread);
    ZwClose(handle);
}

static void SpinTwice(void)
{
    Both(&A, &A);
}

static void FastTwice(void)
{
    ExAcquireFastMutex(&FastA);
    ExAcquireFastMutex(&FastA);
}

static void GuardedTwice(void)
{
    KeAcquireGuardedMutex(&Guarded);
    KeAcquireGuardedMutex(&Guarded);
}

static void OtherOrder(void)
{
    Both(&A, &B);
    Both(&B, &A);
}

/* None of the three is in two orders with another. */
static void Circle(void)
{
    Both(&A, &B);
    Both(&B, &C);
    Both(&C, &A);
}

static void MutexThenFast(PVOID context)
{
    KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL);
    ExAcquireFastMutex(&FastA);
    ExReleaseFastMutex(&FastA);
    KeReleaseMutex(&Mutex, FALSE);
}

static void FastThenMutex(PVOID context)
{
    ExAcquireFastMutex(&FastA);
    KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL);
    KeReleaseMutex(&Mutex, FALSE);
    ExReleaseFastMutex(&FastA);
}

static void OtherOrderOfMutexes(void)
{
    InThread(MutexThenFast);
    InThread(FastThenMutex);
}

/* Only the first time is the gate held. */
static void GateOnce(void)
{
    KIRQL irql;

    KeAcquireSpinLock(&Gate, &irql);
    Both(&A, &B);
    KeReleaseSpinLock(&Gate, irql);
    KeAcquireSpinLock(&Gate, &irql);
    Both(&B, &A);
    KeReleaseSpinLock(&Gate, irql);
    Both(&A, &B);
}

static void NotInitialized(void)
{
    static FAST_MUTEX mutex;

    ExAcquireFastMutex(&mutex);
}

static void InitializedTwice(void)
{
    KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL);
    KeInitializeMutex(&Mutex, 0);
}

static void SpinNotHeld(void)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeReleaseSpinLock(&A, irql);
}

static void SpinReleasedTwice(void)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeAcquireSpinLockAtDpcLevel(&A);
    KeReleaseSpinLockFromDpcLevel(&A);
    KeReleaseSpinLockFromDpcLevel(&A);
}

static void FastNotHeld(void)
{
    KIRQL irql;

    KeRaiseIrql(APC_LEVEL, &irql);
    ExReleaseFastMutex(&FastA);
}

static VOID NTAPI ReleaseFast(PVOID context)
{
    KIRQL irql;

    KeRaiseIrql(APC_LEVEL, &irql);
    ExReleaseFastMutex(&FastA);
    KeLowerIrql(irql);
}

static void FastByAnother(void)
{
    ExAcquireFastMutexUnsafe(&FastA);
    InThread(ReleaseFast);
}

static VOID NTAPI ReleaseMutex(PVOID context)
{
    KeReleaseMutex(&Mutex, FALSE);
}

static void MutexByAnother(void)
{
    KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL);
    InThread(ReleaseMutex);
}

static void QueuedAfterPlain(void)
{
    KLOCK_QUEUE_HANDLE handle;

    Both(&A, &B);
    KeAcquireInStackQueuedSpinLock(&A, &handle);
    KeReleaseInStackQueuedSpinLock(&handle);
}

static void PlainReleaseOfQueued(void)
{
    KLOCK_QUEUE_HANDLE handle;

    KeAcquireInStackQueuedSpinLock(&A, &handle);
    KeReleaseSpinLock(&A, handle.OldIrql);
}

static VOID NTAPI TakeAndEnd(PVOID context)
{
    ExAcquireFastMutexUnsafe(&FastA);
}

static void ThreadEnds(void)
{
    InThread(TakeAndEnd);
}

static void FreedWhileHeld(void)
{
    PKSPIN_LOCK lock = ExAllocatePoolWithTag(NonPagedPool, 64, TAG);
    KIRQL irql;

    KeInitializeSpinLock(lock + 2);
    KeAcquireSpinLock(lock + 2, &irql);
    ExFreePoolWithTag(lock, TAG);
}

static void RightOrder(void)
{
    Both(&A, &B);
    Both(&B, &C);
    Both(&A, &C);
    Both(&A, &B);
    MutexThenFast(NULL);
    MutexThenFast(NULL);
}

/* Two orders, but never at a time: the gate is always held. */
static void RightGate(void)
{
    KIRQL irql;

    KeAcquireSpinLock(&Gate, &irql);
    KeAcquireSpinLockAtDpcLevel(&A);
    KeAcquireSpinLockAtDpcLevel(&B);
    KeReleaseSpinLockFromDpcLevel(&B);
    KeReleaseSpinLockFromDpcLevel(&A);
    KeAcquireSpinLockAtDpcLevel(&B);
    KeAcquireSpinLockAtDpcLevel(&A);
    KeReleaseSpinLockFromDpcLevel(&A);
    KeReleaseSpinLockFromDpcLevel(&B);
    KeReleaseSpinLock(&Gate, irql);
}

/* Who does not wait, or not without end, is in no circle. */
static void RightTry(void)
{
    LARGE_INTEGER now;

    now.QuadPart = 0;
    MutexThenFast(NULL);
    if (ExTryToAcquireFastMutex(&FastA)) {
        if (NT_SUCCESS(KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, &now)))
            KeReleaseMutex(&Mutex, FALSE);
        ExReleaseFastMutex(&FastA);
    }
    KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL);
    ExAcquireFastMutex(&FastB);
    ExReleaseFastMutex(&FastB);
    KeReleaseMutex(&Mutex, FALSE);
    ExAcquireFastMutex(&FastB);
    if (KeTryToAcquireGuardedMutex(&Guarded))
        KeReleaseGuardedMutex(&Guarded);
    ExReleaseFastMutex(&FastB);
}

static void RightAgain(void)
{
    KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL);
    KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL);
    KeReleaseMutex(&Mutex, FALSE);
    KeReleaseMutex(&Mutex, FALSE);
    /* Released in another order than acquired. */
    KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL);
    KeWaitForSingleObject(&Other, Executive, KernelMode, FALSE, NULL);
    KeReleaseMutex(&Mutex, FALSE);
    KeReleaseMutex(&Other, FALSE);
    KeInitializeMutex(&Mutex, 0);
}

static void RightQueued(void)
{
    KLOCK_QUEUE_HANDLE handle, inner;

    KeAcquireInStackQueuedSpinLock(&A, &handle);
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&B, &inner);
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&inner);
    KeReleaseInStackQueuedSpinLock(&handle);
}

/* Other locks in the same place: in freed pool, and on the stack. */
static void RightPlaces(void)
{
    for (int i = 0; i < 20; i++) {
        PKSPIN_LOCK locks = ExAllocatePoolWithTag(NonPagedPool, 2 * sizeof(*locks), TAG);
        KSPIN_LOCK here[2];

        KeInitializeSpinLock(&locks[0]);
        KeInitializeSpinLock(&locks[1]);
        Both(&locks[i & 1], &locks[(i & 1) ^ 1]);
        ExFreePoolWithTag(locks, TAG);
        KeInitializeSpinLock(&here[0]);
        KeInitializeSpinLock(&here[1]);
        Both(&here[i & 1], &here[(i & 1) ^ 1]);
    }
}

static VOID NTAPI HoldAndWait(PVOID context)
{
    ExAcquireFastMutex(&FastA);
    KeSetEvent(&Event, IO_NO_INCREMENT, FALSE);
    ExReleaseFastMutex(&FastA);
}

static void RightThreads(void)
{
    KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL);
    InThread(HoldAndWait);
    KeReleaseMutex(&Mutex, FALSE);
    KeAcquireGuardedMutex(&Guarded);
    KeReleaseGuardedMutex(&Guarded);
    KeAcquireGuardedMutex(&Guarded);
    KeReleaseGuardedMutex(&Guarded);
}

static void (*const Uses[])(void) = {
    SpinTwice, FastTwice, GuardedTwice, OtherOrder, Circle, OtherOrderOfMutexes, GateOnce,
    NotInitialized, InitializedTwice, SpinNotHeld, SpinReleasedTwice, FastNotHeld, FastByAnother,
    MutexByAnother, QueuedAfterPlain, PlainReleaseOfQueued, ThreadEnds, FreedWhileHeld,
    RightOrder, RightGate, RightTry, RightAgain, RightQueued, RightPlaces, RightThreads,
};

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG number;

    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
        number = (stack->Parameters.DeviceIoControl.IoControlCode >> 2 & 0xfff) - 0x800;
        if (number < sizeof(Uses) / sizeof(*Uses))
            Uses[number]();
    }
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID NTAPI Unload(PDRIVER_OBJECT driver)
{
    IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    PDEVICE_OBJECT device;

    ExInitializeFastMutex(&FastA);
    ExInitializeFastMutex(&FastB);
    KeInitializeGuardedMutex(&Guarded);
    KeInitializeMutex(&Mutex, 0);
    KeInitializeMutex(&Other, 0);
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    driver->DriverUnload = Unload;
    return IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}
