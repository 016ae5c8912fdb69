/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The poller's own request: made once, used again for each poll.
 */
#include "poller.h"

static NTSTATUS PollerDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);

    KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS PollerPrepare(PPOLLER P)
{
    KeInitializeMutex(&P->PollMutex, 0);
    P->Polls = 0;
    P->PollIrp = IoAllocateIrp(P->Lower->StackSize, FALSE);
    return P->PollIrp ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS PollerAsk(PPOLLER P)
{
    PIO_STACK_LOCATION next;
    NTSTATUS status;
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    KeWaitForSingleObject(&P->PollMutex, Executive, KernelMode, FALSE, NULL);

    IoReuseIrp(P->PollIrp, STATUS_NOT_SUPPORTED);
    next = IoGetNextIrpStackLocation(P->PollIrp);
    next->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
    IoSetCompletionRoutine(P->PollIrp, PollerDone, &done, TRUE, TRUE, TRUE);
    if (IoCallDriver(P->Lower, P->PollIrp) == STATUS_PENDING)
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    status = P->PollIrp->IoStatus.Status;
    P->Polls++;

    KeReleaseMutex(&P->PollMutex, FALSE);
    return status;
}

VOID PollerDiscard(PPOLLER P)
{
    IoFreeIrp(P->PollIrp);
    P->PollIrp = NULL;
}
