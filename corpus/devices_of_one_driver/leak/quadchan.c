/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Four channels, each a device of its own with a byte queue between writers and readers.
 * A channel's queue is made by the first write to it.
 */
#include <wdm.h>
#include <ntstrsafe.h>

#define QC_CHANNELS 4
#define QC_QUEUE_BYTES 8192u
#define QC_TAG 'hCdQ'

typedef struct {
    KMUTEX Guard;
    ULONG Number;
    PUCHAR Fifo;
    ULONG Head;
    ULONG Used;
} CHANNEL;

static NTSTATUS Finish(PIRP Irp, NTSTATUS Status, ULONG Bytes)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Bytes;
    IoCompleteRequest(Irp, Bytes ? IO_DISK_INCREMENT : IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS OnCreateClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    (VOID)Device;
    return Finish(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS OnWrite(PDEVICE_OBJECT Device, PIRP Irp)
{
    CHANNEL *chan = Device->DeviceExtension;
    ULONG want = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
    PUCHAR from = Irp->AssociatedIrp.SystemBuffer;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG done = 0;

    KeWaitForSingleObject(&chan->Guard, Executive, KernelMode, FALSE, NULL);
    if (!chan->Fifo) {
        chan->Fifo = ExAllocatePoolWithTag(PagedPool, QC_QUEUE_BYTES, QC_TAG);
        if (!chan->Fifo) {
            status = STATUS_NO_MEMORY;
            goto out;
        }
        chan->Head = chan->Used = 0;
    }
    while (done < want && chan->Used < QC_QUEUE_BYTES) {
        chan->Fifo[(chan->Head + chan->Used) % QC_QUEUE_BYTES] = from[done];
        chan->Used++;
        done++;
    }
out:
    KeReleaseMutex(&chan->Guard, FALSE);
    return Finish(Irp, status, done);
}

static NTSTATUS OnRead(PDEVICE_OBJECT Device, PIRP Irp)
{
    CHANNEL *chan = Device->DeviceExtension;
    ULONG room = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;
    PUCHAR to = Irp->AssociatedIrp.SystemBuffer;
    ULONG done = 0;

    KeWaitForSingleObject(&chan->Guard, Executive, KernelMode, FALSE, NULL);
    while (done < room && chan->Used) {
        to[done++] = chan->Fifo[chan->Head];
        chan->Head = (chan->Head + 1) % QC_QUEUE_BYTES;
        chan->Used--;
    }
    KeReleaseMutex(&chan->Guard, FALSE);
    return Finish(Irp, STATUS_SUCCESS, done);
}

static VOID OnUnload(PDRIVER_OBJECT Driver)
{
    PDEVICE_OBJECT device = Driver->DeviceObject;

    while (device) {
        PDEVICE_OBJECT following = device->NextDevice;
        CHANNEL *chan = device->DeviceExtension;

        if (chan->Used) {
            if (chan->Used)
                DbgPrint("quadchan: %lu bytes of channel %lu dropped\n", chan->Used, chan->Number);
            ExFreePoolWithTag(chan->Fifo, QC_TAG);
        }
        IoDeleteDevice(device);
        device = following;
    }
} /* leak62: LeakOnUnloadPath */

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Key)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG n;

    (VOID)Key;

    for (n = 0; n < QC_CHANNELS; n++) {
        WCHAR text[32];
        UNICODE_STRING name;
        PDEVICE_OBJECT device;
        CHANNEL *chan;

        RtlStringCchPrintfW(text, RTL_NUMBER_OF(text), L"\\Device\\QuadChan%lu", n);
        RtlInitUnicodeString(&name, text);
        status = IoCreateDevice(Driver, sizeof(CHANNEL), &name, FILE_DEVICE_SERIAL_PORT, 0, FALSE,
                                &device);
        if (!NT_SUCCESS(status))
            break;
        chan = device->DeviceExtension;
        RtlZeroMemory(chan, sizeof(*chan));
        KeInitializeMutex(&chan->Guard, 0);
        chan->Number = n;
        device->Flags |= DO_BUFFERED_IO;
        device->Flags &= ~DO_DEVICE_INITIALIZING;
    }
    if (!NT_SUCCESS(status)) {
        /* No queues yet. */
        while (Driver->DeviceObject)
            IoDeleteDevice(Driver->DeviceObject);
        return status;
    }

    Driver->MajorFunction[IRP_MJ_CREATE] = OnCreateClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = OnCreateClose;
    Driver->MajorFunction[IRP_MJ_READ] = OnRead;
    Driver->MajorFunction[IRP_MJ_WRITE] = OnWrite;
    Driver->DriverUnload = OnUnload;
    return STATUS_SUCCESS;
}
