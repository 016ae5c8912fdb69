/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * FrameWin: two picture frames that take turns, with an MDL over each so that the
 * physical pages can be told to a capture card.
 */
#include <ntddk.h>

#define FW_TAG 'niWF'
#define FW_FRAME_BYTES (16 * PAGE_SIZE)
#define FW_FRAMES 2

#define IOCTL_FW_PAGES CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8F0, METHOD_BUFFERED, FILE_READ_DATA)
#define IOCTL_FW_FLIP  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8F1, METHOD_BUFFERED, FILE_WRITE_DATA)

#define FW_FREE(p)                          \
    do {                                    \
        if ((p) != NULL) {                  \
            ExFreePoolWithTag((p), FW_TAG); \
            (p) = NULL;                     \
        }                                   \
    } while (0)

#define FW_FREE_MDL(m)    \
    do {                  \
        if ((m) != NULL) { \
            IoFreeMdl(m); \
            (m) = NULL;   \
        }                 \
    } while (0)

typedef struct {
    PVOID Bits;
    PMDL Mdl;
} FW_FRAME;

typedef struct {
    FAST_MUTEX Mutex;
    ULONG Front;
    FW_FRAME Frame[FW_FRAMES];
} FW_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD FwUnload;
DRIVER_DISPATCH FwDispatch;

static void FwDropFrames(FW_EXTENSION *ext)
{
    int i;

    for (i = 0; i < FW_FRAMES; i++) {
        FW_FREE(ext->Frame[i].Mdl); /* leak62: WrongFree */
        FW_FREE(ext->Frame[i].Bits);
    }
}

static NTSTATUS FwMakeFrame(FW_FRAME *frame)
{
    PVOID bits;
    PMDL mdl;

    bits = ExAllocatePoolWithTag(NonPagedPool, FW_FRAME_BYTES, FW_TAG);
    if (bits == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    mdl = IoAllocateMdl(bits, FW_FRAME_BYTES, FALSE, FALSE, NULL);
    if (mdl == NULL) {
        FW_FREE(bits);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    MmBuildMdlForNonPagedPool(mdl);
    RtlZeroMemory(bits, FW_FRAME_BYTES);
    frame->Bits = bits;
    frame->Mdl = mdl;
    return STATUS_SUCCESS;
}

static NTSTATUS FwPages(FW_EXTENSION *ext, PULONGLONG out, ULONG bytes, PULONG_PTR info)
{
    PFN_NUMBER *pfn;
    ULONG pages, i;
    PMDL mdl;

    ExAcquireFastMutex(&ext->Mutex);
    mdl = ext->Frame[ext->Front ^ 1].Mdl;
    pages = ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(mdl), MmGetMdlByteCount(mdl));
    if (bytes < pages * sizeof(ULONGLONG)) {
        ExReleaseFastMutex(&ext->Mutex);
        return STATUS_BUFFER_TOO_SMALL;
    }
    pfn = MmGetMdlPfnArray(mdl);
    for (i = 0; i < pages; i++)
        out[i] = (ULONGLONG)pfn[i] << PAGE_SHIFT;
    ExReleaseFastMutex(&ext->Mutex);
    *info = pages * sizeof(ULONGLONG);
    return STATUS_SUCCESS;
}

NTSTATUS FwDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FW_EXTENSION *ext = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;
    ULONG_PTR info = 0;
    ULONG length;

    switch (sp->MajorFunction) {
    case IRP_MJ_CREATE:
    case IRP_MJ_CLOSE:
        break;

    case IRP_MJ_READ:
        length = sp->Parameters.Read.Length;
        if (length > FW_FRAME_BYTES)
            length = FW_FRAME_BYTES;
        ExAcquireFastMutex(&ext->Mutex);
        RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, ext->Frame[ext->Front].Bits, length);
        ExReleaseFastMutex(&ext->Mutex);
        info = length;
        break;

    case IRP_MJ_DEVICE_CONTROL:
        if (sp->Parameters.DeviceIoControl.IoControlCode == IOCTL_FW_PAGES) {
            status = FwPages(ext, Irp->AssociatedIrp.SystemBuffer,
                             sp->Parameters.DeviceIoControl.OutputBufferLength, &info);
        } else if (sp->Parameters.DeviceIoControl.IoControlCode == IOCTL_FW_FLIP) {
            ExAcquireFastMutex(&ext->Mutex);
            ext->Front ^= 1;
            ExReleaseFastMutex(&ext->Mutex);
        } else {
            status = STATUS_INVALID_DEVICE_REQUEST;
        }
        break;

    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = info;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

VOID FwUnload(PDRIVER_OBJECT DriverObject)
{
    PDEVICE_OBJECT device = DriverObject->DeviceObject;

    FwDropFrames(device->DeviceExtension);
    IoDeleteDevice(device);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\FrameWin");
    PDEVICE_OBJECT device;
    FW_EXTENSION *ext;
    FW_FRAME second;
    NTSTATUS status;
    int i;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = IoCreateDevice(DriverObject, sizeof(FW_EXTENSION), &name, FILE_DEVICE_UNKNOWN, 0,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    ext = device->DeviceExtension;
    RtlZeroMemory(ext, sizeof(*ext));
    ExInitializeFastMutex(&ext->Mutex);

    status = FwMakeFrame(&ext->Frame[0]);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    status = FwMakeFrame(&second);
    if (!NT_SUCCESS(status)) {
        FW_FREE_MDL(ext->Frame[0].Mdl);
        FW_FREE(ext->Frame[0].Bits);
        IoDeleteDevice(device);
        return status;
    }
    ext->Frame[1] = second;

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = FwDispatch;
    device->Flags |= DO_BUFFERED_IO;
    DriverObject->DriverUnload = FwUnload;
    return STATUS_SUCCESS;
}
