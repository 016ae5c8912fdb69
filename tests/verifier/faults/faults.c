/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that does one wrong thing for each control code.  faults_test.py knows the
 * codes by the order of the table at the end.
 */
#include <ntddk.h>

#define TAG 'tluf'

typedef struct _DEVICE_EXTENSION {
    KEVENT Event;
    PIO_WORKITEM WorkItem;
    ULONG Runs;
    KTIMER Timer;
    KDPC Dpc;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static volatile LONG One = 1; /* keeps the compiler from knowing */

static void DoubleFree(PDEVICE_OBJECT device)
{
    PVOID block = ExAllocatePoolWithTag(NonPagedPool, 24, TAG);

    ExFreePoolWithTag(block, TAG);
    ExFreePoolWithTag(block, TAG);
}

static void WrongTag(PDEVICE_OBJECT device)
{
    ExFreePoolWithTag(ExAllocatePoolWithTag(NonPagedPool, 24, TAG), 'rehT');
}

static void FreeOfStack(PDEVICE_OBJECT device)
{
    ULONG local[8];

    ExFreePool((PVOID)local);
}

static void ZeroBytes(PDEVICE_OBJECT device)
{
    ExAllocatePoolWithTag(NonPagedPool, One - 1, TAG);
}

static void PagedAtDispatch(PDEVICE_OBJECT device)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    ExAllocatePoolWithTag(PagedPool, 24, TAG);
}

static void OverrunByOne(PDEVICE_OBJECT device)
{
    volatile UCHAR *block = ExAllocatePoolWithTag(NonPagedPool, 32, TAG);

    block[31 + One] = 0;
}

static void UseAfterFree(PDEVICE_OBJECT device)
{
    volatile UCHAR *block = ExAllocatePoolWithTag(NonPagedPool, 32, TAG);

    ExFreePoolWithTag((PVOID)block, TAG);
    block[0] = 0;
}

static void MissingImport(PDEVICE_OBJECT device)
{
    IoCreateController(0);
}

static void SystemCall(PDEVICE_OBJECT device)
{
    /* socket() of Linux. */
    __asm__ volatile("syscall" : : "a"(41), "D"(2), "S"(1), "d"(0) : "rcx", "r11", "memory");
}

static void EndlessLoop(PDEVICE_OBJECT device)
{
    while (One)
        ;
}

static ULONG Deeper(ULONG depth)
{
    volatile UCHAR room[512];

    room[0] = (UCHAR)depth;
    return One ? Deeper(depth + 1) + room[0] : 0;
}

static void StackOverflow(PDEVICE_OBJECT device)
{
    Deeper(0);
}

static void FastFail(PDEVICE_OBJECT device)
{
    __asm__ volatile("int $0x29" : : "c"(3));
}

static void DivideByZero(PDEVICE_OBJECT device)
{
    One = (One + 1000) / (One - 1);
}

static void WaitForNobody(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, NULL);
}

static VOID NTAPI Work(PDEVICE_OBJECT device, PVOID context)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    ext->Runs++;
    if (context)
        ExAllocatePoolWithTag(NonPagedPool, 48, TAG); /* and forgets it */
    KeSetEvent(&ext->Event, IO_NO_INCREMENT, FALSE);
}

/* Another thread's signal ends the wait. */
static void WaitForWork(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    IoQueueWorkItem(ext->WorkItem, Work, DelayedWorkQueue, NULL);
    KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, NULL);
    if (ext->Runs != 1)
        FastFail(device);
}

/* An hour passes at once, and no event is set. */
static void WaitAnHour(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    LARGE_INTEGER hour;

    hour.QuadPart = -36000000000LL;
    if (KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, &hour) !=
        STATUS_TIMEOUT)
        FastFail(device);
}

/* The work item runs before the check at unload, and is seen. */
static void LeakInWork(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    IoQueueWorkItem(ext->WorkItem, Work, DelayedWorkQueue, device);
}

static void FreeWhileQueued(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    IoQueueWorkItem(ext->WorkItem, Work, DelayedWorkQueue, NULL);
    IoFreeWorkItem(ext->WorkItem);
}

static VOID NTAPI Tick(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    PDEVICE_EXTENSION ext = context;

    if (KeGetCurrentIrql() != DISPATCH_LEVEL)
        FastFail(NULL);
    if (++ext->Runs == 3)
        KeSetEvent(&ext->Event, IO_NO_INCREMENT, FALSE);
}

/* Three periods of a timer; the last is canceled. */
static void TimerTicks(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    LARGE_INTEGER due;

    due.QuadPart = -10000;
    KeInitializeTimer(&ext->Timer);
    KeInitializeDpc(&ext->Dpc, Tick, ext);
    KeSetTimerEx(&ext->Timer, due, 5, &ext->Dpc);
    KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, NULL);
    if (!KeCancelTimer(&ext->Timer) || KeCancelTimer(&ext->Timer) || ext->Runs != 3 ||
        KeGetCurrentIrql() != PASSIVE_LEVEL)
        FastFail(device);
}

/* A DPC waits for the IRQL to go down; one that is removed does not run. */
static void DpcWaitsForIrql(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    KIRQL irql;

    KeInitializeDpc(&ext->Dpc, Tick, ext);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (!KeInsertQueueDpc(&ext->Dpc, NULL, NULL) || KeInsertQueueDpc(&ext->Dpc, NULL, NULL) ||
        ext->Runs != 0 || !KeRemoveQueueDpc(&ext->Dpc) || KeRemoveQueueDpc(&ext->Dpc))
        FastFail(device);
    KeInsertQueueDpc(&ext->Dpc, NULL, NULL);
    KeLowerIrql(irql);
    KeFlushQueuedDpcs();
    if (ext->Runs != 1)
        FastFail(device);
    KeSetEvent(&ext->Event, IO_NO_INCREMENT, FALSE);
}

/* The time, out of the page that the kernel shares; and a read beyond what it holds. */
static void ReadTheTime(PDEVICE_OBJECT device)
{
    LARGE_INTEGER before, after, hour;
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    hour.QuadPart = -36000000000LL;
    KeQuerySystemTime(&before);
    KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, &hour);
    KeQuerySystemTime(&after);
    if (after.QuadPart - before.QuadPart != 36000000000LL || before.QuadPart == 0)
        FastFail(device);
}

static void WriteTheTime(PDEVICE_OBJECT device)
{
    *(volatile ULONG *)0xfffff78000000014ULL = One;
}

static __attribute__((noinline)) PVOID Wrapped(ULONG size)
{
    PVOID block = ExAllocatePoolWithTag(NonPagedPool, size, TAG);

    if (block)
        RtlZeroMemory(block, size);
    return block;
}

/* The interesting caller is this one, three times from one place and once from another. */
static void LeakByWrapper(PDEVICE_OBJECT device)
{
    for (LONG i = 0; i < One * 3; i++)
        Wrapped(64);
    Wrapped(512);
}

/* More operations than the log holds. */
static void FillTheLog(PDEVICE_OBJECT device)
{
    for (LONG i = 0; i < One * 35000; i++)
        ExFreePoolWithTag(ExAllocatePoolWithTag(NonPagedPool, 24, TAG), TAG);
}

static void OverrunInPage(PDEVICE_OBJECT device)
{
    volatile UCHAR *block = ExAllocatePoolWithTag(NonPagedPool, 30, TAG);

    block[29 + One] = 0;
    ExFreePoolWithTag((PVOID)block, TAG);
}

static void Underrun(PDEVICE_OBJECT device)
{
    volatile UCHAR *block = ExAllocatePoolWithTag(NonPagedPool, 32, TAG);

    block[-One] = 0;
    ExFreePoolWithTag((PVOID)block, TAG);
}

static void OverrunByKernel(PDEVICE_OBJECT device)
{
    PUCHAR block = ExAllocatePoolWithTag(NonPagedPool, 512, TAG);

    RtlFillMemory(block, 512 + One, 1);
}

static void UseAfterFreeByKernel(PDEVICE_OBJECT device)
{
    PUCHAR block = ExAllocatePoolWithTag(NonPagedPool, 512, TAG);
    UNICODE_STRING string;

    ExFreePoolWithTag(block, TAG);
    RtlInitUnicodeString(&string, (PCWSTR)block);
}

static void FreeWithTimer(PDEVICE_OBJECT device)
{
    struct { ULONG64 first; KTIMER timer; } *block;
    LARGE_INTEGER due;

    due.QuadPart = -10000000;
    block = ExAllocatePoolWithTag(NonPagedPool, sizeof(*block), TAG);
    KeInitializeTimer(&block->timer);
    KeSetTimer(&block->timer, due, NULL);
    ExFreePoolWithTag(block, TAG);
}

/* The same, right: canceled, and one that has expired. */
static void FreeWithOldTimer(PDEVICE_OBJECT device)
{
    PKTIMER timer = ExAllocatePoolWithTag(NonPagedPool, sizeof(*timer), TAG);
    LARGE_INTEGER due;

    due.QuadPart = -10000000;
    KeInitializeTimer(timer);
    KeSetTimer(timer, due, NULL);
    KeWaitForSingleObject(timer, Executive, KernelMode, FALSE, NULL);
    KeSetTimer(timer, due, NULL);
    KeCancelTimer(timer);
    ExFreePoolWithTag(timer, TAG);
}

static void FreeWithResource(PDEVICE_OBJECT device)
{
    PERESOURCE resource = ExAllocatePoolWithTag(NonPagedPool, sizeof(*resource), TAG);

    ExInitializeResourceLite(resource);
    ExFreePoolWithTag(resource, TAG);
}

static void FreeWithLookaside(PDEVICE_OBJECT device)
{
    PNPAGED_LOOKASIDE_LIST list = ExAllocatePoolWithTag(NonPagedPool, sizeof(*list), TAG);

    ExInitializeNPagedLookasideList(list, NULL, NULL, 0, 64, TAG, 0);
    ExFreePoolWithTag(list, TAG);
}

/* The same, right: both are deleted first. */
static void FreeWithDeleted(PDEVICE_OBJECT device)
{
    PERESOURCE resource = ExAllocatePoolWithTag(NonPagedPool, sizeof(*resource), TAG);
    PNPAGED_LOOKASIDE_LIST list = ExAllocatePoolWithTag(NonPagedPool, sizeof(*list), TAG);

    ExInitializeResourceLite(resource);
    ExInitializeNPagedLookasideList(list, NULL, NULL, 0, 64, TAG, 0);
    ExDeleteNPagedLookasideList(list);
    ExDeleteResourceLite(resource);
    ExFreePoolWithTag(list, TAG);
    ExFreePoolWithTag(resource, TAG);
}

static VOID NTAPI Late(PVOID context)
{
    LARGE_INTEGER interval;

    interval.QuadPart = -10000000;
    KeDelayExecutionThread(KernelMode, FALSE, &interval);
    ExAllocatePoolWithTag(NonPagedPool, 40, TAG);
}

static void AllocateAfterUnload(PDEVICE_OBJECT device)
{
    HANDLE handle;

    ExAllocatePoolWithTag(PagedPool, 48, TAG);
    PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Late, NULL);
    ZwClose(handle);
}

static FAST_MUTEX Mutex;

static void MutexAtDispatch(PDEVICE_OBJECT device)
{
    KIRQL irql;

    ExInitializeFastMutex(&Mutex);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    ExAcquireFastMutex(&Mutex);
}

static void DeleteLinkAtDispatch(PDEVICE_OBJECT device)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\DosDevices\\Faults");
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    IoDeleteSymbolicLink(&name);
}

static void WaitAtDispatch(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    LARGE_INTEGER second;
    KIRQL irql;

    second.QuadPart = -10000000;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, &second);
}

static void WaitForeverAtDispatch(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, NULL);
}

static void SetEventAtHigh(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    KIRQL irql;

    KeRaiseIrql(HIGH_LEVEL, &irql);
    KeSetEvent(&ext->Event, IO_NO_INCREMENT, FALSE);
}

static void NonPagedAtHigh(PDEVICE_OBJECT device)
{
    KIRQL irql;

    KeRaiseIrql(HIGH_LEVEL, &irql);
    ExAllocatePoolWithTag(NonPagedPool, 24, TAG);
}

static void FreePagedAtDispatch(PDEVICE_OBJECT device)
{
    PVOID block = ExAllocatePoolWithTag(PagedPool, 24, TAG);
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    ExFreePoolWithTag(block, TAG);
}

/* All that is allowed at DISPATCH_LEVEL, with five arguments among it. */
static void AllowedAtDispatch(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    LARGE_INTEGER now;
    KIRQL irql;

    now.QuadPart = 0;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, &now) != STATUS_TIMEOUT)
        FastFail(device);
    ExFreePoolWithTag(ExAllocatePoolWithTag(NonPagedPool, 24, TAG), TAG);
    KeLowerIrql(irql);
}

static void ReleaseTwice(PDEVICE_OBJECT device)
{
    KSPIN_LOCK lock;
    KIRQL irql;

    KeInitializeSpinLock(&lock);
    KeAcquireSpinLock(&lock, &irql);
    KeReleaseSpinLock(&lock, irql);
    KeReleaseSpinLock(&lock, irql);
}

static void (*const Faults[])(PDEVICE_OBJECT) = {
    DoubleFree, WrongTag, FreeOfStack, ZeroBytes, PagedAtDispatch, OverrunByOne,
    UseAfterFree, MissingImport, SystemCall, EndlessLoop, StackOverflow, FastFail,
    DivideByZero, WaitForNobody, WaitForWork, WaitAnHour, LeakInWork, FreeWhileQueued,
    TimerTicks, DpcWaitsForIrql, ReadTheTime, WriteTheTime,
    LeakByWrapper, FillTheLog, OverrunInPage, Underrun, OverrunByKernel, UseAfterFreeByKernel,
    FreeWithTimer, FreeWithOldTimer, AllocateAfterUnload, MutexAtDispatch, DeleteLinkAtDispatch,
    WaitAtDispatch, WaitForeverAtDispatch, SetEventAtHigh, NonPagedAtHigh, FreePagedAtDispatch,
    AllowedAtDispatch, ReleaseTwice, FreeWithResource, FreeWithLookaside, FreeWithDeleted,
};

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = STATUS_SUCCESS;
    ULONG number;

    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
        number = (stack->Parameters.DeviceIoControl.IoControlCode >> 2 & 0xfff) - 0x800;
        if (number < sizeof(Faults) / sizeof(*Faults))
            Faults[number](device);
        else
            status = STATUS_INVALID_DEVICE_REQUEST;
    }
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static VOID NTAPI Unload(PDRIVER_OBJECT driver)
{
    PDEVICE_EXTENSION ext = driver->DeviceObject->DeviceExtension;

    if (ext->Runs)
        KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, NULL);
    IoFreeWorkItem(ext->WorkItem);
    IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    PDEVICE_OBJECT device;
    PDEVICE_EXTENSION ext;
    NTSTATUS status = IoCreateDevice(driver, sizeof(*ext), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                                     &device);

    if (!NT_SUCCESS(status))
        return status;
    ext = device->DeviceExtension;
    KeInitializeEvent(&ext->Event, NotificationEvent, FALSE);
    ext->WorkItem = IoAllocateWorkItem(device);
    if (!ext->WorkItem) {
        IoDeleteDevice(device);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
