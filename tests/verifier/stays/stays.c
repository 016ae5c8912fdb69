/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A driver without DriverUnload: READ keeps one block more each time, WRITE replaces the one
 * before. */
#include <ntddk.h>

#define TAG 'yats'

typedef struct _NODE {
    struct _NODE *Next;
    ULONG64 Data;
} NODE, *PNODE;

static PNODE Read, Written;

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    PNODE node;

    if (stack->MajorFunction == IRP_MJ_READ) {
        node = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*node), TAG);
        node->Next = Read;
        Read = node;
    } else if (stack->MajorFunction == IRP_MJ_WRITE) {
        if (Written)
            ExFreePoolWithTag(Written, TAG);
        Written = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*node), TAG);
        Written->Next = NULL;
    }
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);

    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    return status;
}
