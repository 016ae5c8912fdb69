/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Keeps the last processes that were started in a ring of records.  Each record has a copy of
 * the image name.  An IOCTL gives back the name of the record with a given age.
 */
#ifndef NTDDI_VERSION
#define NTDDI_VERSION 0x06010000
#endif
#include <ntddk.h>

#define RING_TAG 'gniR'
#define RING_SLOTS 64
#define IOCTL_RING_QUERY CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_READ_ACCESS)

typedef struct _PROC_RECORD {
    HANDLE Pid;
    HANDLE ParentPid;
    LARGE_INTEGER When;
    ULONG NameBytes;
    PWCHAR Name;
} PROC_RECORD, *PPROC_RECORD;

static PROC_RECORD g_Ring[RING_SLOTS];
static ULONG g_Next;
static FAST_MUTEX g_RingLock;
static UNICODE_STRING g_DevName = RTL_CONSTANT_STRING(L"\\Device\\ProcRing");
static UNICODE_STRING g_LinkName = RTL_CONSTANT_STRING(L"\\??\\ProcRing");

static VOID OnProcessNotify(PEPROCESS Process, HANDLE ProcessId, PPS_CREATE_NOTIFY_INFO CreateInfo)
{
    PPROC_RECORD slot;
    PWCHAR copy;
    ULONG bytes;

    UNREFERENCED_PARAMETER(Process);

    if (CreateInfo == NULL || CreateInfo->ImageFileName == NULL)
        return;

    bytes = CreateInfo->ImageFileName->Length;
    copy = (PWCHAR)ExAllocatePoolWithTag(PagedPool, bytes + sizeof(WCHAR), RING_TAG);
    if (copy == NULL)
        return;
    RtlCopyMemory(copy, CreateInfo->ImageFileName->Buffer, bytes);
    copy[bytes / sizeof(WCHAR)] = L'\0';

    ExAcquireFastMutex(&g_RingLock);
    slot = &g_Ring[g_Next % RING_SLOTS];
    g_Next++;
    slot->Pid = ProcessId;
    slot->ParentPid = CreateInfo->ParentProcessId;
    KeQuerySystemTime(&slot->When);
    slot->NameBytes = bytes;
    if (slot->Name != NULL)
        ExFreePoolWithTag(slot->Name, RING_TAG);
    slot->Name = copy;
    ExReleaseFastMutex(&g_RingLock);
}

static NTSTATUS RingCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS RingControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG outLength = stack->Parameters.DeviceIoControl.OutputBufferLength;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    ULONG_PTR info = 0;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_RING_QUERY) {
        if (stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(ULONG)) {
            status = STATUS_INVALID_PARAMETER;
        } else {
            ULONG age = *(PULONG)Irp->AssociatedIrp.SystemBuffer;

            ExAcquireFastMutex(&g_RingLock);
            if (age >= RING_SLOTS || age >= g_Next) {
                status = STATUS_NO_MORE_ENTRIES;
            } else {
                PPROC_RECORD slot = &g_Ring[(g_Next - 1 - age) % RING_SLOTS];

                if (outLength < slot->NameBytes) {
                    status = STATUS_BUFFER_TOO_SMALL;
                } else {
                    RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, slot->Name, slot->NameBytes);
                    info = slot->NameBytes;
                    status = STATUS_SUCCESS;
                }
            }
            ExReleaseFastMutex(&g_RingLock);
        }
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = info;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static VOID RingUnload(PDRIVER_OBJECT DriverObject)
{
    ULONG i;

    PsSetCreateProcessNotifyRoutineEx(OnProcessNotify, TRUE);
    for (i = 0; i < RING_SLOTS; i++) {
        if (g_Ring[i].Name != NULL) {
            ExFreePoolWithTag(g_Ring[i].Name, RING_TAG);
            g_Ring[i].Name = NULL;
        }
    }
    IoDeleteSymbolicLink(&g_LinkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    ExInitializeFastMutex(&g_RingLock);
    status = IoCreateDevice(DriverObject, 0, &g_DevName, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&g_LinkName, &g_DevName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = RingCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = RingCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = RingControl;
    DriverObject->DriverUnload = RingUnload;

    status = PsSetCreateProcessNotifyRoutineEx(OnProcessNotify, FALSE);
    if (!NT_SUCCESS(status)) {
        IoDeleteSymbolicLink(&g_LinkName);
        IoDeleteDevice(device);
    }
    return status;
}
