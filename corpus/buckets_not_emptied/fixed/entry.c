/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Load, unload and device control of the name table.
 */
#include "names.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD HnUnload;
static DRIVER_DISPATCH HnDispatch;

static VOID HnUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteDevice(DriverObject->DeviceObject);
    HnTableDestroy();
}

static NTSTATUS HnDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PHN_REQUEST request = Irp->AssociatedIrp.SystemBuffer;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG_PTR done = 0;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
    {
        if (stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(HN_REQUEST))
        {
            status = STATUS_BUFFER_TOO_SMALL;
        }
        else if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_HN_ADD)
        {
            status = HnTableAdd(request);
        }
        else if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_HN_DELETE)
        {
            status = HnTableDelete(request->Key);
        }
        else if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_HN_FIND &&
                 stack->Parameters.DeviceIoControl.OutputBufferLength >= sizeof(HN_REQUEST))
        {
            status = HnTableFind(request);
            done = NT_SUCCESS(status) ? sizeof(HN_REQUEST) : 0;
        }
        else
        {
            status = STATUS_INVALID_DEVICE_REQUEST;
        }
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = done;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\HashNames");
    PDEVICE_OBJECT device;

    UNREFERENCED_PARAMETER(RegistryPath);

    HnTableInit();
    DriverObject->DriverUnload = HnUnload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = HnDispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = HnDispatch;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = HnDispatch;
    return IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}
