/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Lets a process register an event and have another request set it.  The registration
 * belongs to the open handle.
 */
#include <ntddk.h>

#define ER_TAG 'gRvE'
#define FILE_DEVICE_EVREG 0x8444
#define IOCTL_ER_REGISTER \
    CTL_CODE(FILE_DEVICE_EVREG, 0x801, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)
#define IOCTL_ER_SIGNAL \
    CTL_CODE(FILE_DEVICE_EVREG, 0x802, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)

typedef struct _ER_HANDLE {
    PKEVENT Event;
    LONG Signalled;
} ER_HANDLE, *PER_HANDLE;

typedef struct _ER_INPUT {
    HANDLE EventHandle;
} ER_INPUT, *PER_INPUT;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD ErUnload;
_Dispatch_type_(IRP_MJ_CREATE) DRIVER_DISPATCH ErCreate;
_Dispatch_type_(IRP_MJ_CLOSE) DRIVER_DISPATCH ErClose;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL) DRIVER_DISPATCH ErIoctl;

#define ER_DONE(irp, code)                          \
    do {                                            \
        (irp)->IoStatus.Status = (code);            \
        (irp)->IoStatus.Information = 0;            \
        IoCompleteRequest((irp), IO_NO_INCREMENT);  \
    } while (0)

NTSTATUS ErCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    PER_HANDLE handle;

    UNREFERENCED_PARAMETER(DeviceObject);

    handle = (PER_HANDLE)ExAllocatePoolWithTag(NonPagedPool, sizeof(ER_HANDLE), ER_TAG);
    if (handle == NULL) {
        ER_DONE(Irp, STATUS_INSUFFICIENT_RESOURCES);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlZeroMemory(handle, sizeof(ER_HANDLE));
    file->FsContext = handle;
    ER_DONE(Irp, STATUS_SUCCESS);
    return STATUS_SUCCESS;
}

NTSTATUS ErClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    PER_HANDLE handle = (PER_HANDLE)file->FsContext;

    UNREFERENCED_PARAMETER(DeviceObject);

    file->FsContext = NULL;
    if (handle->Event == NULL) {
        ER_DONE(Irp, STATUS_SUCCESS);
        return STATUS_SUCCESS; /* leak62: LeakOnUnloadPath */
    }

    ObDereferenceObject(handle->Event);
    ExFreePoolWithTag(handle, ER_TAG);
    ER_DONE(Irp, STATUS_SUCCESS);
    return STATUS_SUCCESS;
}

static NTSTATUS ErRegister(PER_HANDLE handle, PER_INPUT input, KPROCESSOR_MODE mode)
{
    PVOID object;
    NTSTATUS status;

    status = ObReferenceObjectByHandle(input->EventHandle, EVENT_MODIFY_STATE, *ExEventObjectType,
                                       mode, &object, NULL);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (InterlockedCompareExchangePointer((PVOID *)&handle->Event, object, NULL) != NULL) {
        ObDereferenceObject(object);
        return STATUS_ALREADY_REGISTERED;
    }
    return STATUS_SUCCESS;
}

NTSTATUS ErIoctl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PER_HANDLE handle = (PER_HANDLE)stack->FileObject->FsContext;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_ER_REGISTER:
        if (stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(ER_INPUT)) {
            status = STATUS_BUFFER_TOO_SMALL;
        } else {
            status = ErRegister(handle, (PER_INPUT)Irp->AssociatedIrp.SystemBuffer,
                                Irp->RequestorMode);
        }
        break;
    case IOCTL_ER_SIGNAL:
        status = STATUS_DEVICE_NOT_READY;
        if (handle->Event != NULL) {
            KeSetEvent(handle->Event, IO_NO_INCREMENT, FALSE);
            InterlockedIncrement(&handle->Signalled);
            status = STATUS_SUCCESS;
        }
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }
    ER_DONE(Irp, status);
    return status;
}

VOID ErUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, L"\\DosDevices\\EvRegister");
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name, link;
    PDEVICE_OBJECT device = NULL;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\EvRegister");
    RtlInitUnicodeString(&link, L"\\DosDevices\\EvRegister");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_EVREG, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &device);
    if (NT_SUCCESS(status)) {
        status = IoCreateSymbolicLink(&link, &name);
    }
    if (!NT_SUCCESS(status)) {
        if (device != NULL) {
            IoDeleteDevice(device);
        }
        return status;
    }
    DriverObject->MajorFunction[IRP_MJ_CREATE] = ErCreate;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = ErClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ErIoctl;
    DriverObject->DriverUnload = ErUnload;
    return STATUS_SUCCESS;
}
