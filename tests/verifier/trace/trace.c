/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver whose lines say how often they run: "ran N", "never" at their end.  It does what
 * breakpoints could get wrong: loops, calls and callbacks, exceptions, saved flags, string
 * instructions, privileged ones, pageable code.  trace_test.py reads the marks.
 */
#include <ntddk.h>

#define TAG 'carT'

static volatile LONG Sum;
static volatile LONG Zero;

static void Count(void)
{
    Sum++; /* ran 10 */
}

static void Many(void)
{
    Sum += 2; /* ran 64 */
}

static void Loops(void)
{
    for (LONG i = 0; i < 10; i++)
        Count(); /* ran 10 */
    for (LONG i = 0; i < 1000; i++)
        Many(); /* ran 64 */
    if (Sum != 2010)
        KeBugCheckEx(0x62, Sum, 0, 0, 0); /* never */
}

static void Raises(void)
{
    ExRaiseStatus(STATUS_NO_MEMORY); /* ran 1 */
}

static void Exceptions(void)
{
    volatile LONG step = 0;

    __try {
        __try {
            Raises(); /* ran 1 */
            step = 100; /* never */
        } __finally {
            step += 1; /* ran 1 */
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        step += 10; /* ran 1 */
    }
    __try {
        *(volatile LONG *)(ULONG_PTR)0x1000 = 1; /* ran 1 */
        step = 100; /* never */
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        step += 100; /* ran 1 */
    }
    __try {
        Sum = 1 / Zero; /* ran 1 */
        step = 7; /* never */
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        step += 1000; /* ran 1 */
    }
    if (step != 1111)
        KeBugCheckEx(0x62, step, 1, 0, 0); /* never */
}

/* No flag of a breakpoint may be seen. */
static ULONG64 Flags(void)
{
    ULONG64 flags;

    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(flags)); /* ran 3 */
    return flags;
}

static void Registers(void)
{
    UCHAR from[64], to[64];
    volatile double half = 0.5, sum = 0;
    void *source = from, *target = to;
    SIZE_T count = sizeof(to);
    ULONG64 saved = 0;

    for (LONG i = 0; i < 3; i++)
        saved |= Flags(); /* ran 3 */
    for (LONG i = 0; i < 64; i++)
        from[i] = (UCHAR)(i * 3); /* ran 64 */
    __asm__ volatile("rep movsb" : "+S"(source), "+D"(target), "+c"(count) : : "memory"); /* ran 1 */
    for (LONG i = 0; i < 8; i++)
        sum = sum * half + i; /* ran 8 */
    if ((saved & 0x100) || to[63] != 189 || sum < 12 || sum > 13)
        KeBugCheckEx(0x62, (ULONG_PTR)saved, to[63], 2, 0); /* never */
}

static __attribute__((section("PAGE"), noinline)) void Pageable(void)
{
    Sum++; /* ran 2 */
}

static void Levels(void)
{
    KIRQL irql;
    LARGE_INTEGER time;

    Pageable(); /* ran 1 */
    KeRaiseIrql(DISPATCH_LEVEL, &irql); /* ran 1 */
    KeLowerIrql(irql); /* ran 1 */
    Pageable(); /* ran 1 */
    KeQuerySystemTime(&time); /* ran 1 */
}

static void Worker(void *context)
{
    Sum += (LONG)(LONG_PTR)context; /* ran 2 */
    PsTerminateSystemThread(STATUS_SUCCESS); /* ran 2 */
}

static void Threads(void)
{
    for (LONG_PTR i = 0; i < 2; i++) {
        HANDLE thread;

        if (!NT_SUCCESS(PsCreateSystemThread(&thread, 0, NULL, NULL, NULL, Worker, (void *)i))) /* ran 2 */
            KeBugCheckEx(0x62, 0, 0, 3, 0); /* never */
        ZwClose(thread); /* ran 2 */
    }
}

static void NeverCalled(void)
{
    Sum = 0; /* never */
}

static void Leak(void)
{
    ExAllocatePoolWithTag(NonPagedPool, 62, TAG); /* ran 1 */
}

static void Unload(PDRIVER_OBJECT driver)
{
    UNREFERENCED_PARAMETER(driver);
    if (Zero)
        NeverCalled(); /* never */
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    UNREFERENCED_PARAMETER(path);
    driver->DriverUnload = Unload; /* ran 1 */
    Loops(); /* ran 1 */
    Exceptions(); /* ran 1 */
    Registers(); /* ran 1 */
    Levels(); /* ran 1 */
    Threads(); /* ran 1 */
    Leak(); /* ran 1 */
    return STATUS_SUCCESS;
}
