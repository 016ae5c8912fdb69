/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Only administrators may open the device.  The caller's subject context is
 * captured to find out; a restricted caller is turned away without releasing it.
 */
#include <ntifs.h>

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD GrdUnload;
DRIVER_DISPATCH GrdCreate;
DRIVER_DISPATCH GrdClose;

static UNICODE_STRING GrdDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Guard");
static UNICODE_STRING GrdLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Guard");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &GrdDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&GrdLinkName, &GrdDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = GrdCreate;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = GrdClose;
    DriverObject->DriverUnload = GrdUnload;
    return STATUS_SUCCESS;
}

VOID GrdUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&GrdLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

/* Runs in the context of the thread that opens. */
static NTSTATUS GrdMayOpen(VOID)
{
    SECURITY_SUBJECT_CONTEXT subject;
    PACCESS_TOKEN token;
    NTSTATUS status = STATUS_ACCESS_DENIED;

    SeCaptureSubjectContext(&subject);
    token = SeQuerySubjectContextToken(&subject);

    if (SeTokenIsRestricted(token))
        return STATUS_ACCESS_DENIED; /* leak62: SubjectContextLeak */

    if (SeTokenIsAdmin(token))
        status = STATUS_SUCCESS;

    SeReleaseSubjectContext(&subject);
    return status;
}

NTSTATUS GrdCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    status = GrdMayOpen();
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS GrdClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}
