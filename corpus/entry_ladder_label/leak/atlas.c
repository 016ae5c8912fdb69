/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Atlas: a sparse array of 4096 small pages of notes, reached by page number with
 * byte offsets of reads and writes.
 */
#include <ntddk.h>

#define ATLAS_TAG 'altA'
#define ATLAS_PAGES 4096
#define ATLAS_PAGE_BYTES 256

typedef struct _ATLAS_PAGE {
    UCHAR Bytes[ATLAS_PAGE_BYTES];
} ATLAS_PAGE, *PATLAS_PAGE;

static ERESOURCE AtlasResource;
static PAGED_LOOKASIDE_LIST AtlasPagePool;
static PATLAS_PAGE *AtlasIndex;
static PDEVICE_OBJECT AtlasDevice;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD AtlasUnload;
DRIVER_DISPATCH AtlasOpenClose, AtlasRead, AtlasWrite;

static NTSTATUS AtlasFinish(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* A request stays within one page. */
static BOOLEAN AtlasLocate(LONGLONG Offset, ULONG Length, PULONG Page, PULONG Start)
{
    if (Offset < 0 || Offset >= (LONGLONG)ATLAS_PAGES * ATLAS_PAGE_BYTES)
        return FALSE;
    *Page = (ULONG)(Offset / ATLAS_PAGE_BYTES);
    *Start = (ULONG)(Offset % ATLAS_PAGE_BYTES);
    return Length != 0 && Length <= ATLAS_PAGE_BYTES - *Start;
}

NTSTATUS AtlasOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    return AtlasFinish(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS AtlasRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.Read.Length;
    ULONG page, start;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (!AtlasLocate(stack->Parameters.Read.ByteOffset.QuadPart, length, &page, &start))
        return AtlasFinish(Irp, STATUS_INVALID_PARAMETER, 0);

    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(&AtlasResource, TRUE);
    if (AtlasIndex[page] != NULL)
        RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, AtlasIndex[page]->Bytes + start, length);
    else
        RtlZeroMemory(Irp->AssociatedIrp.SystemBuffer, length);
    ExReleaseResourceLite(&AtlasResource);
    KeLeaveCriticalRegion();
    return AtlasFinish(Irp, STATUS_SUCCESS, length);
}

NTSTATUS AtlasWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.Write.Length;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG page, start;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (!AtlasLocate(stack->Parameters.Write.ByteOffset.QuadPart, length, &page, &start))
        return AtlasFinish(Irp, STATUS_INVALID_PARAMETER, 0);

    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&AtlasResource, TRUE);
    if (AtlasIndex[page] == NULL) {
        AtlasIndex[page] = ExAllocateFromPagedLookasideList(&AtlasPagePool);
        if (AtlasIndex[page] != NULL)
            RtlZeroMemory(AtlasIndex[page], sizeof(ATLAS_PAGE));
    }
    if (AtlasIndex[page] != NULL)
        RtlCopyMemory(AtlasIndex[page]->Bytes + start, Irp->AssociatedIrp.SystemBuffer, length);
    else
        status = STATUS_INSUFFICIENT_RESOURCES;
    ExReleaseResourceLite(&AtlasResource);
    KeLeaveCriticalRegion();
    return AtlasFinish(Irp, status, NT_SUCCESS(status) ? length : 0);
}

VOID AtlasUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link;
    ULONG page;

    UNREFERENCED_PARAMETER(DriverObject);

    RtlInitUnicodeString(&link, L"\\DosDevices\\Atlas");
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(AtlasDevice);

    for (page = 0; page < ATLAS_PAGES; page++) {
        if (AtlasIndex[page] != NULL)
            ExFreeToPagedLookasideList(&AtlasPagePool, AtlasIndex[page]);
    }
    ExFreePoolWithTag(AtlasIndex, ATLAS_TAG);
    ExDeletePagedLookasideList(&AtlasPagePool);
    ExDeleteResourceLite(&AtlasResource);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name, link;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = ExInitializeResourceLite(&AtlasResource);
    if (!NT_SUCCESS(status))
        return status;

    ExInitializePagedLookasideList(&AtlasPagePool, NULL, NULL, 0, sizeof(ATLAS_PAGE), ATLAS_TAG,
                                   0);

    AtlasIndex = ExAllocatePoolWithTag(PagedPool, ATLAS_PAGES * sizeof(PATLAS_PAGE), ATLAS_TAG);
    if (AtlasIndex == NULL) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        goto UndoLookaside;
    }
    RtlZeroMemory(AtlasIndex, ATLAS_PAGES * sizeof(PATLAS_PAGE));

    RtlInitUnicodeString(&name, L"\\Device\\Atlas");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &AtlasDevice);
    if (!NT_SUCCESS(status))
        goto UndoLookaside;

    RtlInitUnicodeString(&link, L"\\DosDevices\\Atlas");
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status))
        goto UndoDevice;

    AtlasDevice->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = AtlasOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = AtlasOpenClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = AtlasRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = AtlasWrite;
    DriverObject->DriverUnload = AtlasUnload;
    return STATUS_SUCCESS;

UndoDevice:
    IoDeleteDevice(AtlasDevice);
    ExFreePoolWithTag(AtlasIndex, ATLAS_TAG);
UndoLookaside:
    ExDeletePagedLookasideList(&AtlasPagePool);
    ExDeleteResourceLite(&AtlasResource);
    return status; /* leak62: LeakOnFailedLoad */
}
