/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that for each control code holds a block and calls one routine that can fail.  When
 * that fails, the wrong half of each pair forgets the block, the right one frees it.
 * inject_test.py knows the codes by the order of the table at the end: two for each request,
 * the wrong one first.
 */
#include <ntifs.h>

#define TAG 'jnI1'
#define TAG_HELD 'dleH'

typedef struct _DEVICE_EXTENSION {
    PDEVICE_OBJECT Lower; /* what it is attached to */
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static UNICODE_STRING First = RTL_CONSTANT_STRING(L"\\??\\InjectFirst");
static UNICODE_STRING Second = RTL_CONSTANT_STRING(L"\\??\\InjectSecond");
static UNICODE_STRING Device = RTL_CONSTANT_STRING(L"\\Device\\Inject");
static PVOID Early;

static NTSTATUS Pool(PDEVICE_OBJECT device)
{
    PVOID block = ExAllocatePoolWithTag(NonPagedPool, 32, TAG);

    if (!block)
        return STATUS_INSUFFICIENT_RESOURCES;
    ExFreePoolWithTag(block, TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS PoolRaises(PDEVICE_OBJECT device)
{
    __try {
        ExFreePool(ExAllocatePoolWithTag(NonPagedPool | POOL_RAISE_IF_ALLOCATION_FAILURE, 32,
                                         TAG));
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS PoolTwoRaises(PDEVICE_OBJECT device)
{
    __try {
        ExFreePool(ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_RAISE_ON_FAILURE, 32, TAG));
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS Quota(PDEVICE_OBJECT device)
{
    __try {
        ExFreePool(ExAllocatePoolWithQuotaTag(NonPagedPool, 32, TAG));
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS QuotaReturns(PDEVICE_OBJECT device)
{
    PVOID block = ExAllocatePoolWithQuotaTag(
        NonPagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE, 32, TAG);

    if (!block)
        return STATUS_INSUFFICIENT_RESOURCES;
    ExFreePool(block);
    return STATUS_SUCCESS;
}

static NTSTATUS Mdl(PDEVICE_OBJECT device)
{
    PMDL mdl = IoAllocateMdl(&Early, 8, FALSE, FALSE, NULL);

    if (!mdl)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoFreeMdl(mdl);
    return STATUS_SUCCESS;
}

/* Calls MmProbeAndLockPages and MmMapLockedPagesSpecifyCache. */
static NTSTATUS Locked(PDEVICE_OBJECT device)
{
    PMDL mdl = IoAllocateMdl(Early, 64, FALSE, FALSE, NULL);
    NTSTATUS status = STATUS_SUCCESS;

    if (!mdl)
        return STATUS_INSUFFICIENT_RESOURCES;
    __try {
        MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        IoFreeMdl(mdl);
        return GetExceptionCode();
    }
    if (!MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority))
        status = STATUS_INSUFFICIENT_RESOURCES;
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    return status;
}

static NTSTATUS WorkItem(PDEVICE_OBJECT device)
{
    PIO_WORKITEM item = IoAllocateWorkItem(device);

    if (!item)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoFreeWorkItem(item);
    return STATUS_SUCCESS;
}

static NTSTATUS Irp(PDEVICE_OBJECT device)
{
    PIRP irp = IoAllocateIrp(device->StackSize, FALSE);

    if (!irp)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoFreeIrp(irp);
    return STATUS_SUCCESS;
}

/* IoBuildDeviceIoControlRequest and the driver below. */
static NTSTATUS Lower(PDEVICE_OBJECT device)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    IO_STATUS_BLOCK result;
    KEVENT event;
    PIRP irp;
    NTSTATUS status;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(0x220000, ext->Lower, NULL, 0, NULL, 0, TRUE, &event,
                                        &result);
    if (!irp)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoCallDriver(ext->Lower, irp);
    if (status == STATUS_PENDING)
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    DbgPrint("below: %08X, %08X\n", status, result.Status);
    /* The bus of the scenario knows no such code. */
    return status == STATUS_DEVICE_BUSY || status == STATUS_INSUFFICIENT_RESOURCES
               ? status : STATUS_SUCCESS;
}

static NTSTATUS String(PDEVICE_OBJECT device)
{
    UNICODE_STRING to = {0, 0, (PWSTR)0x62};
    ANSI_STRING from;
    NTSTATUS status;

    RtlInitAnsiString(&from, "text");
    status = RtlAnsiStringToUnicodeString(&to, &from, TRUE);
    if (NT_SUCCESS(status))
        RtlFreeUnicodeString(&to);
    else
        DbgPrint("string: %p\n", to.Buffer);
    return status;
}

static NTSTATUS Contiguous(PDEVICE_OBJECT device)
{
    PHYSICAL_ADDRESS most = {.QuadPart = -1};
    PVOID memory = MmAllocateContiguousMemory(4096, most);

    if (!memory)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmFreeContiguousMemory(memory);
    return STATUS_SUCCESS;
}

static NTSTATUS NewDevice(PDEVICE_OBJECT device)
{
    PDEVICE_OBJECT another = (PDEVICE_OBJECT)0x62;
    NTSTATUS status = IoCreateDevice(device->DriverObject, 0, &Device, FILE_DEVICE_UNKNOWN, 0,
                                     FALSE, &another);

    if (NT_SUCCESS(status))
        IoDeleteDevice(another);
    else
        DbgPrint("device: %p\n", another);
    return status;
}

static VOID NTAPI Run(PVOID context)
{
}

/* PsCreateSystemThread and ObReferenceObjectByHandle. */
static NTSTATUS Thread(PDEVICE_OBJECT device)
{
    PVOID thread = (PVOID)0x62;
    HANDLE handle = (HANDLE)0x62;
    NTSTATUS status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Run,
                                           NULL);

    if (!NT_SUCCESS(status)) {
        DbgPrint("handle: %p\n", handle);
        return status;
    }
    status = ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread,
                                       NULL);
    ZwClose(handle);
    if (NT_SUCCESS(status))
        ObDereferenceObject(thread);
    else
        DbgPrint("thread: %p\n", thread);
    return status;
}

static NTSTATUS Key(PDEVICE_OBJECT device)
{
    static UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\Software\\Inject");
    OBJECT_ATTRIBUTES attributes;
    HANDLE key;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, &path, OBJ_KERNEL_HANDLE, NULL, NULL);
    status = ZwCreateKey(&key, KEY_READ, &attributes, 0, NULL, 0, NULL);
    if (NT_SUCCESS(status))
        ZwClose(key);
    return status;
}

static NTSTATUS Event(PDEVICE_OBJECT device)
{
    static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\Inject");
    HANDLE handle;

    if (!IoCreateNotificationEvent(&name, &handle))
        return STATUS_INSUFFICIENT_RESOURCES;
    ZwClose(handle);
    return STATUS_SUCCESS;
}

static NTSTATUS Lookaside(PDEVICE_OBJECT device)
{
    PPAGED_LOOKASIDE_LIST list = ExAllocatePoolWithTag(NonPagedPool, sizeof(*list), TAG);
    PVOID entry;

    if (!list)
        return STATUS_INSUFFICIENT_RESOURCES;
    ExInitializePagedLookasideList(list, NULL, NULL, 0, 64, TAG, 0);
    entry = ExAllocateFromPagedLookasideList(list);
    if (entry)
        ExFreeToPagedLookasideList(list, entry);
    ExDeletePagedLookasideList(list);
    ExFreePoolWithTag(list, TAG);
    return entry ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* What cannot fail: a string that is there already, must-succeed mappings. */
static NTSTATUS Never(PDEVICE_OBJECT device)
{
    WCHAR room[8];
    UNICODE_STRING to = {0, sizeof(room), room};
    ANSI_STRING from;
    KEVENT event;

    RtlInitAnsiString(&from, "text");
    RtlAnsiStringToUnicodeString(&to, &from, FALSE);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
    return STATUS_SUCCESS;
}

static NTSTATUS NotLooked(PDEVICE_OBJECT device)
{
    PULONG block = ExAllocatePoolWithTag(NonPagedPool, 32, TAG);

    *(volatile ULONG *)block = 1;
    ExFreePoolWithTag(block, TAG);
    return STATUS_SUCCESS;
}

/* Without its own frame the two calls would have one stack. */
static __attribute__((noinline)) PVOID Wrapped(SIZE_T size)
{
    PVOID block = ExAllocatePoolWithTag(NonPagedPool, size, TAG);

    KeMemoryBarrier();
    return block;
}

/* Two stacks, the first of them three times. */
static NTSTATUS Stacks(PDEVICE_OBJECT device)
{
    PVOID block = NULL;

    for (int i = 0; i < 3; i++) {
        block = Wrapped(16);
        if (!block)
            return STATUS_INSUFFICIENT_RESOURCES;
        ExFreePoolWithTag(block, TAG);
    }
    block = Wrapped(24);
    if (!block)
        return STATUS_INSUFFICIENT_RESOURCES;
    ExFreePoolWithTag(block, TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS (*const Requests[])(PDEVICE_OBJECT) = {
    Pool, PoolRaises, PoolTwoRaises, Quota, QuotaReturns, Mdl, Locked, WorkItem, Irp, Lower,
    String, Contiguous, NewDevice, Thread, Key, Event, Lookaside, Never, NotLooked, Stacks,
};

static NTSTATUS Carry(PDEVICE_OBJECT device, ULONG number)
{
    PVOID held = ExAllocatePoolWithTag(NonPagedPool, 48, TAG_HELD);
    NTSTATUS status;

    if (!held)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = Requests[number / 2](device);
    if (NT_SUCCESS(status) || number % 2)
        ExFreePoolWithTag(held, TAG_HELD);
    DbgPrint("status: %08X\n", status);
    return status;
}

static NTSTATUS Complete(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS Pnp(PDEVICE_OBJECT device, PIRP irp, UCHAR minor)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    NTSTATUS status;

    if (minor == IRP_MN_START_DEVICE) {
        if (IoForwardIrpSynchronously(ext->Lower, irp))
            DbgPrint("start: %08X\n", irp->IoStatus.Status);
        return Complete(irp, irp->IoStatus.Status);
    }
    IoSkipCurrentIrpStackLocation(irp);
    status = IoCallDriver(ext->Lower, irp);
    if (minor == IRP_MN_REMOVE_DEVICE) {
        DbgPrint("removed\n");
        IoDetachDevice(ext->Lower);
        IoDeleteDevice(device);
    }
    return status;
}

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG number = (stack->Parameters.DeviceIoControl.IoControlCode >> 2 & 0xfff) - 0x800;

    if (stack->MajorFunction == IRP_MJ_PNP)
        return Pnp(device, irp, stack->MinorFunction);
    if (stack->MajorFunction != IRP_MJ_DEVICE_CONTROL)
        return Complete(irp, STATUS_SUCCESS);
    return Complete(irp, number < 2 * RTL_NUMBER_OF(Requests) ? Carry(device, number)
                                                              : STATUS_INVALID_DEVICE_REQUEST);
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT driver, PDEVICE_OBJECT physical)
{
    PDEVICE_OBJECT device;
    PDEVICE_EXTENSION ext;
    NTSTATUS status = IoCreateDevice(driver, sizeof(*ext), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                                     &device);

    if (!NT_SUCCESS(status))
        return status;
    ext = device->DeviceExtension;
    ext->Lower = IoAttachDeviceToDeviceStack(device, physical);
    if (!ext->Lower) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID NTAPI Unload(PDRIVER_OBJECT driver)
{
    IoDeleteSymbolicLink(&First);
    IoDeleteSymbolicLink(&Second);
    ExFreePoolWithTag(Early, TAG_HELD);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    NTSTATUS status;

    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    driver->DriverExtension->AddDevice = AddDevice;
    driver->DriverUnload = Unload;
    Early = ExAllocatePoolWithTag(NonPagedPool, 64, TAG_HELD);
    if (!Early)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoCreateSymbolicLink(&First, &Device);
    if (!NT_SUCCESS(status))
        return status; /* forgets Early */
    status = IoCreateSymbolicLink(&Second, &Device);
    if (!NT_SUCCESS(status)) {
        IoDeleteSymbolicLink(&First);
        ExFreePoolWithTag(Early, TAG_HELD);
    }
    return status;
}
