/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One port per open file, taken down in two steps: its queue first, by whoever
 * takes it down, then the port itself by PortDestroy.  Close leaves the first step
 * out.
 */
#include <ntddk.h>

#define PORT_TAG 'troP'
#define PORT_QUEUE_BYTES 2048
#define IOCTL_PORT_OPEN CTL_CODE(FILE_DEVICE_UNKNOWN, 0x811, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_PORT_RESET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x812, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _PORT {
    PFILE_OBJECT Owner;
    PVOID Queue;
} PORT, *PPORT;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD PortUnload;
DRIVER_DISPATCH PortCreate;
DRIVER_DISPATCH PortClose;
DRIVER_DISPATCH PortControl;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\Ports");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    DriverObject->MajorFunction[IRP_MJ_CREATE] = PortCreate;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = PortClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = PortControl;
    DriverObject->DriverUnload = PortUnload;
    return STATUS_SUCCESS;
}

VOID PortUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteDevice(DriverObject->DeviceObject);
}

static NTSTATUS PortComplete(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS PortCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    UNREFERENCED_PARAMETER(DeviceObject);

    stack->FileObject->FsContext = NULL;
    return PortComplete(Irp, STATUS_SUCCESS);
}

static NTSTATUS PortOpen(PFILE_OBJECT FileObject)
{
    PPORT port;

    if (FileObject->FsContext != NULL)
        return STATUS_DEVICE_BUSY;

    port = ExAllocatePoolWithTag(NonPagedPool, sizeof(PORT), PORT_TAG);
    if (port == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    port->Queue = ExAllocatePoolWithTag(NonPagedPool, PORT_QUEUE_BYTES, PORT_TAG);
    if (port->Queue == NULL) {
        ExFreePoolWithTag(port, PORT_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    port->Owner = FileObject;
    FileObject->FsContext = port;
    return STATUS_SUCCESS;
}

static VOID PortDestroy(PPORT Port)
{
    Port->Owner->FsContext = NULL;
    ExFreePoolWithTag(Port, PORT_TAG); /* leak62: LeakWithOwner */
}

/* The port as it was before anything was queued. */
static NTSTATUS PortReset(PFILE_OBJECT FileObject)
{
    PPORT port = (PPORT)FileObject->FsContext;

    if (port == NULL)
        return STATUS_INVALID_DEVICE_STATE;
    FileObject->FsContext = NULL;
    ExFreePoolWithTag(port->Queue, PORT_TAG);
    ExFreePoolWithTag(port, PORT_TAG);
    return PortOpen(FileObject);
}

NTSTATUS PortControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    UNREFERENCED_PARAMETER(DeviceObject);

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_PORT_OPEN:
        return PortComplete(Irp, PortOpen(stack->FileObject));
    case IOCTL_PORT_RESET:
        return PortComplete(Irp, PortReset(stack->FileObject));
    }
    return PortComplete(Irp, STATUS_INVALID_DEVICE_REQUEST);
}

NTSTATUS PortClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PPORT port = (PPORT)stack->FileObject->FsContext;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (port != NULL)
        PortDestroy(port);
    return PortComplete(Irp, STATUS_SUCCESS);
}
