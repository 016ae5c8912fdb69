/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that takes one thing for each control code and does not give it back; those that
 * end in All give back everything.  ledgers_test.py knows the codes by the order of the table.
 */
#include <ntifs.h>

#define TAG 'gdel'

typedef struct _DEVICE_EXTENSION {
    KEVENT Event;
    KTIMER Timer;
    KDPC Dpc;
    NPAGED_LOOKASIDE_LIST List;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\Second");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\??\\Forgotten");
static KTIMER Timer;
static KDPC Dpc;
static NPAGED_LOOKASIDE_LIST List;
static PDEVICE_OBJECT First;
static BOOLEAN QueueAtUnload;

static void SetTimer(PKTIMER timer, PKDPC dpc)
{
    LARGE_INTEGER due;

    due.QuadPart = -36000000000;
    KeInitializeTimer(timer);
    KeSetTimer(timer, due, dpc);
}

static VOID NTAPI Tick(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
}

static void TimerInImage(PDEVICE_EXTENSION ext)
{
    SetTimer(&Timer, NULL);
}

static void TimerByRoutine(PDEVICE_EXTENSION ext)
{
    KeInitializeDpc(&ext->Dpc, Tick, NULL);
    SetTimer(&ext->Timer, &ext->Dpc);
}

static void TimerElsewhere(PDEVICE_EXTENSION ext)
{
    SetTimer(&ext->Timer, NULL);
}

static void DpcInImage(PDEVICE_EXTENSION ext)
{
    QueueAtUnload = TRUE;
}

static VOID NTAPI Wait(PVOID context)
{
    KeWaitForSingleObject(context, Executive, KernelMode, FALSE, NULL);
}

static VOID NTAPI End(PVOID context)
{
}

static HANDLE StartThread(PKSTART_ROUTINE routine, PVOID context)
{
    HANDLE handle = NULL;

    PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, routine, context);
    return handle;
}

static void Thread(PDEVICE_EXTENSION ext)
{
    ZwClose(StartThread(Wait, &ext->Event));
}

static void LookasideInImage(PDEVICE_EXTENSION ext)
{
    ExInitializeNPagedLookasideList(&List, NULL, NULL, 0, 64, TAG, 0);
}

static void LookasideElsewhere(PDEVICE_EXTENSION ext)
{
    ExInitializeNPagedLookasideList(&ext->List, NULL, NULL, 0, 64, TAG, 0);
}

static void Contiguous(PDEVICE_EXTENSION ext)
{
    PHYSICAL_ADDRESS highest;

    highest.QuadPart = -1;
    MmAllocateContiguousMemory(3 * PAGE_SIZE, highest);
}

static void Mapping(PDEVICE_EXTENSION ext)
{
    PHYSICAL_ADDRESS physical;

    physical.QuadPart = 0xfe000000;
    MmMapIoSpace(physical, 2 * PAGE_SIZE, MmNonCached);
}

static void UserMapping(PDEVICE_EXTENSION ext)
{
    PVOID memory = ExAllocatePoolWithTag(NonPagedPoolNx, 2 * PAGE_SIZE, TAG);
    PMDL mdl = IoAllocateMdl(memory, 2 * PAGE_SIZE, FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(mdl);
    MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, NULL, FALSE, NormalPagePriority);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(memory, TAG);
}

static PVOID ProgramMemory(SIZE_T size)
{
    PVOID base = NULL;

    ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT, PAGE_READWRITE);
    return base;
}

static void LockedOfProgram(PDEVICE_EXTENSION ext)
{
    PMDL mdl = IoAllocateMdl(ProgramMemory(2 * PAGE_SIZE), 2 * PAGE_SIZE, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, UserMode, IoWriteAccess);
}

static void LockedOfKernel(PDEVICE_EXTENSION ext)
{
    PVOID memory = ExAllocatePoolWithTag(PagedPool, 3 * PAGE_SIZE, TAG);
    PMDL mdl = IoAllocateMdl(memory, 3 * PAGE_SIZE, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
}

static void Device(PDEVICE_EXTENSION ext)
{
    PDEVICE_OBJECT device;

    IoCreateDevice(First->DriverObject, 0, &DeviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}

static void Link(PDEVICE_EXTENSION ext)
{
    IoCreateSymbolicLink(&LinkName, &DeviceName);
}

static void Handle(PDEVICE_EXTENSION ext)
{
    StartThread(End, NULL);
}

static void Reference(PDEVICE_EXTENSION ext)
{
    HANDLE handle = StartThread(End, NULL);
    PVOID object;

    ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode, &object, NULL);
    ZwClose(handle);
}

static void TwoReferences(PDEVICE_EXTENSION ext)
{
    ObReferenceObject(First);
    ObReferenceObject(First);
    ObReferenceObject(First);
    ObDereferenceObject(First);
}

static void ReferencesInLoop(PDEVICE_EXTENSION ext)
{
    for (int i = 0; i < 2; i++)
        ObReferenceObject(First);
}

static void GiveBackAll(PDEVICE_EXTENSION ext)
{
    PVOID memory = ProgramMemory(PAGE_SIZE), object, base;
    SIZE_T size = 0;
    PDEVICE_OBJECT device;
    PHYSICAL_ADDRESS physical;
    HANDLE handle;
    PMDL mdl = IoAllocateMdl(memory, PAGE_SIZE, FALSE, FALSE, NULL);

    SetTimer(&Timer, NULL);
    KeCancelTimer(&Timer);
    KeInitializeDpc(&Dpc, Tick, NULL);
    KeInsertQueueDpc(&Dpc, NULL, NULL);
    LookasideInImage(ext);
    ExDeleteNPagedLookasideList(&List);
    physical.QuadPart = -1;
    MmFreeContiguousMemory(MmAllocateContiguousMemory(PAGE_SIZE, physical));
    physical.QuadPart = 0xfe000010;
    base = MmMapIoSpace(physical, 64, MmNonCached);
    MmUnmapIoSpace(base, 64);
    MmProbeAndLockPages(mdl, UserMode, IoReadAccess);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    ZwFreeVirtualMemory(ZwCurrentProcess(), &memory, &size, MEM_RELEASE);
    IoCreateDevice(First->DriverObject, 0, &DeviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    Link(ext);
    IoDeleteSymbolicLink(&LinkName);
    IoDeleteDevice(device);
    handle = StartThread(Wait, &ext->Event);
    ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode, &object, NULL);
    ZwClose(handle);
    KeSetEvent(&ext->Event, 0, FALSE);
    KeWaitForSingleObject(object, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(object);
}

/* 70,000 operations: two blocks that stay, one at each end, and pairs between. */
static void RingRunsOver(PDEVICE_EXTENSION ext)
{
    ExAllocatePoolWithTag(NonPagedPool, 24, 'tsrf');
    for (ULONG i = 0; i < 34999; i++)
        ExFreePoolWithTag(ExAllocatePoolWithTag(NonPagedPool, 32, TAG), TAG);
    ExAllocatePoolWithTag(NonPagedPool, 40, 'tsal');
}

static void (*const Requests[])(PDEVICE_EXTENSION) = {
    TimerInImage, TimerByRoutine, TimerElsewhere, DpcInImage, Thread, LookasideInImage,
    LookasideElsewhere, Contiguous, Mapping, LockedOfProgram, LockedOfKernel, Device, Link,
    Handle, Reference, TwoReferences, GiveBackAll, RingRunsOver, UserMapping,
    ReferencesInLoop,
};

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG number;

    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
        number = (stack->Parameters.DeviceIoControl.IoControlCode >> 2 & 0xfff) - 0x800;
        if (number < sizeof(Requests) / sizeof(*Requests))
            Requests[number](device->DeviceExtension);
    }
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID NTAPI Unload(PDRIVER_OBJECT driver)
{
    KIRQL irql;

    if (QueueAtUnload) {
        KeInitializeDpc(&Dpc, Tick, NULL);
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        KeInsertQueueDpc(&Dpc, NULL, NULL);
        return;
    }
    IoDeleteDevice(First);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    PDEVICE_EXTENSION ext;
    NTSTATUS status = IoCreateDevice(driver, sizeof(*ext), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                                     &First);

    if (!NT_SUCCESS(status))
        return status;
    ext = First->DeviceExtension;
    KeInitializeEvent(&ext->Event, NotificationEvent, FALSE);
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
