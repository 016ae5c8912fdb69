/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that keeps blocks in each way, loses them in each way, and asks for them through
 * wrappers; one way for each control code.  beyond_test.py knows the codes by the order of the
 * table.  What ends in Twin is the same with what was wrong put right.
 */
#include <ntifs.h>

#define TAG 'dnyb'

typedef struct _NODE {
    struct _NODE *Next;
    ULONG64 Filler[6];
} NODE, *PNODE;

typedef struct _DEVICE_EXTENSION {
    ULONG64 Filler[4];
    PVOID Kept;
    PVOID FreeAtUnload;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static UNICODE_STRING SecondName = RTL_CONSTANT_STRING(L"\\Device\\BeyondSecond");
static PVOID Table[4];
static PNODE List;
static PVOID Cached;
static PVOID *Contiguous;
static LARGE_INTEGER Cookie;
static KEVENT Never;
static PDEVICE_OBJECT First;
static BOOLEAN EmptyListAtUnload;
static ULONG Counted;

static __declspec(noinline) PNODE MakeNode(PNODE next)
{
    PNODE node = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*node), TAG);

    RtlZeroMemory(node, sizeof(*node));
    node->Next = next;
    return node;
}

/* --- who points to it */

static void Global(PDEVICE_EXTENSION ext)
{
    Table[1] = MakeNode(NULL);
}

static void GlobalTwin(PDEVICE_EXTENSION ext)
{
    ext->FreeAtUnload = Table[1] = MakeNode(NULL);
}

static void Interior(PDEVICE_EXTENSION ext)
{
    Table[2] = (PUCHAR)MakeNode(NULL) + sizeof(NODE) - 1;
}

/* One behind the end is no address in it. */
static void Behind(PDEVICE_EXTENSION ext)
{
    Table[2] = (PUCHAR)MakeNode(NULL) + sizeof(NODE);
}

static void Chain(PDEVICE_EXTENSION ext)
{
    Table[0] = MakeNode(MakeNode(NULL));
}

static void Lost(PDEVICE_EXTENSION ext)
{
    Table[3] = MakeNode(NULL);
    Table[3] = NULL;
}

/* The second is known to the first, which nobody knows. */
static void LostChain(PDEVICE_EXTENSION ext)
{
    MakeNode(MakeNode(NULL));
}

static void LostRing(PDEVICE_EXTENSION ext)
{
    PNODE node = MakeNode(NULL);

    node->Next = MakeNode(node);
}

static void InExtension(PDEVICE_EXTENSION ext)
{
    ext->Kept = MakeNode(NULL);
}

static void OtherDevice(PDEVICE_EXTENSION ext)
{
    PDEVICE_OBJECT device;

    IoCreateDevice(First->DriverObject, sizeof(*ext), &SecondName, FILE_DEVICE_UNKNOWN, 0, FALSE,
                   &device);
    ((PDEVICE_EXTENSION)device->DeviceExtension)->Kept = MakeNode(NULL);
}

static NTSTATUS NTAPI Changed(PVOID context, PVOID argument1, PVOID argument2)
{
    return STATUS_SUCCESS;
}

static void Callback(PDEVICE_EXTENSION ext)
{
    CmRegisterCallback(Changed, MakeNode(NULL), &Cookie);
}

static void CallbackGone(PDEVICE_EXTENSION ext)
{
    Callback(ext);
    CmUnRegisterCallback(Cookie);
}

static void TimerInBlock(PDEVICE_EXTENSION ext)
{
    PKTIMER timer = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*timer), TAG);
    LARGE_INTEGER due;

    due.QuadPart = -36000000000;
    KeInitializeTimer(timer);
    KeSetTimer(timer, due, NULL);
}

static void ResourceInBlock(PDEVICE_EXTENSION ext)
{
    PERESOURCE resource = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*resource), TAG);

    ExInitializeResourceLite(resource);
}

static VOID NTAPI Hold(PVOID context)
{
    PNODE volatile node = MakeNode(NULL);

    KeWaitForSingleObject(&Never, Executive, KernelMode, FALSE, NULL);
    ExFreePoolWithTag(node, TAG);
}

static void Thread(PDEVICE_EXTENSION ext)
{
    HANDLE handle;

    PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Hold, NULL);
    ZwClose(handle);
}

static void InContiguous(PDEVICE_EXTENSION ext)
{
    PHYSICAL_ADDRESS highest;

    highest.QuadPart = -1;
    Contiguous = MmAllocateContiguousMemory(PAGE_SIZE, highest);
    Contiguous[3] = MakeNode(NULL);
}

static void InPaged(PDEVICE_EXTENSION ext)
{
    PVOID *block = ExAllocatePoolWithTag(PagedPool, 64, 'dgap');

    Table[0] = block;
    block[7] = MakeNode(NULL);
}

/* That ends the run at once. */
static void FreeTwice(PDEVICE_EXTENSION ext)
{
    PVOID block = MakeNode(NULL);

    Global(ext);
    ExFreePoolWithTag(block, TAG);
    ExFreePoolWithTag(block, TAG);
}

/* --- whom it is for */

/* Too much for a wrapper by its code alone. */
static __declspec(noinline) PVOID Allocate(SIZE_T size)
{
    LARGE_INTEGER now;
    PVOID block = ExAllocatePoolWithTag(NonPagedPoolNx, size, TAG);

    KeQueryTickCount(&now);
    if (KeGetCurrentIrql() == PASSIVE_LEVEL)
        Counted += (ULONG)size + (now.LowPart & 1);
    return block;
}

static __declspec(noinline) PVOID AllocateZeroed(SIZE_T size)
{
    PVOID block = Allocate(size);

    KeQueryPerformanceCounter(NULL);
    RtlZeroMemory(block, size);
    return block;
}

static __declspec(noinline) void MakeLarge(void)
{
    Table[0] = AllocateZeroed(512);
    Counted++;
}

static __declspec(noinline) void MakeSmall(void)
{
    Table[1] = AllocateZeroed(64);
    Counted++;
}

static void Wrapped(PDEVICE_EXTENSION ext)
{
    MakeLarge();
    MakeSmall();
    ExFreePoolWithTag(Allocate(128), TAG);
}

/* What it makes is its own, whoever wants it. */
static __declspec(noinline) PVOID MakeOwn(void)
{
    PVOID block = ExAllocatePoolWithTag(NonPagedPoolNx, 96, TAG);

    KeQueryPerformanceCounter(NULL);
    Counted++;
    return block;
}

static void NotWrapped(PDEVICE_EXTENSION ext)
{
    Table[0] = MakeOwn();
    Table[1] = MakeOwn();
}

/* --- how much of it */

static void Grow(PDEVICE_EXTENSION ext)
{
    for (int i = 0; i < 3; i++)
        List = MakeNode(List);
}

/* Not left at unload. */
static void GrowUntilUnload(PDEVICE_EXTENSION ext)
{
    EmptyListAtUnload = TRUE;
    List = MakeNode(List);
}

static void GrowTwin(PDEVICE_EXTENSION ext)
{
    PNODE node = List;

    EmptyListAtUnload = TRUE;
    List = NULL;
    while (node) {
        PNODE next = node->Next;

        ExFreePoolWithTag(node, TAG);
        node = next;
    }
    List = MakeNode(MakeNode(NULL));
}

/* Filled once. */
static void Fill(PDEVICE_EXTENSION ext)
{
    if (!Cached)
        ext->FreeAtUnload = Cached = MakeNode(NULL);
}

/* Two of one tag, up and down in between. */
static void Waves(PDEVICE_EXTENSION ext)
{
    PVOID blocks[16];

    for (int wave = 0; wave < 200; wave++) {
        for (int i = 0; i < 16; i++)
            blocks[i] = ExAllocatePoolWithTag(NonPagedPoolNx, 64 + (wave == 77 && i == 9), 'evaw');
        for (int i = 0; i < 16; i++)
            ExFreePoolWithTag(blocks[i], 'evaw');
    }
}

/* --- what was run */

/* As the last thing they do, so that a compiler need not make a call of it. */
#define ENDING_WITH __attribute__((musttail)) return

static __declspec(noinline) PVOID NTAPI Tail(POOL_TYPE type, SIZE_T size, ULONG tag)
{
    ENDING_WITH ExAllocatePoolWithTag(type, size + 1, tag);
}

/* An optimizing compiler keeps the routine's address in a register. */
static void Sites(PDEVICE_EXTENSION ext)
{
    PVOID block = Tail(NonPagedPoolNx, 32, 'liat');

    if (!block)
        MmAllocateContiguousMemory(PAGE_SIZE, (PHYSICAL_ADDRESS){.QuadPart = -1});
    ExFreePoolWithTag(block, 'liat');
    for (int i = 0; i < 2; i++) {
        PVOID one = ExAllocatePoolWithTag(NonPagedPoolNx, 16, 'eno ');
        PVOID two = ExAllocatePoolWithTag(PagedPool, 16, 'owt ');

        ExFreePoolWithTag(one, 'eno ');
        ExFreePoolWithTag(two, 'owt ');
    }
}

static __declspec(noinline) PVOID NTAPI TailOfPointed(POOL_TYPE type, SIZE_T size, ULONG tag)
{
    ENDING_WITH ExAllocatePoolWithTag(type, size + 2, tag);
}

static PVOID (NTAPI *volatile Pointer)(POOL_TYPE, SIZE_T, ULONG) = TailOfPointed;

static void ByPointer(PDEVICE_EXTENSION ext)
{
    PVOID block = Pointer(NonPagedPoolNx, 48, 'tniP');

    ExFreePoolWithTag(block, 'tniP');
}

static void (*const Requests[])(PDEVICE_EXTENSION) = {
    Global, GlobalTwin, Interior, Behind, Chain, Lost, LostChain, LostRing, InExtension,
    OtherDevice, Callback, CallbackGone, TimerInBlock, Thread, InContiguous, InPaged, Wrapped,
    NotWrapped, Grow, GrowUntilUnload, GrowTwin, Fill, Waves, Sites, FreeTwice, ByPointer,
    ResourceInBlock,
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
    PDEVICE_EXTENSION ext = First->DeviceExtension;

    if (ext->FreeAtUnload)
        ExFreePoolWithTag(ext->FreeAtUnload, TAG);
    while (EmptyListAtUnload && List) {
        PNODE next = List->Next;

        ExFreePoolWithTag(List, TAG);
        List = next;
    }
    IoDeleteDevice(First);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    NTSTATUS status = IoCreateDevice(driver, sizeof(DEVICE_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0,
                                     FALSE, &First);

    if (!NT_SUCCESS(status))
        return status;
    KeInitializeEvent(&Never, NotificationEvent, FALSE);
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
