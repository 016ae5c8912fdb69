/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Transaction pipe: load, unload and dispatching.
 */
#include "txpipe.h"

static DRIVER_DISPATCH TxDispatch;
static DRIVER_UNLOAD TxUnload;
DRIVER_INITIALIZE DriverEntry;

static const UCHAR TxMajors[] = {IRP_MJ_CREATE, IRP_MJ_CLOSE, IRP_MJ_WRITE,
                                 IRP_MJ_DEVICE_CONTROL};

static NTSTATUS TxControl(PTX_EXTENSION Ext, PTX_HANDLE Handle, ULONG Code)
{
    switch (Code) {
    case IOCTL_TX_COMMIT:
        Ext->Committed += TxHandleDrain(Handle);
        return STATUS_SUCCESS;
    case IOCTL_TX_ROLLBACK:
        (VOID)TxHandleDrain(Handle);
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

static NTSTATUS TxDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(Irp);
    PFILE_OBJECT file = sp->FileObject;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG_PTR info = 0;

    switch (sp->MajorFunction) {
    case IRP_MJ_CREATE:
        file->FsContext = TxHandleCreate();
        if (!file->FsContext)
            status = STATUS_INSUFFICIENT_RESOURCES;
        break;

    case IRP_MJ_CLOSE:
        TxHandleDestroy((PTX_HANDLE)file->FsContext);
        file->FsContext = NULL;
        break;

    case IRP_MJ_WRITE:
        status = TxHandleAppend((PTX_HANDLE)file->FsContext, Irp->AssociatedIrp.SystemBuffer,
                                sp->Parameters.Write.Length);
        if (NT_SUCCESS(status))
            info = sp->Parameters.Write.Length;
        break;

    case IRP_MJ_DEVICE_CONTROL:
        status = TxControl((PTX_EXTENSION)DeviceObject->DeviceExtension,
                           (PTX_HANDLE)file->FsContext,
                           sp->Parameters.DeviceIoControl.IoControlCode);
        break;
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = info;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static VOID TxUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\TxPipe");
    status = IoCreateDevice(DriverObject, sizeof(TX_EXTENSION), &name, FILE_DEVICE_UNKNOWN, 0,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    ((PTX_EXTENSION)device->DeviceExtension)->Committed = 0;
    device->Flags |= DO_BUFFERED_IO;
    for (i = 0; i < sizeof(TxMajors); i++)
        DriverObject->MajorFunction[TxMajors[i]] = TxDispatch;
    DriverObject->DriverUnload = TxUnload;
    return STATUS_SUCCESS;
}
