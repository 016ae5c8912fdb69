/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * mydriver.c - loading, unloading and dispatching.
 */
#include "mydriver.h"

#define MYDRIVER_DEVICE_NAME L"\\Device\\MyDriver"
#define MYDRIVER_LINK_NAME L"\\DosDevices\\MyDriver"

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING deviceName, linkName;
    PDEVICE_OBJECT deviceObject;
    PDEVICE_EXTENSION ext;
    NTSTATUS status;
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&deviceName, MYDRIVER_DEVICE_NAME);
    status = IoCreateDevice(DriverObject, sizeof(DEVICE_EXTENSION), &deviceName,
                            FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &deviceObject);
    if (!NT_SUCCESS(status))
        return status;

    ext = (PDEVICE_EXTENSION)deviceObject->DeviceExtension;
    ExInitializeFastMutex(&ext->Lock);
    ext->Buffer = NULL;
    ext->Mdl = NULL;
    ext->WorkItem = NULL;

    RtlInitUnicodeString(&linkName, MYDRIVER_LINK_NAME);
    status = IoCreateSymbolicLink(&linkName, &deviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(deviceObject);
        return status;
    }

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = AllIRPDispatch;
    DriverObject->DriverUnload = MyUnload;
    return STATUS_SUCCESS;
}

VOID MyUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING linkName;

    RtlInitUnicodeString(&linkName, MYDRIVER_LINK_NAME);
    IoDeleteSymbolicLink(&linkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

/* Everything comes in here.  A control device gets no PnP requests of use. */
NTSTATUS AllIRPDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    Irp->IoStatus.Information = 0;
    if (stack->MajorFunction == IRP_MJ_PNP)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else
        status = NonPNPIRPDispatch(DeviceObject, Irp);

    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS NonPNPIRPDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    switch (stack->MajorFunction) {
    case IRP_MJ_CREATE:
    case IRP_MJ_CLEANUP:
    case IRP_MJ_CLOSE:
        return STATUS_SUCCESS;
    case IRP_MJ_DEVICE_CONTROL:
        status = DeviceControlDispatch(DeviceObject, Irp);
        if (NT_SUCCESS(status))
            status = GetNecessaryObjects(DeviceObject);
        return status;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}
