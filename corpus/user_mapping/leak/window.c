/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Shows its counters to the caller for the time of a request.  Where the caller's
 * text does not fit the mapping into its address space stays.
 */
#include <ntddk.h>

#define WIN_TAG 'dniW'

#define IOCTL_WIN_SHOW CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8D7, METHOD_BUFFERED, FILE_ANY_ACCESS)

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD WinUnload;
DRIVER_DISPATCH WinCreateClose;
DRIVER_DISPATCH WinControl;

static UNICODE_STRING WinDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Window");
static UNICODE_STRING WinLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Window");

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, 0, &WinDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&WinLinkName, &WinDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = WinCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = WinCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = WinControl;
    DriverObject->DriverUnload = WinUnload;
    return STATUS_SUCCESS;
}

VOID WinUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&WinLinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS WinCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS WinMap(PMDL Mdl, ULONG Length)
{
    PVOID view;

    __try {
        view = MmMapLockedPagesSpecifyCache(Mdl, UserMode, MmCached, NULL, FALSE,
                                            NormalPagePriority);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    if (view == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    if (Length > PAGE_SIZE) {
        return STATUS_INVALID_BUFFER_SIZE; /* leak62: MappingLeak */
    }

    DbgPrint("window: at %p\n", view);
    MmUnmapLockedPages(view, Mdl);
    return STATUS_SUCCESS;
}

static NTSTATUS WinShow(ULONG Length)
{
    PVOID counters;
    NTSTATUS status;
    PMDL mdl;

    counters = ExAllocatePoolWithTag(NonPagedPoolNx, PAGE_SIZE, WIN_TAG);
    if (counters == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(counters, PAGE_SIZE);

    mdl = IoAllocateMdl(counters, PAGE_SIZE, FALSE, FALSE, NULL);
    if (mdl == NULL) {
        ExFreePoolWithTag(counters, WIN_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    MmBuildMdlForNonPagedPool(mdl);

    status = WinMap(mdl, Length);

    IoFreeMdl(mdl);
    ExFreePoolWithTag(counters, WIN_TAG);
    return status;
}

NTSTATUS WinControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_WIN_SHOW)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else
        status = WinShow(stack->Parameters.DeviceIoControl.InputBufferLength);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
