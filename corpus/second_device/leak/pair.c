/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A pair of connected devices, one for each end: what is written to one end is counted
 * at the other.  When the second end cannot be made, the first one stays.
 */
#include <ntddk.h>

typedef struct _END {
    PDEVICE_OBJECT Other;
    volatile LONG Received;
} END, *PEND;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD EndUnload;
DRIVER_DISPATCH EndDispatch;

static NTSTATUS EndsConnect(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING left = RTL_CONSTANT_STRING(L"\\Device\\LeftEnd");
    UNICODE_STRING right = RTL_CONSTANT_STRING(L"\\Device\\RightEnd");
    PDEVICE_OBJECT first, second;
    NTSTATUS status;
    PEND end;

    status = IoCreateDevice(DriverObject, sizeof(END), &left, FILE_DEVICE_NAMED_PIPE, 0, FALSE,
                            &first);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateDevice(DriverObject, sizeof(END), &right, FILE_DEVICE_NAMED_PIPE, 0, FALSE,
                            &second);
    if (!NT_SUCCESS(status))
        return status; /* leak62: DeviceObjectLeak */

    end = (PEND)first->DeviceExtension;
    end->Other = second;
    end->Received = 0;
    end = (PEND)second->DeviceExtension;
    end->Other = first;
    end->Received = 0;
    first->Flags |= DO_BUFFERED_IO;
    second->Flags |= DO_BUFFERED_IO;
    return STATUS_SUCCESS;
}

NTSTATUS EndDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PEND end = (PEND)DeviceObject->DeviceExtension;
    PEND other = (PEND)end->Other->DeviceExtension;

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    if (stack->MajorFunction == IRP_MJ_WRITE) {
        InterlockedExchangeAdd(&other->Received, (LONG)stack->Parameters.Write.Length);
        Irp->IoStatus.Information = stack->Parameters.Write.Length;
    } else if (stack->MajorFunction == IRP_MJ_READ &&
               stack->Parameters.Read.Length >= sizeof(LONG)) {
        *(PLONG)Irp->AssociatedIrp.SystemBuffer = InterlockedExchange(&end->Received, 0);
        Irp->IoStatus.Information = sizeof(LONG);
    }
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    DriverObject->MajorFunction[IRP_MJ_CREATE] = EndDispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = EndDispatch;
    DriverObject->MajorFunction[IRP_MJ_READ] = EndDispatch;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = EndDispatch;
    DriverObject->DriverUnload = EndUnload;
    return EndsConnect(DriverObject);
}

VOID EndUnload(PDRIVER_OBJECT DriverObject)
{
    while (DriverObject->DeviceObject != NULL)
        IoDeleteDevice(DriverObject->DeviceObject);
}
