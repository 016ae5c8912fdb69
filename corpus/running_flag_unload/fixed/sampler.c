/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Sampler: notes the performance counter every few milliseconds in a ring while it
 * runs.  After a stop the ring can still be read.
 */
#include <ntddk.h>

#define SMP_TAG 'pmaS'
#define SMP_RING_ENTRIES 1024
#define SMP_PERIOD_MS 10

#define IOCTL_SMP_START CTL_CODE(FILE_DEVICE_UNKNOWN, 0x811, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_SMP_STOP  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x812, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _SMP_STATE {
    FAST_MUTEX  ControlLock;
    BOOLEAN     Running;
    KTIMER      Timer;
    KDPC        Dpc;
    KSPIN_LOCK  RingLock;
    LONGLONG   *Ring;
    ULONG       Next;
    ULONG       Filled;
} SMP_STATE;

static SMP_STATE gSmp;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD     SmpUnload;
DRIVER_DISPATCH   SmpCreateClose, SmpRead, SmpControl;
KDEFERRED_ROUTINE SmpTick;

VOID SmpTick(PKDPC Dpc, PVOID Context, PVOID Arg1, PVOID Arg2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Arg1);
    UNREFERENCED_PARAMETER(Arg2);

    KeAcquireSpinLockAtDpcLevel(&gSmp.RingLock);
    gSmp.Ring[gSmp.Next] = KeQueryPerformanceCounter(NULL).QuadPart;
    gSmp.Next = (gSmp.Next + 1) % SMP_RING_ENTRIES;
    if (gSmp.Filled < SMP_RING_ENTRIES)
        gSmp.Filled++;
    KeReleaseSpinLockFromDpcLevel(&gSmp.RingLock);
}

static VOID SmpHaltClock(VOID)
{
    KeCancelTimer(&gSmp.Timer);
    KeFlushQueuedDpcs();
}

static NTSTATUS SmpStart(VOID)
{
    LARGE_INTEGER due;
    NTSTATUS      status = STATUS_SUCCESS;

    ExAcquireFastMutex(&gSmp.ControlLock);
    if (gSmp.Running) {
        status = STATUS_DEVICE_BUSY;
    } else {
        /* A ring from the last run serves again. */
        if (gSmp.Ring == NULL)
            gSmp.Ring = ExAllocatePoolWithTag(NonPagedPool, SMP_RING_ENTRIES * sizeof(LONGLONG),
                                              SMP_TAG);
        if (gSmp.Ring == NULL) {
            status = STATUS_INSUFFICIENT_RESOURCES;
        } else {
            gSmp.Next = gSmp.Filled = 0;
            gSmp.Running = TRUE;
            due.QuadPart = -10000LL * SMP_PERIOD_MS;
            KeSetTimerEx(&gSmp.Timer, due, SMP_PERIOD_MS, &gSmp.Dpc);
        }
    }
    ExReleaseFastMutex(&gSmp.ControlLock);
    return status;
}

static NTSTATUS SmpStop(VOID)
{
    BOOLEAN wasRunning;

    ExAcquireFastMutex(&gSmp.ControlLock);
    wasRunning = gSmp.Running;
    if (wasRunning)
        KeCancelTimer(&gSmp.Timer);
    gSmp.Running = FALSE;
    ExReleaseFastMutex(&gSmp.ControlLock);
    return wasRunning ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_STATE;
}

NTSTATUS SmpControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);

    switch (IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_SMP_START: status = SmpStart(); break;
    case IOCTL_SMP_STOP:  status = SmpStop();  break;
    default:              status = STATUS_INVALID_DEVICE_REQUEST;
    }
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS SmpRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    LONGLONG *out = Irp->AssociatedIrp.SystemBuffer;
    ULONG     room, i, at;
    KIRQL     irql;

    UNREFERENCED_PARAMETER(DeviceObject);

    room = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length / sizeof(LONGLONG);

    KeAcquireSpinLock(&gSmp.RingLock, &irql);
    if (room > gSmp.Filled)
        room = gSmp.Filled;
    for (i = 0; i < room; i++) {
        at = (gSmp.Next + SMP_RING_ENTRIES - room + i) % SMP_RING_ENTRIES;
        out[i] = gSmp.Ring[at];
    }
    KeReleaseSpinLock(&gSmp.RingLock, irql);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = room * sizeof(LONGLONG);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS SmpCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID SmpUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, L"\\DosDevices\\Sampler");
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(DriverObject->DeviceObject);

    if (gSmp.Running)
        gSmp.Running = FALSE;
    SmpHaltClock();
    if (gSmp.Ring != NULL) {
        ExFreePoolWithTag(gSmp.Ring, SMP_TAG);
        gSmp.Ring = NULL;
    }
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name, link;
    PDEVICE_OBJECT device;
    NTSTATUS       status;

    UNREFERENCED_PARAMETER(RegistryPath);

    ExInitializeFastMutex(&gSmp.ControlLock);
    KeInitializeSpinLock(&gSmp.RingLock);
    KeInitializeTimer(&gSmp.Timer);
    KeInitializeDpc(&gSmp.Dpc, SmpTick, NULL);

    RtlInitUnicodeString(&name, L"\\Device\\Sampler");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (NT_SUCCESS(status)) {
        device->Flags |= DO_BUFFERED_IO;
        RtlInitUnicodeString(&link, L"\\DosDevices\\Sampler");
        status = IoCreateSymbolicLink(&link, &name);
        if (NT_SUCCESS(status)) {
            DriverObject->MajorFunction[IRP_MJ_CREATE] = SmpCreateClose;
            DriverObject->MajorFunction[IRP_MJ_CLOSE] = SmpCreateClose;
            DriverObject->MajorFunction[IRP_MJ_READ] = SmpRead;
            DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = SmpControl;
            DriverObject->DriverUnload = SmpUnload;
        } else {
            IoDeleteDevice(device);
        }
    }
    return status;
}
