/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Slot driver: load, unload and device control. */
#include "slots.h"

static NTSTATUS SlotDispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(Irp);
    ULONG in = sp->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = sp->Parameters.DeviceIoControl.OutputBufferLength;
    PULONG input = Irp->AssociatedIrp.SystemBuffer;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG done = 0;

    UNREFERENCED_PARAMETER(Device);

    if (sp->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
        if (in < sizeof(ULONG)) {
            status = STATUS_BUFFER_TOO_SMALL;
        } else {
            switch (sp->Parameters.DeviceIoControl.IoControlCode) {
            case IOCTL_SLOT_STORE:
                status = SlotStore(input[0], input + 1, in - sizeof(ULONG));
                break;
            case IOCTL_SLOT_FETCH:
                status = SlotFetch(input[0], input, out, &done);
                break;
            case IOCTL_SLOT_CLEAR:
                status = SlotClear(input[0]);
                break;
            default:
                status = STATUS_INVALID_DEVICE_REQUEST;
            }
        }
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = done;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static VOID SlotUnload(PDRIVER_OBJECT Driver)
{
    IoDeleteDevice(Driver->DeviceObject);
    SlotsTeardown();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\SlotTab");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Path);

    status = SlotsSetup();
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
                            &device);
    if (!NT_SUCCESS(status)) {
        SlotsTeardown();
        return status;
    }

    Driver->MajorFunction[IRP_MJ_CREATE] = SlotDispatch;
    Driver->MajorFunction[IRP_MJ_CLOSE] = SlotDispatch;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = SlotDispatch;
    Driver->DriverUnload = SlotUnload;
    return STATUS_SUCCESS;
}
