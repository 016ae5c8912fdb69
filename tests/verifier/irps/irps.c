/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A filter over a filter of the same driver, which for each control code treats the IRP
 * as that routine says: wrongly, or rightly where the name says Right.  irps_test.py
 * knows the codes by the order of the table at the end.
 */
#include <ntddk.h>

#define TAG 'sprI'
#define NOT_A_STATUS ((NTSTATUS)0xffffffff)

typedef struct _DEVICE_EXTENSION {
    PDEVICE_OBJECT Lower; /* what it is attached to */
    PIO_WORKITEM WorkItem;
    PIRP Irp;
    BOOLEAN IsTop;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static BOOLEAN LowerPends, LowerKeeps, ForgetDetach, ForgetDelete, FailRemove, LowerFails;
static PIRP Kept;

static NTSTATUS Complete(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static VOID NTAPI CompleteLater(PDEVICE_OBJECT device, PVOID context)
{
    Complete(context, STATUS_SUCCESS);
}

static NTSTATUS Pend(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    IoQueueWorkItem(ext->WorkItem, CompleteLater, DelayedWorkQueue, irp);
    return STATUS_PENDING;
}

static NTSTATUS NTAPI GoOn(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    return STATUS_CONTINUE_COMPLETION;
}

static NTSTATUS NTAPI GoOnPending(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    if (irp->PendingReturned)
        IoMarkIrpPending(irp);
    return STATUS_CONTINUE_COMPLETION;
}

static NTSTATUS NTAPI Stop(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    if (context)
        KeSetEvent(context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI FreeIt(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    IoFreeIrp(irp);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID NTAPI Cancel(PDEVICE_OBJECT device, PIRP irp)
{
    IoReleaseCancelSpinLock(irp->CancelIrql);
}

static NTSTATUS CompleteTwice(PDEVICE_OBJECT device, PIRP irp)
{
    Complete(irp, STATUS_SUCCESS);
    return Complete(irp, STATUS_SUCCESS);
}

/* Once more when the handle is closed. */
static NTSTATUS CompleteAgain(PDEVICE_OBJECT device, PIRP irp)
{
    Kept = irp;
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS Forget(PDEVICE_OBJECT device, PIRP irp)
{
    return STATUS_SUCCESS;
}

static NTSTATUS ForgetAfterForward(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, Stop, NULL, TRUE, TRUE, TRUE);
    return IoCallDriver(ext->Lower, irp);
}

static NTSTATUS PendingNotMarked(PDEVICE_OBJECT device, PIRP irp)
{
    return Pend(device, irp);
}

static NTSTATUS PendingNotMarkedBelow(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, GoOn, NULL, TRUE, TRUE, TRUE);
    IoCallDriver(ext->Lower, irp);
    return STATUS_PENDING;
}

static NTSTATUS MarkedNotPending(PDEVICE_OBJECT device, PIRP irp)
{
    IoMarkIrpPending(irp);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS PendingNotPassedOn(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    LowerPends = TRUE;
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, GoOn, NULL, TRUE, TRUE, TRUE);
    return IoCallDriver(ext->Lower, irp);
}

static NTSTATUS OtherStatus(PDEVICE_OBJECT device, PIRP irp)
{
    Complete(irp, STATUS_SUCCESS);
    return STATUS_UNSUCCESSFUL;
}

static NTSTATUS IllegalStatus(PDEVICE_OBJECT device, PIRP irp)
{
    Complete(irp, STATUS_SUCCESS);
    return NOT_A_STATUS;
}

static NTSTATUS CompleteAsPending(PDEVICE_OBJECT device, PIRP irp)
{
    return Complete(irp, STATUS_PENDING);
}

static NTSTATUS CompleteWithCancel(PDEVICE_OBJECT device, PIRP irp)
{
    IoSetCancelRoutine(irp, Cancel);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS CompleteAtHigh(PDEVICE_OBJECT device, PIRP irp)
{
    KIRQL irql;

    KeRaiseIrql(HIGH_LEVEL, &irql);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS CallAtHigh(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    KIRQL irql;

    IoSkipCurrentIrpStackLocation(irp);
    KeRaiseIrql(HIGH_LEVEL, &irql);
    return IoCallDriver(ext->Lower, irp);
}

static NTSTATUS CallWithNoIrp(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    static IRP nothing;

    return IoCallDriver(ext->Lower, &nothing);
}

static NTSTATUS CallNobody(PDEVICE_OBJECT device, PIRP irp)
{
    IoSkipCurrentIrpStackLocation(irp);
    return IoCallDriver(NULL, irp);
}

static NTSTATUS CallNoDevice(PDEVICE_OBJECT device, PIRP irp)
{
    IoSkipCurrentIrpStackLocation(irp);
    return IoCallDriver((PDEVICE_OBJECT)irp, irp);
}

static NTSTATUS CallWithCancel(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    IoSetCancelRoutine(irp, Cancel);
    IoSkipCurrentIrpStackLocation(irp);
    return IoCallDriver(ext->Lower, irp);
}

static NTSTATUS LeaveIrqlRaised(PDEVICE_OBJECT device, PIRP irp)
{
    KIRQL irql;

    Complete(irp, STATUS_SUCCESS);
    KeRaiseIrql(APC_LEVEL, &irql);
    return STATUS_SUCCESS;
}

static PIRP OwnIrp(PDEVICE_OBJECT device, PIO_COMPLETION_ROUTINE routine)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    PIRP own = IoAllocateIrp(ext->Lower->StackSize, FALSE);

    IoGetNextIrpStackLocation(own)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    IoSetCompletionRoutine(own, routine, NULL, TRUE, TRUE, TRUE);
    return own;
}

static NTSTATUS FreeInUse(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    PIRP own = OwnIrp(device, FreeIt);

    LowerPends = TRUE;
    IoCallDriver(ext->Lower, own);
    IoFreeIrp(own);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS OwnIrpNotBack(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    LowerPends = LowerKeeps = TRUE;
    IoCallDriver(ext->Lower, OwnIrp(device, FreeIt));
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS CancelIgnored(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    PIRP own = OwnIrp(device, Stop);
    KEVENT done;

    LowerPends = LowerKeeps = TRUE;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoSetCompletionRoutine(own, Stop, &done, TRUE, TRUE, TRUE);
    IoCallDriver(ext->Lower, own);
    IoCancelIrp(own);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    IoFreeIrp(own);
    return Complete(irp, STATUS_SUCCESS);
}

/* Canceled while the lower driver has it, which completes it soon. */
static NTSTATUS RightCancelWait(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    PIRP own = OwnIrp(device, Stop);
    LARGE_INTEGER hour;
    KEVENT done;

    LowerPends = TRUE;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoSetCompletionRoutine(own, Stop, &done, TRUE, TRUE, TRUE);
    IoCallDriver(ext->Lower, own);
    IoCancelIrp(own);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    IoFreeIrp(own);
    hour.QuadPart = -36000000000LL;
    KeDelayExecutionThread(KernelMode, FALSE, &hour);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS ReuseInUse(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    PIRP own = OwnIrp(device, FreeIt);

    LowerPends = TRUE;
    IoCallDriver(ext->Lower, own);
    IoReuseIrp(own, STATUS_SUCCESS);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS ReuseBuilt(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    IO_STATUS_BLOCK result;
    PIRP built = IoBuildAsynchronousFsdRequest(IRP_MJ_FLUSH_BUFFERS, ext->Lower, NULL, 0, NULL,
                                               &result);

    IoReuseIrp(built, STATUS_SUCCESS);
    IoFreeIrp(built);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS InitializeAllocated(PDEVICE_OBJECT device, PIRP irp)
{
    PIRP own = IoAllocateIrp(1, FALSE);

    IoInitializeIrp(own, IoSizeOfIrp(1), 1);
    IoFreeIrp(own);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS TooMuchInformation(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = stack->Parameters.DeviceIoControl.OutputBufferLength + 1;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static PDEVICE_OBJECT Another(PDEVICE_OBJECT device)
{
    PDEVICE_OBJECT another;

    IoCreateDevice(device->DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &another);
    return another;
}

static NTSTATUS DeleteTwice(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_OBJECT another = Another(device);

    IoDeleteDevice(another);
    IoDeleteDevice(another);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS DeleteAttached(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_OBJECT another = Another(device);

    IoAttachDeviceToDeviceStack(another, device);
    IoDeleteDevice(another);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS DetachTwice(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_OBJECT another = Another(device);

    IoAttachDeviceToDeviceStack(another, device);
    IoDetachDevice(device);
    IoDetachDevice(device);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS NoDetachAtRemove(PDEVICE_OBJECT device, PIRP irp)
{
    ForgetDetach = ForgetDelete = TRUE;
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS NoDeleteAtRemove(PDEVICE_OBJECT device, PIRP irp)
{
    ForgetDelete = TRUE;
    return Complete(irp, STATUS_SUCCESS);
}

/* Sent and not waited for: the caller's stack is gone when it comes back. */
static __attribute__((noinline)) void SendBuilt(PDEVICE_OBJECT lower, PKEVENT done,
                                                PIO_STATUS_BLOCK result)
{
    PIRP built;

    LowerPends = TRUE;
    KeInitializeEvent(done, NotificationEvent, FALSE);
    built = IoBuildDeviceIoControlRequest(0x222000, lower, NULL, 0, NULL, 0, FALSE, done, result);
    IoCallDriver(lower, built);
}

static NTSTATUS ResultUnwound(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    static KEVENT done;
    IO_STATUS_BLOCK result;

    SendBuilt(ext->Lower, &done, &result);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS EventUnwound(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    static IO_STATUS_BLOCK result;
    KEVENT done;

    SendBuilt(ext->Lower, &done, &result);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS SendPnp(PDEVICE_OBJECT device, UCHAR major, NTSTATUS status)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    PIRP own = OwnIrp(device, FreeIt);
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(own);

    next->MajorFunction = major;
    next->MinorFunction = major == IRP_MJ_PNP ? IRP_MN_QUERY_CAPABILITIES : IRP_MN_QUERY_POWER;
    own->IoStatus.Status = status;
    return IoCallDriver(ext->Lower, own);
}

static NTSTATUS PnpStatus(PDEVICE_OBJECT device, PIRP irp)
{
    SendPnp(device, IRP_MJ_PNP, STATUS_SUCCESS);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS PowerStatus(PDEVICE_OBJECT device, PIRP irp)
{
    SendPnp(device, IRP_MJ_POWER, STATUS_SUCCESS);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS PnpFailedPassedOn(PDEVICE_OBJECT device, PIRP irp)
{
    LowerFails = TRUE;
    SendPnp(device, IRP_MJ_PNP, STATUS_NOT_SUPPORTED);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS RemoveFails(PDEVICE_OBJECT device, PIRP irp)
{
    FailRemove = TRUE;
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS RightPnp(PDEVICE_OBJECT device, PIRP irp)
{
    SendPnp(device, IRP_MJ_PNP, STATUS_NOT_SUPPORTED);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS RightPending(PDEVICE_OBJECT device, PIRP irp)
{
    IoMarkIrpPending(irp);
    return Pend(device, irp);
}

static NTSTATUS RightPendingAtOnce(PDEVICE_OBJECT device, PIRP irp)
{
    IoMarkIrpPending(irp);
    Complete(irp, STATUS_UNSUCCESSFUL);
    return STATUS_PENDING;
}

static NTSTATUS RightSkip(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    IoSkipCurrentIrpStackLocation(irp);
    return IoCallDriver(ext->Lower, irp);
}

static NTSTATUS RightSkipPending(PDEVICE_OBJECT device, PIRP irp)
{
    LowerPends = TRUE;
    return RightSkip(device, irp);
}

static NTSTATUS RightCopy(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, GoOnPending, NULL, TRUE, TRUE, TRUE);
    return IoCallDriver(ext->Lower, irp);
}

static NTSTATUS RightCopyPending(PDEVICE_OBJECT device, PIRP irp)
{
    LowerPends = TRUE;
    return RightCopy(device, irp);
}

/* Without a routine the mark goes up by itself. */
static NTSTATUS RightCopyOnly(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    LowerPends = TRUE;
    IoCopyCurrentIrpStackLocationToNext(irp);
    return IoCallDriver(ext->Lower, irp);
}

static NTSTATUS RightWait(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    KEVENT done;

    LowerPends = TRUE;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, Stop, &done, TRUE, TRUE, TRUE);
    if (IoCallDriver(ext->Lower, irp) == STATUS_PENDING)
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    return Complete(irp, STATUS_DEVICE_BUSY);
}

/* Marked and returned before the lower driver is done. */
static NTSTATUS RightMarkedForward(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;

    LowerPends = TRUE;
    IoMarkIrpPending(irp);
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, GoOn, NULL, TRUE, TRUE, TRUE);
    IoCallDriver(ext->Lower, irp);
    return STATUS_PENDING;
}

static NTSTATUS RightOwnIrp(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    PIRP own;

    IoCallDriver(ext->Lower, OwnIrp(device, FreeIt));
    LowerPends = TRUE;
    IoCallDriver(ext->Lower, OwnIrp(device, FreeIt));
    LowerPends = FALSE;
    /* Used twice. */
    own = OwnIrp(device, Stop);
    IoCallDriver(ext->Lower, own);
    IoReuseIrp(own, STATUS_SUCCESS);
    IoGetNextIrpStackLocation(own)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    IoSetCompletionRoutine(own, FreeIt, NULL, TRUE, TRUE, TRUE);
    IoCallDriver(ext->Lower, own);
    return Complete(irp, STATUS_SUCCESS);
}

/* Made by the I/O manager's routine, completed from the driver's other device. */
static NTSTATUS RightBuilt(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    IO_STATUS_BLOCK result;
    KEVENT done;
    PIRP built;

    LowerPends = TRUE;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    built = IoBuildDeviceIoControlRequest(0x222000, ext->Lower, NULL, 0, NULL, 0, FALSE, &done,
                                          &result);
    if (IoCallDriver(ext->Lower, built) == STATUS_PENDING)
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS RightCancel(PDEVICE_OBJECT device, PIRP irp)
{
    IoSetCancelRoutine(irp, Cancel);
    IoSetCancelRoutine(irp, NULL);
    return Complete(irp, STATUS_CANCELLED);
}

static NTSTATUS RightAtDispatch(PDEVICE_OBJECT device, PIRP irp)
{
    NTSTATUS status;
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = RightSkip(device, irp);
    KeLowerIrql(irql);
    return status;
}

static NTSTATUS RightDevices(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_OBJECT another = Another(device);

    IoAttachDeviceToDeviceStack(another, device);
    IoDetachDevice(device);
    IoDeleteDevice(another);
    return Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS (*const Requests[])(PDEVICE_OBJECT, PIRP) = {
    CompleteTwice, CompleteAgain, Forget, ForgetAfterForward, PendingNotMarked,
    PendingNotMarkedBelow, MarkedNotPending, PendingNotPassedOn, OtherStatus, IllegalStatus,
    CompleteAsPending, CompleteWithCancel, CompleteAtHigh, CallAtHigh, CallWithNoIrp, CallNobody,
    CallNoDevice, CallWithCancel, LeaveIrqlRaised, FreeInUse, OwnIrpNotBack, CancelIgnored, RightCancelWait, ReuseInUse, ReuseBuilt,
    InitializeAllocated, TooMuchInformation, DeleteTwice, DeleteAttached, DetachTwice,
    NoDetachAtRemove, NoDeleteAtRemove, ResultUnwound, EventUnwound, PnpStatus, PowerStatus,
    PnpFailedPassedOn, RemoveFails, RightPnp, RightPending, RightPendingAtOnce, RightSkip,
    RightSkipPending, RightCopy, RightCopyPending, RightCopyOnly, RightWait, RightMarkedForward,
    RightOwnIrp, RightBuilt, RightCancel, RightAtDispatch, RightDevices,
};

static NTSTATUS Remove(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    NTSTATUS status;

    if (FailRemove)
        return Complete(irp, STATUS_UNSUCCESSFUL);
    irp->IoStatus.Status = STATUS_SUCCESS;
    status = RightSkip(device, irp);
    IoFreeWorkItem(ext->WorkItem);
    if (!ForgetDetach)
        IoDetachDevice(ext->Lower);
    if (!ForgetDelete)
        IoDeleteDevice(device);
    return status;
}

static NTSTATUS Control(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG number = (stack->Parameters.DeviceIoControl.IoControlCode >> 2 & 0xfff) - 0x800;

    if (ext->IsTop && number < sizeof(Requests) / sizeof(*Requests))
        return Requests[number](device, irp);
    if (!LowerPends)
        return Complete(irp, STATUS_SUCCESS);
    IoMarkIrpPending(irp);
    return LowerKeeps ? STATUS_PENDING : Pend(device, irp);
}

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    switch (stack->MajorFunction) {
    case IRP_MJ_DEVICE_CONTROL:
        return Control(device, irp);
    case IRP_MJ_PNP:
        if (stack->MinorFunction == IRP_MN_REMOVE_DEVICE)
            return Remove(device, irp);
        if (LowerFails)
            irp->IoStatus.Status = STATUS_UNSUCCESSFUL;
        irp->IoStatus.Information = (ULONG_PTR)device; /* a pointer for some of them */
        return RightSkip(device, irp);
    case IRP_MJ_CLEANUP:
        if (Kept)
            Complete(Kept, STATUS_SUCCESS);
        return Complete(irp, STATUS_SUCCESS);
    default:
        return Complete(irp, STATUS_SUCCESS);
    }
}

static NTSTATUS Attach(PDRIVER_OBJECT driver, PDEVICE_OBJECT physical, BOOLEAN top)
{
    PDEVICE_OBJECT device;
    PDEVICE_EXTENSION ext;
    NTSTATUS status = IoCreateDevice(driver, sizeof(*ext), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                                     &device);

    if (!NT_SUCCESS(status))
        return status;
    ext = device->DeviceExtension;
    ext->IsTop = top;
    ext->WorkItem = IoAllocateWorkItem(device);
    ext->Lower = IoAttachDeviceToDeviceStack(device, physical);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT driver, PDEVICE_OBJECT physical)
{
    NTSTATUS status = Attach(driver, physical, FALSE);

    return NT_SUCCESS(status) ? Attach(driver, physical, TRUE) : status;
}

static VOID NTAPI Unload(PDRIVER_OBJECT driver)
{
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    driver->DriverExtension->AddDevice = AddDevice;
    driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
