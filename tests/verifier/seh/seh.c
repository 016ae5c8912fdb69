/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that raises, handles and unwinds in one way for each control code, and stops
 * with CHECK's line (fast fail code) if it comes out wrong.  seh_test.py knows the codes
 * by the order of the table at the end.
 */
#include "seh.h"

typedef struct _DEVICE_EXTENSION {
    PDEVICE_OBJECT Lower; /* NULL: this is the lower one */
    KEVENT Event;
    KDPC Dpc;
    PIO_WORKITEM WorkItem;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

volatile LONG One = 1;
volatile ULONG Order;
PIRP Current;

void Stop(ULONG line)
{
    __asm__ volatile("int $0x29" : : "c"(line));
}

void Mark(ULONG digit)
{
    Order = Order * 10 + digit;
}

volatile ULONG *Nowhere(void)
{
    return (volatile ULONG *)(ULONG_PTR)(One * 0x1000 + 0x10);
}

/* ---- what an exception record says ---- */

static LONG Record(PEXCEPTION_POINTERS pointers, PEXCEPTION_RECORD copy)
{
    *copy = *pointers->ExceptionRecord;
    return EXCEPTION_EXECUTE_HANDLER;
}

static void ReadFault(PDEVICE_OBJECT device)
{
    EXCEPTION_RECORD record;
    NTSTATUS status = 0;

    __try {
        Mark((ULONG)*Nowhere());
    } __except (Record(GetExceptionInformation(), &record)) {
        status = GetExceptionCode();
    }
    CHECK(status == STATUS_ACCESS_VIOLATION && record.ExceptionCode == status);
    CHECK(record.NumberParameters == 2 && record.ExceptionInformation[0] == 0);
    CHECK(record.ExceptionInformation[1] == 0x1010 && record.ExceptionFlags == 0);
    CHECK((ULONG_PTR)record.ExceptionAddress >= (ULONG_PTR)device->DriverObject->DriverStart);
}

static void WriteFault(PDEVICE_OBJECT device)
{
    EXCEPTION_RECORD record;

    __try {
        *Nowhere() = 1;
        CHECK(0);
    } __except (Record(GetExceptionInformation(), &record)) {
        Mark(1);
    }
    CHECK(Order == 1 && record.ExceptionInformation[0] == 1);
}

static void NotCanonical(PDEVICE_OBJECT device)
{
    EXCEPTION_RECORD record;

    __try {
        *(volatile ULONG *)(0x8000000000000000ULL * One) = 1;
        CHECK(0);
    } __except (Record(GetExceptionInformation(), &record)) {
        Mark(1);
    }
    CHECK(Order == 1 && record.ExceptionInformation[1] == ~(ULONG_PTR)0);
}

static void CallNowhere(PDEVICE_OBJECT device)
{
    EXCEPTION_RECORD record;

    __try {
        ((void (*)(void))Nowhere())();
        CHECK(0);
    } __except (Record(GetExceptionInformation(), &record)) {
        Mark(1);
    }
    CHECK(Order == 1 && record.ExceptionInformation[0] == 8);
    CHECK(record.ExceptionAddress == (PVOID)0x1010);
}

static void Divide(PDEVICE_OBJECT device)
{
    volatile LONG smallest = (LONG)0x80000000;
    NTSTATUS status = 0;

    __try {
        One = (One + 1000) / (One - 1);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    CHECK(status == STATUS_INTEGER_DIVIDE_BY_ZERO);
    __try {
        __asm__ volatile("cltd; idivl %%ecx" : : "a"(smallest), "c"(-1) : "edx");
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    CHECK(status == STATUS_INTEGER_OVERFLOW);
}

static LONG SkipByte(PEXCEPTION_POINTERS pointers)
{
    CHECK(pointers->ContextRecord->Rip == (ULONG64)pointers->ExceptionRecord->ExceptionAddress);
    CHECK(pointers->ExceptionRecord->ExceptionCode == STATUS_BREAKPOINT);
    CHECK(*(PUCHAR)pointers->ContextRecord->Rip == 0xcc);
    pointers->ContextRecord->Rip++;
    Mark(1);
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void Breakpoint(PDEVICE_OBJECT device)
{
    __try {
        __asm__ volatile("int3");
        Mark(2);
    } __except (SkipByte(GetExceptionInformation())) {
        Mark(3);
    }
    CHECK(Order == 12);
}

static void Illegal(PDEVICE_OBJECT device)
{
    NTSTATUS status = 0;

    __try {
        __asm__ volatile("ud2");
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    CHECK(status == STATUS_ILLEGAL_INSTRUCTION);
}

/* ---- filters ---- */

static LONG Search(ULONG digit)
{
    Mark(digit);
    return EXCEPTION_CONTINUE_SEARCH;
}

static LONG Take(ULONG digit)
{
    Mark(digit);
    return EXCEPTION_EXECUTE_HANDLER;
}

/* The inner filter passes it on, the outer one takes it. */
static void NestedFilters(PDEVICE_OBJECT device)
{
    __try {
        __try {
            ExRaiseStatus(STATUS_TEST);
        } __except (Search(1)) {
            Mark(9);
        }
        Mark(9);
    } __except (Take(2)) {
        CHECK(GetExceptionCode() == STATUS_TEST);
        Mark(3);
    }
    CHECK(Order == 123);
}

static LONG Repair(PEXCEPTION_POINTERS pointers, volatile ULONG *good)
{
    PCONTEXT context = pointers->ContextRecord;

    Mark(1);
    /* Whatever register held the address. */
    for (PULONG64 r = &context->Rax; r <= &context->R15; r++) {
        if (*r == 0x1010)
            *r = (ULONG_PTR)good;
    }
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* The instruction is carried out again, with all registers as they were. */
static void ContinueExecution(PDEVICE_OBJECT device)
{
    volatile ULONG good = 5;
    ULONG got = 0;

    __try {
        got = *Nowhere();
        Mark(2);
    } __except (Repair(GetExceptionInformation(), &good)) {
        Mark(9);
    }
    CHECK(Order == 12 && got == 5);
}

static LONG Continue(void)
{
    Mark(1);
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* What ExRaiseStatus raises cannot be continued. */
static void Noncontinuable(PDEVICE_OBJECT device)
{
    NTSTATUS status = 0;

    __try {
        __try {
            ExRaiseStatus(STATUS_TEST);
        } __except (GetExceptionCode() == STATUS_TEST ? Continue() : Search(2)) {
            Mark(9);
        }
    } __except (Take(3)) {
        status = GetExceptionCode();
    }
    CHECK(status == STATUS_NONCONTINUABLE_EXCEPTION && Order == 123);
}

/* ---- __finally ---- */

static void FinallyNormal(PDEVICE_OBJECT device)
{
    __try {
        Mark(1);
    } __finally {
        CHECK(!AbnormalTermination());
        Mark(2);
    }
    CHECK(Order == 12);
}

static ULONG FinallyReturn(void)
{
    __try {
        __try {
            Mark(1);
            if (One)
                return Order;
        } __finally {
            Mark(2);
        }
    } __finally {
        Mark(3);
    }
    return 99;
}

static void FinallyLocal(PDEVICE_OBJECT device)
{
    CHECK(FinallyReturn() == 1 && Order == 123);
    Order = 0;
    __try {
        Mark(1);
        __leave;
    } __finally {
        Mark(2);
    }
    CHECK(Order == 12);
}

/* Filters come first, then the __finally blocks from the inside out. */
static void FinallyOrder(PDEVICE_OBJECT device)
{
    __try {
        __try {
            __try {
                Mark((ULONG)*Nowhere());
            } __finally {
                CHECK(AbnormalTermination());
                Mark(2);
            }
        } __finally {
            Mark(3);
        }
    } __except (Take(1)) {
        Mark(4);
    }
    CHECK(Order == 1234);
}

static void Deep(ULONG depth)
{
    volatile UCHAR room[64];

    room[0] = (UCHAR)depth;
    __try {
        if (depth == 0)
            ExRaiseStatus(STATUS_TEST);
        Deep(depth - 1);
    } __finally {
        CHECK(room[0] == depth);
        Mark(depth);
    }
}

static void NineFramesDown(PDEVICE_OBJECT device)
{
    volatile LONG local = 77;

    __try {
        Deep(8); /* marks 0 to 8 */
        Mark(9);
    } __except (GetExceptionCode() == STATUS_TEST) {
        CHECK(local == 77);
        Mark(9);
    }
    CHECK(Order == 123456789); /* 0 counts for nothing */
}

/* ---- exceptions while one is handled ---- */

static LONG FilterFaults(void)
{
    Mark(1);
    __try {
        Mark((ULONG)*Nowhere());
    } __except (Take(2)) {
        Mark(3);
    }
    return EXCEPTION_EXECUTE_HANDLER;
}

static void FaultInFilter(PDEVICE_OBJECT device)
{
    __try {
        ExRaiseStatus(STATUS_TEST);
    } __except (FilterFaults()) {
        CHECK(GetExceptionCode() == STATUS_TEST);
        Mark(4);
    }
    CHECK(Order == 1234);
}

static void FaultInHandler(PDEVICE_OBJECT device)
{
    __try {
        __try {
            ExRaiseStatus(STATUS_TEST);
        } __except (Take(1)) {
            Mark((ULONG)*Nowhere());
        }
    } __except (Take(2)) {
        CHECK(GetExceptionCode() == STATUS_ACCESS_VIOLATION);
        Mark(3);
    }
    CHECK(Order == 123);
}

/* As the compiler does not see: it leaves scopes out around what never returns. */
static void Raise(NTSTATUS status)
{
    if (One)
        ExRaiseStatus(status);
}

/* The exception of a __finally block replaces the one that ran it; the block does not run
 * again, those around it do. */
static void Collide(void)
{
    __try {
        __try {
            Raise(STATUS_TEST);
            One = One; /* the compiler's scopes overlap by a byte if calls adjoin */
        } __finally {
            Mark(2);
            Raise(STATUS_UNSUCCESSFUL);
        }
    } __finally {
        Mark(4);
    }
}

static void CollidedUnwind(PDEVICE_OBJECT device)
{
    NTSTATUS status = 0;

    __try {
        __try {
            Collide();
        } __except (GetExceptionCode() == STATUS_TEST ? Take(1) : Search(3)) {
            Mark(9);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
        Mark(5);
    }
    CHECK(status == STATUS_UNSUCCESSFUL && Order == 12345);
}

static void Repeated(PDEVICE_OBJECT device)
{
    for (ULONG i = 0; i < 1000; i++) {
        __try {
            if (i & 1)
                ExRaiseStatus(STATUS_TEST);
            Order = *Nowhere();
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            continue;
        }
        CHECK(0);
    }
}

/* ---- services ---- */

static void FaultInService(PDEVICE_OBJECT device)
{
    UCHAR to[64];
    EXCEPTION_RECORD record;

    __try {
        memmove(to, (PVOID)Nowhere(), (SIZE_T)One * 64);
        CHECK(0);
    } __except (Record(GetExceptionInformation(), &record)) {
        Mark(1);
    }
    CHECK(Order == 1 && record.ExceptionInformation[1] == 0x1010);
}

/* ... and the service goes on where it was. */
static void ContinueInService(PDEVICE_OBJECT device)
{
    UCHAR to[64], from[64];

    for (ULONG i = 0; i < 64; i++)
        from[i] = (UCHAR)(i + One);
    __try {
        memmove(to, (PVOID)Nowhere(), (SIZE_T)One * 64);
        Mark(2);
    } __except (Repair(GetExceptionInformation(), (volatile ULONG *)from)) {
        Mark(9);
    }
    CHECK(Order == 12 && to[0] == 1 && to[63] == 64);
}

VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD);

static LONG Inspect(PEXCEPTION_POINTERS pointers)
{
    CHECK(pointers->ExceptionRecord->ExceptionCode == STATUS_TEST);
    CHECK(pointers->ExceptionRecord->NumberParameters == 1);
    CHECK(pointers->ExceptionRecord->ExceptionInformation[0] == 0x5eed);
    return Continue();
}

static void ContinueRaised(PDEVICE_OBJECT device)
{
    EXCEPTION_RECORD record = {.ExceptionCode = STATUS_TEST, .NumberParameters = 1};

    record.ExceptionInformation[0] = 0x5eed;
    __try {
        RtlRaiseException(&record);
        Mark(2);
    } __except (Inspect(GetExceptionInformation())) {
        Mark(9);
    }
    CHECK(Order == 12);
}

static void Raisers(PDEVICE_OBJECT device)
{
    __try {
        ExRaiseAccessViolation();
    } __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION) {
        Mark(1);
    }
    __try {
        ExRaiseDatatypeMisalignment();
    } __except (GetExceptionCode() == STATUS_DATATYPE_MISALIGNMENT) {
        Mark(2);
    }
    CHECK(Order == 12);
}

/* Allocations that must not fail raise. */
static void PoolRaises(PDEVICE_OBJECT device)
{
    SIZE_T much = (SIZE_T)One << 46;

    __try {
        ExAllocatePoolWithTag(NonPagedPool | POOL_RAISE_IF_ALLOCATION_FAILURE, much, TAG);
    } __except (GetExceptionCode() == STATUS_INSUFFICIENT_RESOURCES) {
        Mark(1);
    }
    __try {
        ExAllocatePoolWithQuotaTag(PagedPool, much, TAG);
    } __except (GetExceptionCode() == STATUS_INSUFFICIENT_RESOURCES) {
        Mark(2);
    }
    CHECK(!ExAllocatePoolWithQuotaTag(PagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE, much, TAG));
    CHECK(!ExAllocatePoolWithTag(NonPagedPool, much, TAG));
    ExFreePoolWithTag(ExAllocatePoolWithQuotaTag(PagedPool, 64, TAG), TAG);
    CHECK(Order == 12);
}

/* The lower device's dispatch routine raises; the upper one's handles it. */
static void ThroughIofCallDriver(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    volatile CCHAR location = Current->CurrentLocation;

    for (ULONG i = 0; i < 50; i++) {
        __try {
            IoCopyCurrentIrpStackLocationToNext(Current);
            IoCallDriver(ext->Lower, Current);
            CHECK(0);
        } __except (GetExceptionCode() == STATUS_TEST) {
            /* The request is as the lower device left it. */
            CHECK(Current->CurrentLocation == location - 1);
            Current->CurrentLocation++;
            Current->Tail.Overlay.CurrentStackLocation++;
        }
    }
}

/* ---- the unwinder itself ---- */

VOID NTAPI RtlCaptureContext(PCONTEXT);
PVOID NTAPI RtlLookupFunctionEntry(ULONG64, PULONG64, PVOID);
PVOID NTAPI RtlVirtualUnwind(ULONG, ULONG64, ULONG64, PVOID, PCONTEXT, PVOID *, PULONG64, PVOID);

static void VirtualUnwind(PDEVICE_OBJECT device)
{
    CONTEXT context;
    ULONG64 base, establisher;
    PVOID entry, data;

    RtlCaptureContext(&context);
    entry = RtlLookupFunctionEntry(context.Rip, &base, NULL);
    CHECK(entry && base == (ULONG64)device->DriverObject->DriverStart);
    RtlVirtualUnwind(0, base, context.Rip, entry, &context, &data, &establisher, NULL);
    CHECK(context.Rip == (ULONG64)__builtin_return_address(0));
    CHECK(!RtlLookupFunctionEntry(0x1000, &base, NULL) && base == 0);
}

VOID NTAPI _local_unwind(PVOID, PVOID);

/* What goto out of a __try block is for other compilers. */
static void LocalUnwind(PDEVICE_OBJECT device)
{
    static void *volatile target;
    CONTEXT context;
    ULONG64 base, establisher;
    PVOID entry, data;

    target = &&out;
    __try {
        RtlCaptureContext(&context);
        entry = RtlLookupFunctionEntry(context.Rip, &base, NULL);
        RtlVirtualUnwind(0, base, context.Rip, entry, &context, &data, &establisher, NULL);
        Mark(1);
        _local_unwind((PVOID)establisher, target);
        Mark(9);
    } __finally {
        CHECK(AbnormalTermination());
        Mark(2);
    }
    Mark(9);
    if (One == 2)
        goto *target;
out:
    Mark(3);
    CHECK(Order == 123);
}

/* ---- nobody handles it ---- */

static void Unhandled(PDEVICE_OBJECT device)
{
    __try {
        ExRaiseStatus(STATUS_TEST);
    } __except (Search(1)) {
        Mark(2);
    }
}

static void UnhandledFault(PDEVICE_OBJECT device)
{
    *Nowhere() = 1;
}

static VOID NTAPI Work(PDEVICE_OBJECT device, PVOID context)
{
    CHECK(ExGetPreviousMode() == KernelMode);
    *Nowhere() = 1;
}

static void UnhandledInThread(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    IoQueueWorkItem(ext->WorkItem, Work, DelayedWorkQueue, NULL);
    KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, NULL);
}

static VOID NTAPI Tick(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    ExRaiseStatus(STATUS_TEST);
}

/* The handler below the DPC is another's. */
static void UnhandledInDpc(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    KeInitializeDpc(&ext->Dpc, Tick, ext);
    KeInsertQueueDpc(&ext->Dpc, NULL, NULL);
    __try {
        KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, NULL);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Mark(1);
    }
}

static void FaultAtDispatch(PDEVICE_OBJECT device)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    __try {
        *Nowhere() = 1;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Mark(1);
    }
}

/* No handler helps against an address of the kernel's. */
static void KernelAddress(PDEVICE_OBJECT device)
{
    __try {
        *(volatile ULONG *)(0xffffc00000001000ULL * One) = 1;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Mark(1);
    }
}

static void FastFail(PDEVICE_OBJECT device)
{
    __try {
        Stop(3);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Mark(1);
    }
}

static void (*const Cases[])(PDEVICE_OBJECT) = {
    ReadFault, WriteFault, NotCanonical, CallNowhere, Divide, Breakpoint, Illegal,
    NestedFilters, ContinueExecution, Noncontinuable, FinallyNormal, FinallyLocal,
    FinallyOrder, NineFramesDown, FaultInFilter, FaultInHandler, CollidedUnwind, Repeated,
    FaultInService, ContinueInService, ContinueRaised, Raisers, PoolRaises, ThroughIofCallDriver, Probes, Buffers, Unmapped,
    LockPages, UnlockTwice, VirtualUnwind, LocalUnwind, Unhandled, UnhandledFault, UnhandledInThread,
    UnhandledInDpc, FaultAtDispatch, KernelAddress, FastFail,
};

static NTSTATUS Complete(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    ULONG number;

    if (stack->MajorFunction != IRP_MJ_DEVICE_CONTROL)
        return Complete(irp, STATUS_SUCCESS);
    if (!ext->Lower)
        ExRaiseStatus(STATUS_TEST);
    number = (stack->Parameters.DeviceIoControl.IoControlCode >> 2 & 0xfff) - 0x800;
    if (number >= sizeof(Cases) / sizeof(*Cases))
        return Complete(irp, STATUS_INVALID_DEVICE_REQUEST);
    Current = irp;
    Order = 0;
    Cases[number](device);
    return Complete(irp, STATUS_SUCCESS);
}

static VOID NTAPI Unload(PDRIVER_OBJECT driver)
{
    while (driver->DeviceObject) {
        PDEVICE_EXTENSION ext = driver->DeviceObject->DeviceExtension;

        if (ext->WorkItem)
            IoFreeWorkItem(ext->WorkItem);
        if (ext->Lower)
            IoDetachDevice(ext->Lower);
        IoDeleteDevice(driver->DeviceObject);
    }
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    PDEVICE_OBJECT lower, upper;
    PDEVICE_EXTENSION ext;
    NTSTATUS status = IoCreateDevice(driver, sizeof(*ext), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                                     &lower);

    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateDevice(driver, sizeof(*ext), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &upper);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(lower);
        return status;
    }
    ext = upper->DeviceExtension;
    ext->Lower = IoAttachDeviceToDeviceStack(upper, lower);
    ext->WorkItem = IoAllocateWorkItem(upper);
    KeInitializeEvent(&ext->Event, NotificationEvent, FALSE);
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
