/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The driver that tests/bench/tracker measures: allocates and frees a block of pool, many
 * times, ten of its own frames deep.  Prints the processor's cycles, for time is virtual here,
 * of the best round: the others were interrupted.
 */
#include <ntddk.h>

enum { DEPTH = 8, WARM_UP = 40000, ROUNDS = 200, PAIRS = 1000, SIZE = 64 };

static ULONG Loop(ULONG count)
{
    ULONG i;

    for (i = 0; i < count; i++) {
        volatile UCHAR *block = ExAllocatePoolWithTag(NonPagedPool, SIZE, 'hcnb');

        block[0] = (UCHAR)i;
        ExFreePoolWithTag((PVOID)block, 'hcnb');
    }
    return i;
}

static ULONG Deep(ULONG depth, ULONG count)
{
    return depth > 1 ? Deep(depth - 1, count) + 1 : Loop(count);
}

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    ULONG64 start, cycles, best = ~0ull;

    if (IoGetCurrentIrpStackLocation(irp)->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
        Deep(DEPTH, WARM_UP);
        for (int i = 0; i < ROUNDS; i++) {
            start = __builtin_ia32_rdtsc();
            Deep(DEPTH, PAIRS);
            cycles = __builtin_ia32_rdtsc() - start;
            if (cycles < best)
                best = cycles;
        }
        DbgPrint("cycles %llu pairs %u\n", best, PAIRS);
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
