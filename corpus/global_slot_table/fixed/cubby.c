/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * CubbyHole's device and its three requests.
 */
#include "slots.h"

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD     CubbyUnload;
DRIVER_DISPATCH   CubbyCreateClose;
DRIVER_DISPATCH   CubbyDeviceControl;

NTSTATUS CubbyCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS CubbyDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION irpSp = IoGetCurrentIrpStackLocation(Irp);
    PCUBBY_REQUEST request = (PCUBBY_REQUEST)Irp->AssociatedIrp.SystemBuffer;
    ULONG inLength = irpSp->Parameters.DeviceIoControl.InputBufferLength;
    ULONG outLength = irpSp->Parameters.DeviceIoControl.OutputBufferLength;
    ULONG_PTR information = 0;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (inLength < sizeof(CUBBY_REQUEST))
    {
        status = STATUS_BUFFER_TOO_SMALL;
        goto Complete;
    }

    switch (irpSp->Parameters.DeviceIoControl.IoControlCode)
    {
    case IOCTL_CUBBY_PUT:
        status = SlotsPut(request);
        break;

    case IOCTL_CUBBY_GET:
        if (outLength < sizeof(CUBBY_REQUEST))
        {
            status = STATUS_BUFFER_TOO_SMALL;
            break;
        }
        status = SlotsGet(request);
        if (NT_SUCCESS(status))
        {
            information = sizeof(CUBBY_REQUEST);
        }
        break;

    case IOCTL_CUBBY_DROP:
        status = SlotsDrop(request->Slot);
        break;

    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }

Complete:
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

VOID CubbyUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING symbolicLink = RTL_CONSTANT_STRING(L"\\DosDevices\\CubbyHole");

    IoDeleteSymbolicLink(&symbolicLink);
    SlotsShutdown();
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\CubbyHole");
    UNICODE_STRING symbolicLink = RTL_CONSTANT_STRING(L"\\DosDevices\\CubbyHole");
    PDEVICE_OBJECT deviceObject = NULL;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    SlotsStartup();

    status = IoCreateDevice(DriverObject, 0, &deviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &deviceObject);
    if (!NT_SUCCESS(status))
    {
        return status;
    }

    status = IoCreateSymbolicLink(&symbolicLink, &deviceName);
    if (!NT_SUCCESS(status))
    {
        IoDeleteDevice(deviceObject);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = CubbyCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = CubbyCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = CubbyDeviceControl;
    DriverObject->DriverUnload = CubbyUnload;
    return STATUS_SUCCESS;
}
