/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * PageTap: copies and folds bytes between two user buffers given with METHOD_NEITHER.
 * Both buffers are locked down for the time of the request.
 */
#include <ntddk.h>

#define PT_MAX_SPAN (256 * 1024)

#define IOCTL_PT_FOLD CTL_CODE(FILE_DEVICE_UNKNOWN, 0x840, METHOD_NEITHER, FILE_ANY_ACCESS)
#define IOCTL_PT_SUM CTL_CODE(FILE_DEVICE_UNKNOWN, 0x841, METHOD_NEITHER, FILE_ANY_ACCESS)

typedef struct _PT_SPAN {
    PMDL Mdl;
    PUCHAR Map;
    ULONG Bytes;
} PT_SPAN, *PPT_SPAN;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD PtUnload;
DRIVER_DISPATCH PtOpenClose;
DRIVER_DISPATCH PtControl;

static const WCHAR PtDeviceName[] = L"\\Device\\PageTap";
static const WCHAR PtLinkName[] = L"\\DosDevices\\PageTap";

/* Locks a piece of the caller's memory and maps it; nothing is kept on failure. */
static NTSTATUS PtLock(PVOID Va, ULONG Bytes, LOCK_OPERATION Operation, PPT_SPAN Span)
{
    NTSTATUS status = STATUS_SUCCESS;
    PMDL mdl;

    mdl = IoAllocateMdl(Va, Bytes, FALSE, FALSE, NULL);
    if (mdl == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    __try {
        MmProbeAndLockPages(mdl, UserMode, Operation);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    if (!NT_SUCCESS(status)) {
        IoFreeMdl(mdl);
        return status;
    }

    Span->Map = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    if (Span->Map == NULL) {
        MmUnlockPages(mdl);
        IoFreeMdl(mdl);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Span->Mdl = mdl;
    Span->Bytes = Bytes;
    return STATUS_SUCCESS;
}

static VOID PtUnlock(PPT_SPAN Span)
{
    MmUnlockPages(Span->Mdl);
    IoFreeMdl(Span->Mdl);
    Span->Mdl = NULL;
    Span->Map = NULL;
}

static NTSTATUS PtFold(PIO_STACK_LOCATION Stack, PVOID UserOut, PULONG_PTR Done)
{
    PVOID userIn = Stack->Parameters.DeviceIoControl.Type3InputBuffer;
    ULONG inBytes = Stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG outBytes = Stack->Parameters.DeviceIoControl.OutputBufferLength;
    PT_SPAN from, to;
    NTSTATUS status;
    ULONG i;

    if (inBytes == 0 || inBytes > PT_MAX_SPAN || outBytes == 0 || outBytes > inBytes) {
        return STATUS_INVALID_PARAMETER;
    }

    status = PtLock(userIn, inBytes, IoReadAccess, &from);
    if (!NT_SUCCESS(status)) {
        return status;
    }

    status = PtLock(UserOut, outBytes, IoWriteAccess, &to);
    if (!NT_SUCCESS(status)) {
        PtUnlock(&from);
        return status;
    }

    RtlZeroMemory(to.Map, to.Bytes);
    for (i = 0; i < from.Bytes; i++) {
        to.Map[i % to.Bytes] ^= from.Map[i];
    }

    PtUnlock(&to);
    PtUnlock(&from);
    *Done = outBytes;
    return STATUS_SUCCESS;
}

static NTSTATUS PtSum(PIO_STACK_LOCATION Stack, PVOID UserOut, PULONG_PTR Done)
{
    ULONG bytes = Stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG sum = 0, i;
    NTSTATUS status;
    PT_SPAN span;

    if (bytes == 0 || bytes > PT_MAX_SPAN ||
        Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG)) {
        return STATUS_INVALID_PARAMETER;
    }

    status = PtLock(Stack->Parameters.DeviceIoControl.Type3InputBuffer, bytes, IoReadAccess,
                    &span);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    for (i = 0; i < span.Bytes; i++) {
        sum = (sum << 1 | sum >> 31) + span.Map[i];
    }
    PtUnlock(&span);

    __try {
        ProbeForWrite(UserOut, sizeof(ULONG), sizeof(UCHAR));
        RtlCopyMemory(UserOut, &sum, sizeof(sum));
        *Done = sizeof(sum);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    return status;
}

NTSTATUS PtControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG_PTR done = 0;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_PT_FOLD:
        status = PtFold(stack, Irp->UserBuffer, &done);
        break;
    case IOCTL_PT_SUM:
        status = PtSum(stack, Irp->UserBuffer, &done);
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = done;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS PtOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID PtUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, PtLinkName);
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name, link;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, PtDeviceName);
    RtlInitUnicodeString(&link, PtLinkName);

    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &device);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = PtOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = PtOpenClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = PtControl;
    DriverObject->DriverUnload = PtUnload;
    return STATUS_SUCCESS;
}
