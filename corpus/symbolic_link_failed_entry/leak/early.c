/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The last step of DriverEntry fails: the device is deleted, but the symbolic link
 * to it stays, and the next load finds its name taken.
 */
#include <ntddk.h>

#define EAR_TAG 'ylrE'
#define EAR_SIZE 4096

#define IOCTL_EAR_CLEAR CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8D3, METHOD_BUFFERED, FILE_ANY_ACCESS)

static PVOID EarTable;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD EarUnload;
DRIVER_DISPATCH EarCreateClose;
DRIVER_DISPATCH EarControl;

static UNICODE_STRING EarDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Early");
static UNICODE_STRING EarLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Early");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &EarDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&EarLinkName, &EarDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    EarTable = ExAllocatePoolWithTag(NonPagedPoolNx, EAR_SIZE, EAR_TAG);
    if (EarTable == NULL) {
        IoDeleteDevice(device);
        return STATUS_INSUFFICIENT_RESOURCES; /* leak62: RegistrationLeak */
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = EarCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = EarCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = EarControl;
    DriverObject->DriverUnload = EarUnload;
    return STATUS_SUCCESS;
}

VOID EarUnload(PDRIVER_OBJECT DriverObject)
{
    ExFreePoolWithTag(EarTable, EAR_TAG);
    IoDeleteSymbolicLink(&EarLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS EarCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS EarClear(VOID)
{
    RtlZeroMemory(EarTable, EAR_SIZE);
    return STATUS_SUCCESS;
}

NTSTATUS EarControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_EAR_CLEAR)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else
        status = EarClear();

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
