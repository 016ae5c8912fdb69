/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Visits by processes, in rows; a request begins them anew. */
#include <ntddk.h>

#define VISIT_TAG 'tsiV'
#define IOCTL_ADD CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_RESET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_ANY_ACCESS)

DRIVER_INITIALIZE DriverEntry;

#define ROWS 16

typedef struct _VISIT {
    struct _VISIT *Next;
    HANDLE Process;
} VISIT, *PVISIT;

typedef struct _VISIT_ROW {
    FAST_MUTEX Lock;
    PVISIT First;
} VISIT_ROW, *PVISIT_ROW;

typedef struct _VISIT_EXTENSION {
    VISIT_ROW Rows[ROWS];
} VISIT_EXTENSION, *PVISIT_EXTENSION;

static NTSTATUS AddVisit(PVISIT_EXTENSION Ext, HANDLE Process)
{
    PVISIT_ROW row = &Ext->Rows[((ULONG_PTR)Process >> 2) % ROWS];
    PVISIT visit = ExAllocatePoolWithTag(PagedPool, sizeof(VISIT), VISIT_TAG); /* leak62: LeakAtUnload */

    if (visit == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    visit->Process = Process;
    ExAcquireFastMutex(&row->Lock);
    visit->Next = row->First;
    row->First = visit;
    ExReleaseFastMutex(&row->Lock);
    return STATUS_SUCCESS;
}

static VOID ResetVisits(PVISIT_EXTENSION Ext)
{
    PVISIT visit, next;
    ULONG i;

    for (i = 0; i < ROWS; i++) {
        ExAcquireFastMutex(&Ext->Rows[i].Lock);
        visit = Ext->Rows[i].First;
        Ext->Rows[i].First = NULL;
        ExReleaseFastMutex(&Ext->Rows[i].Lock);
        for (; visit != NULL; visit = next) {
            next = visit->Next;
            ExFreePoolWithTag(visit, VISIT_TAG);
        }
    }
}

static NTSTATUS Control(PDEVICE_OBJECT DeviceObject, ULONG Code)
{
    PVISIT_EXTENSION ext = DeviceObject->DeviceExtension;

    if (Code == IOCTL_ADD)
        return AddVisit(ext, PsGetCurrentProcessId());
    if (Code != IOCTL_RESET)
        return STATUS_INVALID_DEVICE_REQUEST;
    ResetVisits(ext);
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
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Visits");
    PDEVICE_OBJECT device;
    NTSTATUS status;
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(DriverObject, sizeof(VISIT_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    for (i = 0; i < ROWS; i++)
        ExInitializeFastMutex(&((PVISIT_EXTENSION)device->DeviceExtension)->Rows[i].Lock);

    DriverObject->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    DriverObject->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
