/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Counts processes.  The notify routine is never removed: after the unload the
 * system calls into code that is gone.
 */
#include <ntddk.h>

#define IOCTL_CNS_COUNT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8D2, METHOD_BUFFERED, FILE_ANY_ACCESS)

static LONG CnsCount;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD CnsUnload;
DRIVER_DISPATCH CnsCreateClose;
DRIVER_DISPATCH CnsControl;

static UNICODE_STRING CnsDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Census");
static UNICODE_STRING CnsLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Census");

static VOID CnsNotify(HANDLE ParentId, HANDLE ProcessId, BOOLEAN Create)
{
    UNREFERENCED_PARAMETER(ParentId);
    UNREFERENCED_PARAMETER(ProcessId);

    if (Create)
        InterlockedIncrement(&CnsCount);
    else
        InterlockedDecrement(&CnsCount);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &CnsDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&CnsLinkName, &CnsDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    status = PsSetCreateProcessNotifyRoutine(CnsNotify, FALSE); /* leak62: RegistrationLeak */
    if (!NT_SUCCESS(status)) {
        IoDeleteSymbolicLink(&CnsLinkName);
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = CnsCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = CnsCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = CnsControl;
    DriverObject->DriverUnload = CnsUnload;
    return STATUS_SUCCESS;
}

VOID CnsUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&CnsLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS CnsCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS CnsPrint(VOID)
{
    DbgPrint("census: %ld processes\n", CnsCount);
    return STATUS_SUCCESS;
}

NTSTATUS CnsControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_CNS_COUNT)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else
        status = CnsPrint();

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
