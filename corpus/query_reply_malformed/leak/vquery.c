/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Upper filter that puts vendor queries to the device below: a query is an IRP of
 * our own, with a nonpaged reply buffer, sent down and waited for. */
#include "vend.h"

static NTSTATUS
VendRawDone(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp,
    PVOID Context
    )
{
    PKEVENT event = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(event, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS
VendSendRaw(
    PFILTER_DATA Filter,
    PUCHAR Request,
    ULONG RequestLength,
    PVOID Reply,
    ULONG ReplyLength,
    PULONG_PTR Got
    )
{
    PIO_STACK_LOCATION next;
    LARGE_INTEGER limit;
    KEVENT event;
    NTSTATUS status;
    PIRP irp;

    *Got = 0;
    irp = IoAllocateIrp(Filter->Target->StackSize, FALSE);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    next->Parameters.DeviceIoControl.IoControlCode = IOCTL_INTERNAL_VEND_RAW;
    next->Parameters.DeviceIoControl.Type3InputBuffer = Request;
    next->Parameters.DeviceIoControl.InputBufferLength = RequestLength;
    next->Parameters.DeviceIoControl.OutputBufferLength = ReplyLength;
    irp->UserBuffer = Reply;
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    IoSetCompletionRoutine(irp, VendRawDone, &event, TRUE, TRUE, TRUE);

    status = IoCallDriver(Filter->Target, irp);
    if (status == STATUS_PENDING) {
        limit.QuadPart = -3LL * 10 * 1000 * 1000;
        if (KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &limit) ==
            STATUS_TIMEOUT) {
            IoCancelIrp(irp);
            KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
        }
    }
    status = irp->IoStatus.Status;
    *Got = irp->IoStatus.Information;
    IoFreeIrp(irp);
    return status;
}

static BOOLEAN
VendReplyIsSane(
    PVEND_REPLY Reply,
    ULONG_PTR Got
    )
{
    if (Got < FIELD_OFFSET(VEND_REPLY, Data))
        return FALSE;
    if (Reply->Signature != VEND_SIGNATURE)
        return FALSE;
    return Reply->Length <= Got - FIELD_OFFSET(VEND_REPLY, Data);
}

NTSTATUS
VendQuery(
    PFILTER_DATA Filter,
    PUCHAR Request,
    ULONG RequestLength,
    PUCHAR Out,
    ULONG OutLength,
    PULONG_PTR Returned
    )
{
    PVEND_REPLY reply;
    ULONG_PTR got;
    NTSTATUS status;

    if (RequestLength == 0)
        return STATUS_INVALID_PARAMETER;

    reply = ExAllocatePoolWithTag(NonPagedPool, VEND_REPLY_MAX, VEND_TAG);
    if (reply == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    InterlockedIncrement(&Filter->Queries);
    status = VendSendRaw(Filter, Request, RequestLength, reply, VEND_REPLY_MAX, &got);
    if (NT_SUCCESS(status)) {
        if (!VendReplyIsSane(reply, got)) {
            InterlockedIncrement(&Filter->Malformed);
            return STATUS_DEVICE_PROTOCOL_ERROR; /* leak62: LeakOnPath */
        }
        if (reply->Length > OutLength) {
            status = STATUS_BUFFER_TOO_SMALL;
        } else {
            RtlCopyMemory(Out, reply->Data, reply->Length);
            *Returned = reply->Length;
        }
    }
    ExFreePoolWithTag(reply, VEND_TAG);
    return status;
}
