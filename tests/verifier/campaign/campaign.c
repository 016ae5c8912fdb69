/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver whose calls are made to fail: for each control code a routine that does not bear
 * it in one way, and with "Right" before its name its corrected twin.  campaign_test.py knows
 * the codes by the order of the table at the end.
 */
#include <ntddk.h>

#define TAG 'pmac'

typedef struct _DEVICE_EXTENSION {
    PVOID Kept;
    KTIMER Timer;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static PVOID Allocate(SIZE_T size)
{
    return ExAllocatePoolWithTag(NonPagedPool, size, TAG);
}

/* The second call fails: what the first one made is lost. */
static NTSTATUS Leak(PDEVICE_OBJECT device)
{
    PVOID first = ExAllocatePoolWithTag(NonPagedPool, 24, TAG), second;

    if (!first)
        return STATUS_INSUFFICIENT_RESOURCES;
    second = ExAllocatePoolWithTag(NonPagedPool, 32, TAG);
    if (!second)
        return STATUS_INSUFFICIENT_RESOURCES;
    ExFreePoolWithTag(second, TAG);
    ExFreePoolWithTag(first, TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS RightLeak(PDEVICE_OBJECT device)
{
    PVOID first = ExAllocatePoolWithTag(NonPagedPool, 24, TAG), second;

    if (!first)
        return STATUS_INSUFFICIENT_RESOURCES;
    second = ExAllocatePoolWithTag(NonPagedPool, 32, TAG);
    if (second)
        ExFreePoolWithTag(second, TAG);
    ExFreePoolWithTag(first, TAG);
    return second ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* One leak, whichever of two calls fails. */
static NTSTATUS LeakTwice(PDEVICE_OBJECT device)
{
    PVOID first = ExAllocatePoolWithTag(NonPagedPool, 24, TAG);
    PIO_WORKITEM item;
    PMDL mdl;

    if (!first)
        return STATUS_INSUFFICIENT_RESOURCES;
    mdl = IoAllocateMdl(first, 24, FALSE, FALSE, NULL);
    if (!mdl)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoFreeMdl(mdl);
    item = IoAllocateWorkItem(device);
    if (!item)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoFreeWorkItem(item);
    ExFreePoolWithTag(first, TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS Unguarded(PDEVICE_OBJECT device)
{
    PULONG numbers = ExAllocatePoolWithTag(NonPagedPool, 24, TAG);

    numbers[1] = 1;
    ExFreePoolWithTag(numbers, TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS RightUnguarded(PDEVICE_OBJECT device)
{
    PULONG numbers = ExAllocatePoolWithTag(NonPagedPool, 24, TAG);

    if (!numbers)
        return STATUS_INSUFFICIENT_RESOURCES;
    numbers[1] = 1;
    ExFreePoolWithTag(numbers, TAG);
    return STATUS_SUCCESS;
}

/* The quota form raises, and nobody handles it. */
static NTSTATUS Unhandled(PDEVICE_OBJECT device)
{
    ExFreePoolWithTag(ExAllocatePoolWithQuotaTag(NonPagedPool, 24, TAG), TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS RightUnhandled(PDEVICE_OBJECT device)
{
    __try {
        ExFreePoolWithTag(ExAllocatePoolWithQuotaTag(NonPagedPool, 24, TAG), TAG);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS FreeTwice(PDEVICE_OBJECT device)
{
    PVOID first = ExAllocatePoolWithTag(NonPagedPool, 24, TAG), second;

    if (!first)
        return STATUS_INSUFFICIENT_RESOURCES;
    second = ExAllocatePoolWithTag(NonPagedPool, 32, TAG);
    if (!second)
        ExFreePoolWithTag(first, TAG);
    else
        ExFreePoolWithTag(second, TAG);
    ExFreePoolWithTag(first, TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS FreeAsPool(PDEVICE_OBJECT device)
{
    PMDL mdl = IoAllocateMdl(device, 24, FALSE, FALSE, NULL);
    PVOID block;

    if (!mdl)
        return STATUS_INSUFFICIENT_RESOURCES;
    block = ExAllocatePoolWithTag(NonPagedPool, 32, TAG);
    if (!block) {
        ExFreePool(mdl);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, TAG);
    return STATUS_SUCCESS;
}

/* A mapping of device memory is no pool. */
static NTSTATUS LeaveMapping(PDEVICE_OBJECT device)
{
    PHYSICAL_ADDRESS where = {.QuadPart = 0xfe000000};
    PVOID mapping = MmMapIoSpace(where, PAGE_SIZE, MmNonCached), block;

    if (!mapping)
        return STATUS_INSUFFICIENT_RESOURCES;
    block = ExAllocatePoolWithTag(NonPagedPool, 24, TAG);
    if (!block)
        return STATUS_INSUFFICIENT_RESOURCES;
    ExFreePoolWithTag(block, TAG);
    MmUnmapIoSpace(mapping, PAGE_SIZE);
    return STATUS_SUCCESS;
}

static NTSTATUS RightLeaveMapping(PDEVICE_OBJECT device)
{
    PHYSICAL_ADDRESS where = {.QuadPart = 0xfe000000};
    PVOID mapping = MmMapIoSpace(where, PAGE_SIZE, MmNonCached), block;

    if (!mapping)
        return STATUS_INSUFFICIENT_RESOURCES;
    block = ExAllocatePoolWithTag(NonPagedPool, 24, TAG);
    if (block)
        ExFreePoolWithTag(block, TAG);
    MmUnmapIoSpace(mapping, PAGE_SIZE);
    return STATUS_SUCCESS;
}

/* The third block of one call: what is before it is lost but for the last. */
static NTSTATUS LeakThird(PDEVICE_OBJECT device)
{
    PVOID blocks[4] = {0};
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    for (i = 0; i < 4; i++) {
        blocks[i] = Allocate(24);
        if (blocks[i])
            continue;
        if (i)
            ExFreePoolWithTag(blocks[i - 1], TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (i = 0; i < 4; i++)
        ExFreePoolWithTag(blocks[i], TAG);
    return status;
}

static NTSTATUS Spin(PDEVICE_OBJECT device)
{
    PVOID block = ExAllocatePoolWithTag(NonPagedPool, 24, TAG);

    while (!block)
        YieldProcessor();
    ExFreePoolWithTag(block, TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS Missing(PDEVICE_OBJECT device)
{
    PVOID block = ExAllocatePoolWithTag(NonPagedPool, 24, TAG);

    if (!block)
        IoCreateController(0);
    else
        ExFreePoolWithTag(block, TAG);
    return STATUS_SUCCESS;
}

/* Without a failure, too; the second one only with. */
static NTSTATUS LeakAlways(PDEVICE_OBJECT device)
{
    PVOID always = ExAllocatePoolWithTag(NonPagedPool, 16, TAG);

    return always ? Leak(device) : STATUS_INSUFFICIENT_RESOURCES;
}

/* Many stacks, none of which is borne badly. */
static NTSTATUS Deep(PDEVICE_OBJECT device, ULONG depth)
{
    PVOID block = Allocate(depth + 1);
    NTSTATUS status = STATUS_SUCCESS;

    if (!block)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (depth)
        status = Deep(device, depth - 1);
    ExFreePoolWithTag(block, TAG);
    return status;
}

static NTSTATUS Many(PDEVICE_OBJECT device)
{
    return Deep(device, 20);
}

static NTSTATUS (*const Routines[])(PDEVICE_OBJECT) = {
    Leak, RightLeak, LeakTwice, Unguarded, RightUnguarded, Unhandled, RightUnhandled,
    FreeTwice, LeaveMapping, RightLeaveMapping, LeakThird, Spin, Missing, LeakAlways, Many,
    FreeAsPool,
};

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = STATUS_SUCCESS;
    ULONG number;

    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
        number = (stack->Parameters.DeviceIoControl.IoControlCode >> 2 & 0xfff) - 0x800;
        status = number < sizeof(Routines) / sizeof(*Routines) ? Routines[number](device)
                                                             : STATUS_INVALID_DEVICE_REQUEST;
        DbgPrint("campaign: %u\n", number);
    }
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static VOID NTAPI Unload(PDRIVER_OBJECT driver)
{
    IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
