/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * EchoWell: what a handle writes comes back to it in reads after a work item turned it
 * round.  A session is counted: the handle has one reference, each work item another.
 */
#include <ntddk.h>

#define ECHO_TAG 'ohcE'
#define ECHO_WELL_BYTES 8192

typedef struct _ECHO_SESSION {
    volatile LONG References;
    FAST_MUTEX Mutex;
    PUCHAR Well;           /* had with the first write */
    ULONG Depth;
    PIO_WORKITEM TurnItem; /* one turn at a time */
    volatile LONG Turning;
} ECHO_SESSION, *PECHO_SESSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD EchoUnload;
DRIVER_DISPATCH EchoCreate;
DRIVER_DISPATCH EchoClose;
DRIVER_DISPATCH EchoRead;
DRIVER_DISPATCH EchoWrite;
IO_WORKITEM_ROUTINE EchoTurn;

#define EchoReference(Session) InterlockedIncrement(&(Session)->References)

static VOID EchoDereference(PECHO_SESSION Session)
{
    if (InterlockedDecrement(&Session->References) == 0) {
        IoFreeWorkItem(Session->TurnItem);
        ExFreePoolWithTag(Session, ECHO_TAG); /* leak62: LeakWithOwner */
    }
}

static PECHO_SESSION EchoNewSession(PDEVICE_OBJECT DeviceObject)
{
    PECHO_SESSION session;

    session = ExAllocatePoolWithTag(NonPagedPool, sizeof(ECHO_SESSION), ECHO_TAG);
    if (session == NULL) {
        return NULL;
    }
    RtlZeroMemory(session, sizeof(ECHO_SESSION));
    session->References = 1;
    ExInitializeFastMutex(&session->Mutex);

    session->TurnItem = IoAllocateWorkItem(DeviceObject);
    if (session->TurnItem == NULL) {
        ExFreePoolWithTag(session, ECHO_TAG);
        return NULL;
    }
    return session;
}

static NTSTATUS EchoComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS EchoCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PECHO_SESSION session = EchoNewSession(DeviceObject);

    if (session == NULL) {
        return EchoComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext = session;
    return EchoComplete(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS EchoClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;

    UNREFERENCED_PARAMETER(DeviceObject);

    EchoDereference(file->FsContext);
    file->FsContext = NULL;
    return EchoComplete(Irp, STATUS_SUCCESS, 0);
}

VOID EchoTurn(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    PECHO_SESSION session = Context;
    ULONG i, j;
    UCHAR byte;

    UNREFERENCED_PARAMETER(DeviceObject);

    ExAcquireFastMutex(&session->Mutex);
    if (session->Depth > 1) {
        for (i = 0, j = session->Depth - 1; i < j; i++, j--) {
            byte = session->Well[i];
            session->Well[i] = session->Well[j];
            session->Well[j] = byte;
        }
    }
    InterlockedExchange(&session->Turning, 0);
    ExReleaseFastMutex(&session->Mutex);
    EchoDereference(session);
}

NTSTATUS EchoWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PECHO_SESSION session = stack->FileObject->FsContext;
    ULONG length = stack->Parameters.Write.Length;
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (length > ECHO_WELL_BYTES) {
        return EchoComplete(Irp, STATUS_INVALID_PARAMETER, 0);
    }

    ExAcquireFastMutex(&session->Mutex);
    if (session->Turning) {
        status = STATUS_DEVICE_BUSY;
    } else {
        if (session->Well == NULL) {
            session->Well = ExAllocatePoolWithTag(PagedPool, ECHO_WELL_BYTES, ECHO_TAG);
        }
        if (session->Well == NULL) {
            status = STATUS_INSUFFICIENT_RESOURCES;
        } else {
            RtlCopyMemory(session->Well, Irp->AssociatedIrp.SystemBuffer, length);
            session->Depth = length;
            InterlockedExchange(&session->Turning, 1);
            EchoReference(session);
            IoQueueWorkItem(session->TurnItem, EchoTurn, DelayedWorkQueue, session);
        }
    }
    ExReleaseFastMutex(&session->Mutex);
    return EchoComplete(Irp, status, NT_SUCCESS(status) ? length : 0);
}

NTSTATUS EchoRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PECHO_SESSION session = stack->FileObject->FsContext;
    ULONG length = stack->Parameters.Read.Length;
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(DeviceObject);

    ExAcquireFastMutex(&session->Mutex);
    if (session->Turning) {
        status = STATUS_DEVICE_BUSY;
        length = 0;
    } else {
        length = min(length, session->Depth);
        if (length != 0) {
            RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, session->Well, length);
        }
    }
    ExReleaseFastMutex(&session->Mutex);
    return EchoComplete(Irp, status, length);
}

VOID EchoUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\EchoWell");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &device);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    device->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = EchoCreate;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = EchoClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = EchoRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = EchoWrite;
    DriverObject->DriverUnload = EchoUnload;
    return STATUS_SUCCESS;
}
