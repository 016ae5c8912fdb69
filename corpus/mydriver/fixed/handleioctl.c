/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * handleioctl.c - device control requests: the staging buffer, the MDL over it
 * and the work item.
 *
 * What a request makes stays in the device extension for the next one.  If the
 * MDL cannot be had after the buffer, the buffer stays and the next request
 * tries the MDL again.
 */
#include "mydriver.h"

/*
 * IOCTL_MYDRIVER_FILL: takes the caller's data into the staging buffer.
 */
NTSTATUS DeviceControlDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG code = stack->Parameters.DeviceIoControl.IoControlCode;
    ULONG length = stack->Parameters.DeviceIoControl.InputBufferLength;
    NTSTATUS status = STATUS_SUCCESS;

    if (code != IOCTL_MYDRIVER_FILL)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (length == 0 || length > MYDRIVER_BUFFER_SIZE)
        return STATUS_INVALID_BUFFER_SIZE;

    /*
     * Requests come in parallel; only one of them may find a pointer
     * empty.
     */
    ExAcquireFastMutex(&ext->Lock);

    /*
     * The staging buffer.
     */
    if (ext->Buffer == NULL) {
        ext->Buffer = ExAllocatePoolWithTag(NonPagedPool, MYDRIVER_BUFFER_SIZE, MYDRIVER_TAG);
        if (ext->Buffer == NULL) {
            ExReleaseFastMutex(&ext->Lock);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        RtlZeroMemory(ext->Buffer, MYDRIVER_BUFFER_SIZE);
    }

    /*
     * The MDL over it.
     */
    if (ext->Mdl == NULL) {
        ext->Mdl = IoAllocateMdl(ext->Buffer, MYDRIVER_BUFFER_SIZE, FALSE, FALSE, NULL);
        if (ext->Mdl == NULL)
            status = STATUS_INSUFFICIENT_RESOURCES;
        else
            MmBuildMdlForNonPagedPool(ext->Mdl);
    }

    if (NT_SUCCESS(status))
        RtlCopyMemory(ext->Buffer, Irp->AssociatedIrp.SystemBuffer, length);

    ExReleaseFastMutex(&ext->Lock);
    return status;
}

/* The work item for the flush that will follow. */
NTSTATUS GetNecessaryObjects(PDEVICE_OBJECT DeviceObject)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)DeviceObject->DeviceExtension;
    NTSTATUS status = STATUS_SUCCESS;

    ExAcquireFastMutex(&ext->Lock);
    if (ext->WorkItem == NULL) {
        ext->WorkItem = IoAllocateWorkItem(DeviceObject);
        if (ext->WorkItem == NULL)
            status = STATUS_INSUFFICIENT_RESOURCES;
    }
    ExReleaseFastMutex(&ext->Lock);
    return status;
}

/* Called at unload, when no request can come any more. */
VOID FreeNecessaryObjects(PDEVICE_OBJECT DeviceObject)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)DeviceObject->DeviceExtension;

    if (ext->WorkItem != NULL) {
        IoFreeWorkItem(ext->WorkItem);
        ext->WorkItem = NULL;
    }
    if (ext->Mdl != NULL) {
        IoFreeMdl(ext->Mdl);
        ext->Mdl = NULL;
    }
    if (ext->Buffer != NULL) {
        ExFreePoolWithTag(ext->Buffer, MYDRIVER_TAG);
        ext->Buffer = NULL;
    }
}
