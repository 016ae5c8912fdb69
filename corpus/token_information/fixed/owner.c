/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Prints how long the security identifier of the caller is, and in which session it
 * runs: the one comes in pool that is the driver's to free, the other by value.
 */
#include <ntifs.h>

#define IOCTL_OWN_PRINT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8D6, METHOD_BUFFERED, FILE_ANY_ACCESS)

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD OwnUnload;
DRIVER_DISPATCH OwnCreateClose;
DRIVER_DISPATCH OwnControl;

static UNICODE_STRING OwnDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Owner");
static UNICODE_STRING OwnLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Owner");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &OwnDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&OwnLinkName, &OwnDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = OwnCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = OwnCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = OwnControl;
    DriverObject->DriverUnload = OwnUnload;
    return STATUS_SUCCESS;
}

VOID OwnUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&OwnLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS OwnCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS OwnPrint(VOID)
{
    SECURITY_SUBJECT_CONTEXT subject;
    PACCESS_TOKEN token;
    PTOKEN_USER user;
    ULONG session;
    NTSTATUS status;

    SeCaptureSubjectContext(&subject);
    token = SeQuerySubjectContextToken(&subject);

    status = SeQueryInformationToken(token, TokenUser, (PVOID *)&user);
    if (NT_SUCCESS(status)) {
        DbgPrint("owner: %lu bytes\n", RtlLengthSid(user->User.Sid));
        ExFreePool(user);
        status = SeQueryInformationToken(token, TokenSessionId, (PVOID *)&session);
    }

    if (NT_SUCCESS(status))
        DbgPrint("owner: session %lu\n", session);
    SeReleaseSubjectContext(&subject);
    return status;
}

NTSTATUS OwnControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_OWN_PRINT)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else
        status = OwnPrint();

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
