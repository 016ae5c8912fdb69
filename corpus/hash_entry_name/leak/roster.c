/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Roster's device: enrol, find, strike.
 */
#include "roster.h"

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD RosterUnload;
DRIVER_DISPATCH RosterDispatch;

static UNICODE_STRING RosterName = RTL_CONSTANT_STRING(L"\\Device\\Roster");
static UNICODE_STRING RosterLink = RTL_CONSTANT_STRING(L"\\DosDevices\\Roster");

static NTSTATUS RosterControl(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    PROSTER_REQUEST request = Irp->AssociatedIrp.SystemBuffer;
    NTSTATUS status;

    if (Stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(ROSTER_REQUEST) ||
        request->NameBytes == 0 || request->NameBytes > sizeof(request->Name) ||
        request->NameBytes % sizeof(WCHAR) != 0)
        return STATUS_INVALID_PARAMETER;

    switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_ROSTER_ENROL:
        return RosterEnrol(request);
    case IOCTL_ROSTER_STRIKE:
        return RosterStrike(request);
    case IOCTL_ROSTER_FIND:
        if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ROSTER_REQUEST))
            return STATUS_BUFFER_TOO_SMALL;
        status = RosterFind(request);
        if (NT_SUCCESS(status))
            Irp->IoStatus.Information = sizeof(ROSTER_REQUEST);
        return status;
    }
    return STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS RosterDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Information = 0;
    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        status = RosterControl(Irp, stack);
    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

VOID RosterUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&RosterLink);
    IoDeleteDevice(DriverObject->DeviceObject);
    RosterFlush();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RosterInit();
    status = IoCreateDevice(DriverObject, 0, &RosterName, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&RosterLink, &RosterName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    DriverObject->MajorFunction[IRP_MJ_CREATE] = RosterDispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = RosterDispatch;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = RosterDispatch;
    DriverObject->DriverUnload = RosterUnload;
    return STATUS_SUCCESS;
}
