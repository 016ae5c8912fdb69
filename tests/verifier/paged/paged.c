/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that for each control code uses paged memory as that routine says: wrongly,
 * or rightly where the name says Right.  paged_test.py knows the codes by the order of
 * the table at the end.
 */
#include <ntddk.h>

#define TAG 'degP'
#define PAGEABLE __attribute__((section("PAGE"), noinline))

static volatile LONG One = 1; /* keeps the compiler from knowing */
static volatile ULONG PageData[16] __attribute__((section("PAGEDATA"))) = {1, 2, 3};

static void FastFail(void)
{
    __asm__ volatile("int $0x29" : : "c"(3));
}

static KIRQL Raise(void)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    return irql;
}

static volatile ULONG *Block(SIZE_T size)
{
    volatile ULONG *block = ExAllocatePoolWithTag(PagedPool, size, TAG);

    block[0] = 62;
    return block;
}

static PAGEABLE LONG Pageable(LONG number)
{
    return number + One;
}

static PAGEABLE void PageableRaises(void)
{
    KIRQL irql = Raise();

    One++;
    KeLowerIrql(irql);
}

static PAGEABLE void PageableTakesLock(void)
{
    static KSPIN_LOCK lock;
    KIRQL irql;

    KeAcquireSpinLock(&lock, &irql);
    KeReleaseSpinLock(&lock, irql);
}

static void WriteAtDispatch(void)
{
    volatile ULONG *block = Block(24);

    Raise();
    block[1] = 1;
}

static void ReadAtDispatch(void)
{
    volatile ULONG *block = Block(3 * PAGE_SIZE);

    Raise();
    One = block[2 * PAGE_SIZE / sizeof(*block)];
}

static void ServiceAtDispatch(void)
{
    volatile ULONG *block = Block(512);

    Raise();
    RtlFillMemory((PVOID)block, 512, (UCHAR)One);
}

static void OverrunAtDispatch(void)
{
    volatile ULONG *block = Block(32);

    Raise();
    block[8] = 1;
}

static void FreedAtDispatch(void)
{
    volatile ULONG *block = Block(32);

    ExFreePoolWithTag((PVOID)block, TAG);
    Raise();
    block[0] = 1;
}

static void OverrunBelow(void)
{
    volatile ULONG *block = Block(32);
    KIRQL irql = Raise();

    KeLowerIrql(irql);
    block[0] = 1;
    block[8] = 1;
}

/* More than are remembered one by one, and then one of those. */
static void ManyAtDispatch(void)
{
    volatile ULONG *blocks[100];
    KIRQL irql;

    for (ULONG i = 0; i < 100; i++)
        blocks[i] = Block(24);
    irql = Raise();
    KeLowerIrql(irql);
    for (ULONG i = 0; i < 100; i++)
        blocks[i][1] = i;
    irql = Raise();
    KeLowerIrql(irql);
    blocks[7][1] = blocks[90][1];
    Raise();
    blocks[One * 90][1] = 1;
}

static void UnlockedAtDispatch(void)
{
    volatile ULONG *block = Block(64);
    PMDL mdl = IoAllocateMdl((PVOID)block, 64, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
    MmUnlockPages(mdl);
    Raise();
    block[0] = 1;
}

static void CodeAtDispatch(void)
{
    Raise();
    One = Pageable(One);
}

static void CodeRaises(void)
{
    PageableRaises();
}

static void CodeTakesLock(void)
{
    PageableTakesLock();
}

static void DataAtDispatch(void)
{
    Raise();
    One = PageData[One];
}

static VOID NTAPI Dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    One = *(volatile ULONG *)context;
}

static void InDpc(void)
{
    static KDPC dpc;

    KeInitializeDpc(&dpc, Dpc, (PVOID)Block(24));
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeFlushQueuedDpcs();
}

static void RightBelow(void)
{
    volatile ULONG *small = Block(24), *large = Block(3 * PAGE_SIZE);
    volatile ULONG *nonpaged = ExAllocatePoolWithTag(NonPagedPool, 24, TAG);
    ULONG last = 3 * PAGE_SIZE / sizeof(*large) - 1;
    KIRQL irql;

    for (ULONG i = 0; i < 100; i++) {
        small[5] = large[last] = large[last / 2] = i;
        PageData[15] = i;
        irql = Raise();
        nonpaged[0] = i;
        KeLowerIrql(irql);
        KeRaiseIrql(APC_LEVEL, &irql);
        if (small[0] != 62 || large[0] != 62 || small[5] != i || large[last] != i ||
            large[last / 2] != i || PageData[15] != i || Pageable(1) != 1 + One)
            FastFail();
        RtlFillMemory((PVOID)&large[1], PAGE_SIZE, 0);
        KeLowerIrql(irql);
        ExFreePoolWithTag(ExAllocatePoolWithTag(PagedPool, 24, TAG), TAG);
    }
    ExFreePoolWithTag((PVOID)nonpaged, TAG);
    ExFreePoolWithTag((PVOID)large, TAG);
    ExFreePoolWithTag((PVOID)small, TAG);
}

/* Locked pages may be used at any IRQL. */
static void RightLocked(void)
{
    volatile ULONG *block = Block(2 * PAGE_SIZE), *mapped;
    PMDL mdl = IoAllocateMdl((PVOID)block, 2 * PAGE_SIZE, FALSE, FALSE, NULL);
    KIRQL irql;

    MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
    mapped = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    irql = Raise();
    mapped[0] = mapped[PAGE_SIZE / sizeof(*mapped)] = One;
    block[1] = 2;
    KeLowerIrql(irql);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    if (block[0] != One || block[1] != 2)
        FastFail();
    ExFreePoolWithTag((PVOID)block, TAG);
}

/* Pageable code below DISPATCH_LEVEL, and its frame in the stack of an allocation there. */
static PVOID AllocateAtDispatch(void)
{
    KIRQL irql = Raise();
    PVOID block = ExAllocatePoolWithTag(NonPagedPool, 24, TAG);

    KeLowerIrql(irql);
    return block;
}

static PAGEABLE PVOID PageableAllocates(void)
{
    PVOID block = AllocateAtDispatch();

    One = One;
    return block;
}

static void RightCode(void)
{
    PVOID block = PageableAllocates();

    if (Pageable(2) != 2 + One)
        FastFail();
    ExFreePoolWithTag(block, TAG);
}

static void LeakFromPageable(void)
{
    PageableAllocates();
}

static void (*const Uses[])(void) = {
    WriteAtDispatch, ReadAtDispatch, ServiceAtDispatch, OverrunAtDispatch, FreedAtDispatch,
    OverrunBelow, ManyAtDispatch, UnlockedAtDispatch, CodeAtDispatch, CodeRaises, CodeTakesLock, DataAtDispatch,
    InDpc, LeakFromPageable, RightBelow, RightLocked, RightCode,
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

    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    driver->DriverUnload = Unload;
    return IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}
