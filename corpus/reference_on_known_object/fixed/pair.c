/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Compares the two file objects of a caller that opens the device twice, with a
 * reference on the first for as long as that takes.
 */
#include <ntifs.h>

#define PAR_SECONDS 3

#define IOCTL_PAR_WAIT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8DA, METHOD_BUFFERED, FILE_ANY_ACCESS)

static KEVENT ParSecond;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD ParUnload;
DRIVER_DISPATCH ParCreateClose;
DRIVER_DISPATCH ParControl;

static UNICODE_STRING ParDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Pair");
static UNICODE_STRING ParLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Pair");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &ParDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&ParLinkName, &ParDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    KeInitializeEvent(&ParSecond, SynchronizationEvent, FALSE);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = ParCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = ParCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ParControl;
    DriverObject->DriverUnload = ParUnload;
    return STATUS_SUCCESS;
}

VOID ParUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&ParLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS ParCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_CREATE)
        KeSetEvent(&ParSecond, IO_NO_INCREMENT, FALSE);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS ParWait(PFILE_OBJECT First)
{
    LARGE_INTEGER timeout;
    NTSTATUS status;

    /* It must not go while nobody else holds it. */
    ObReferenceObject(First);

    timeout.QuadPart = -10000000LL * PAR_SECONDS;
    status = KeWaitForSingleObject(&ParSecond, Executive, KernelMode, FALSE, &timeout);
    if (status == STATUS_TIMEOUT) {
        ObDereferenceObject(First);
        return STATUS_IO_TIMEOUT;
    }

    DbgPrint("pair: %p is complete\n", First->FsContext);
    ObDereferenceObject(First);
    return STATUS_SUCCESS;
}

NTSTATUS ParControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_PAR_WAIT)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else
        status = ParWait(stack->FileObject);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
