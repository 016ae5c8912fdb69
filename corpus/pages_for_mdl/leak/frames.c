/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Zeroed pages for a moment.  MmFreePagesFromMdl frees the pages, but not the MDL
 * that describes them.
 */
#include <ntddk.h>

#define FRM_SIZE (16 * PAGE_SIZE)

#define IOCTL_FRM_FILL CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8D1, METHOD_BUFFERED, FILE_ANY_ACCESS)

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD FrmUnload;
DRIVER_DISPATCH FrmCreateClose;
DRIVER_DISPATCH FrmControl;

static UNICODE_STRING FrmDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Frames");
static UNICODE_STRING FrmLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Frames");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &FrmDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&FrmLinkName, &FrmDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = FrmCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = FrmCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = FrmControl;
    DriverObject->DriverUnload = FrmUnload;
    return STATUS_SUCCESS;
}

VOID FrmUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&FrmLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS FrmCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS FrmFill(VOID)
{
    PHYSICAL_ADDRESS low, high, skip;
    PVOID memory;
    PMDL mdl;

    low.QuadPart = 0;
    high.QuadPart = -1;
    skip.QuadPart = 0;
    mdl = MmAllocatePagesForMdl(low, high, skip, FRM_SIZE);
    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    memory = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    if (memory == NULL) {
        MmFreePagesFromMdl(mdl);
        ExFreePool(mdl);
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    RtlFillMemory(memory, MmGetMdlByteCount(mdl), 0xA5);
    MmUnmapLockedPages(memory, mdl);
    MmFreePagesFromMdl(mdl);
    return STATUS_SUCCESS; /* leak62: LeakOnPath */
}

NTSTATUS FrmControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_FRM_FILL)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else
        status = FrmFill();

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
