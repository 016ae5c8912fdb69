/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The control device: loading, unloading, opening and closing. */
#include "quillon.h"

static UNICODE_STRING QlDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Quillon");
static UNICODE_STRING QlLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Quillon");

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registryPath)
{
    PDEVICE_OBJECT device;
    QL_EXTENSION *ext;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(registryPath);

    status = IoCreateDevice(driver, sizeof(QL_EXTENSION), &QlDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    ext = device->DeviceExtension;
    RtlZeroMemory(ext, sizeof(*ext));
    ExInitializeFastMutex(&ext->Lock);

    /* Table 0 is always there: it changes nothing. */
    ext->Tables[0] = QlAlloc(QL_TABLE_SIZE);
    if (ext->Tables[0] == NULL) {
        IoDeleteDevice(device);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (ULONG i = 0; i < QL_TABLE_SIZE; i++)
        ext->Tables[0][i] = (UCHAR)i;

    status = IoCreateSymbolicLink(&QlLinkName, &QlDeviceName);
    if (!NT_SUCCESS(status)) {
        QlFree(ext->Tables[0]);
        IoDeleteDevice(device);
        return status;
    }

    driver->MajorFunction[IRP_MJ_CREATE] = QlCreate;
    driver->MajorFunction[IRP_MJ_CLEANUP] = QlCleanup;
    driver->MajorFunction[IRP_MJ_CLOSE] = QlClose;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = QlControl;
    driver->DriverUnload = QlUnload;
    return STATUS_SUCCESS;
}

VOID QlUnload(PDRIVER_OBJECT driver)
{
    QL_EXTENSION *ext = driver->DeviceObject->DeviceExtension;
    ULONG i;

    IoDeleteSymbolicLink(&QlLinkName);

    for (i = 0; i < QL_TABLES; i++)
        QlFree(ext->Tables[i]);
    if (ext->Key != NULL) {
        RtlSecureZeroMemory(ext->Key, ext->KeyLength);
        QlFree(ext->Key);
    }
    IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS QlFinish(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS QlCreate(PDEVICE_OBJECT device, PIRP irp)
{
    PFILE_OBJECT fileObject = IoGetCurrentIrpStackLocation(irp)->FileObject;
    QL_FILE *file;

    UNREFERENCED_PARAMETER(device);

    /* There is nothing below the device's own name. */
    if (fileObject->FileName.Length != 0)
        return QlFinish(irp, STATUS_OBJECT_NAME_NOT_FOUND, 0);

    /* The fast mutex has to be resident. */
    file = ExAllocatePoolWithTag(NonPagedPool, sizeof(QL_FILE), QL_TAG);
    if (file == NULL)
        return QlFinish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);

    RtlZeroMemory(file, sizeof(*file));
    ExInitializeFastMutex(&file->Lock);
    fileObject->FsContext = file;
    return QlFinish(irp, STATUS_SUCCESS, 0);
}

/* The last handle is closed; a window must not outlive its process. */
NTSTATUS QlCleanup(PDEVICE_OBJECT device, PIRP irp)
{
    QL_FILE *file = IoGetCurrentIrpStackLocation(irp)->FileObject->FsContext;

    UNREFERENCED_PARAMETER(device);

    QlReleaseWindow(file, TRUE);
    return QlFinish(irp, STATUS_SUCCESS, 0);
}

NTSTATUS QlClose(PDEVICE_OBJECT device, PIRP irp)
{
    PFILE_OBJECT fileObject = IoGetCurrentIrpStackLocation(irp)->FileObject;

    UNREFERENCED_PARAMETER(device);

    QlFree(fileObject->FsContext);
    fileObject->FsContext = NULL;
    return QlFinish(irp, STATUS_SUCCESS, 0);
}
