/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Probes that a work item looks after; a request drops the last one. */
#include <ntddk.h>

#define PROBE_TAG 'borP'
#define IOCTL_ADD CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_RESET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_ANY_ACCESS)

DRIVER_INITIALIZE DriverEntry;

typedef struct _PROBE {
    LIST_ENTRY Link;
    LONG References;
    PIO_WORKITEM Item;
    LONG Rounds;
} PROBE, *PPROBE;

static LIST_ENTRY ProbeList;
static KSPIN_LOCK ProbeLock;

static VOID ReleaseProbe(PPROBE Probe)
{
    if (InterlockedDecrement(&Probe->References) == 0) {
        IoFreeWorkItem(Probe->Item);
        ExFreePoolWithTag(Probe, PROBE_TAG);
    }
}

static VOID ProbeWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    PPROBE probe = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    probe->Rounds++;
    ReleaseProbe(probe);
}

static NTSTATUS AddProbe(PDEVICE_OBJECT DeviceObject)
{
    PPROBE probe = ExAllocatePoolWithTag(NonPagedPool, sizeof(PROBE), PROBE_TAG);

    if (probe == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    probe->Rounds = 0;
    probe->References = 2;
    probe->Item = IoAllocateWorkItem(DeviceObject);
    if (probe->Item == NULL) {
        ExFreePoolWithTag(probe, PROBE_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ExInterlockedInsertTailList(&ProbeList, &probe->Link, &ProbeLock);
    IoQueueWorkItem(probe->Item, ProbeWork, DelayedWorkQueue, probe);
    return STATUS_SUCCESS;
}

static VOID DropProbes(VOID)
{
    PLIST_ENTRY link;

    while ((link = ExInterlockedRemoveHeadList(&ProbeList, &ProbeLock)) != NULL)
        ReleaseProbe(CONTAINING_RECORD(link, PROBE, Link));
}

static NTSTATUS Control(PDEVICE_OBJECT DeviceObject, ULONG Code)
{
    if (Code == IOCTL_ADD)
        return AddProbe(DeviceObject);
    if (Code != IOCTL_RESET)
        return STATUS_INVALID_DEVICE_REQUEST;
    DropProbes();
    return STATUS_SUCCESS;
}

/* Every request comes here. */
static NTSTATUS Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;

    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        status = Control(DeviceObject, stack->Parameters.DeviceIoControl.IoControlCode);
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static VOID Unload(PDRIVER_OBJECT DriverObject)
{
    DropProbes();
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Probes");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    InitializeListHead(&ProbeList);
    KeInitializeSpinLock(&ProbeLock);

    DriverObject->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    DriverObject->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
