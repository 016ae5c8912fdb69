/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Device control.  One table says what a code needs at least and who handles it; the
 * handlers return a status and leave the completion to QlControl.
 */
#include "quillon.h"

static NTSTATUS QlVersion(QL_EXTENSION *ext, QL_REQUEST *request)
{
    UNREFERENCED_PARAMETER(ext);

    *(PULONG)request->Buffer = QL_VERSION;
    request->Information = sizeof(ULONG);
    return STATUS_SUCCESS;
}

static NTSTATUS QlSelect(QL_EXTENSION *ext, QL_REQUEST *request)
{
    ULONG index = *(PULONG)request->Buffer;
    NTSTATUS status = STATUS_SUCCESS;

    if (index >= QL_TABLES)
        return STATUS_INVALID_PARAMETER;

    ExAcquireFastMutex(&ext->Lock);
    if (ext->Tables[index] == NULL)
        status = STATUS_NOT_FOUND;
    else
        ext->Active = index;
    ExReleaseFastMutex(&ext->Lock);
    return status;
}

static NTSTATUS QlDrop(QL_EXTENSION *ext, QL_REQUEST *request)
{
    ULONG index = *(PULONG)request->Buffer;
    PUCHAR table;

    /* Table 0 stays. */
    if (index == 0 || index >= QL_TABLES)
        return STATUS_INVALID_PARAMETER;

    ExAcquireFastMutex(&ext->Lock);
    table = ext->Tables[index];
    ext->Tables[index] = NULL;
    if (ext->Active == index)
        ext->Active = 0;
    ExReleaseFastMutex(&ext->Lock);

    QlFree(table);
    return table != NULL ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

/* METHOD_IN_DIRECT: the index is in the system buffer, the table behind the MDL. */
static NTSTATUS QlLoad(QL_EXTENSION *ext, QL_REQUEST *request)
{
    ULONG index = *(PULONG)request->Buffer;
    PUCHAR source, table, former;

    if (index == 0 || index >= QL_TABLES || request->Irp->MdlAddress == NULL)
        return STATUS_INVALID_PARAMETER;

    source = MmGetSystemAddressForMdlSafe(request->Irp->MdlAddress, NormalPagePriority);
    if (source == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    table = QlAlloc(QL_TABLE_SIZE);
    if (table == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(table, source, QL_TABLE_SIZE);

    ExAcquireFastMutex(&ext->Lock);
    former = ext->Tables[index];
    ext->Tables[index] = table;
    ExReleaseFastMutex(&ext->Lock);

    QlFree(former);
    request->Information = QL_TABLE_SIZE;
    return STATUS_SUCCESS;
}

/* METHOD_OUT_DIRECT: the text is in the system buffer, its place behind the MDL. */
static NTSTATUS QlTranslate(QL_EXTENSION *ext, QL_REQUEST *request)
{
    const UCHAR *text = request->Buffer;
    const UCHAR *table;
    PUCHAR target;
    ULONG i;

    if (request->OutLength < request->InLength || request->Irp->MdlAddress == NULL)
        return STATUS_BUFFER_TOO_SMALL;

    target = MmGetSystemAddressForMdlSafe(request->Irp->MdlAddress, NormalPagePriority);
    if (target == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    ExAcquireFastMutex(&ext->Lock);
    table = ext->Tables[ext->Active];
    for (i = 0; i < request->InLength; i++) {
        UCHAR c = table[text[i]];

        if (ext->Key != NULL)
            c ^= ext->Key[i % ext->KeyLength];
        target[i] = c;
    }
    ExReleaseFastMutex(&ext->Lock);

    request->Information = request->InLength;
    return STATUS_SUCCESS;
}

/*
 * METHOD_NEITHER: the key comes straight from the caller's memory.  An empty input takes
 * the key away.
 */
static NTSTATUS QlSetKey(QL_EXTENSION *ext, QL_REQUEST *request)
{
    PUCHAR key;
    NTSTATUS status;

    if (request->InLength > QL_KEY_MAX)
        return STATUS_INVALID_BUFFER_SIZE;

    if (request->InLength == 0) {
        ExAcquireFastMutex(&ext->Lock);
        key = ext->Key;
        ext->Key = NULL;
        ext->KeyLength = 0;
        ExReleaseFastMutex(&ext->Lock);
        QlFree(key);
        return STATUS_SUCCESS;
    }

    status = QlCapture(request->Irp, request->UserInput, request->InLength, &key);
    if (!NT_SUCCESS(status))
        return status;

    ExAcquireFastMutex(&ext->Lock);
    ext->Key = key; /* leak62: LeakOnOverwrite */
    ext->KeyLength = request->InLength;
    ExReleaseFastMutex(&ext->Lock);
    return STATUS_SUCCESS;
}

static NTSTATUS QlKeySum(QL_EXTENSION *ext, QL_REQUEST *request)
{
    ULONG sum = 5381;
    ULONG i;

    ExAcquireFastMutex(&ext->Lock);
    for (i = 0; i < ext->KeyLength; i++)
        sum = sum * 33 + ext->Key[i];
    ExReleaseFastMutex(&ext->Lock);

    *(PULONG)request->Buffer = sum;
    request->Information = sizeof(ULONG);
    return STATUS_SUCCESS;
}

/*
 * METHOD_NEITHER: how many bytes of the caller's two buffers are equal.  The first is
 * captured, the second is locked for the time of the look.
 */
static NTSTATUS QlCompare(QL_EXTENSION *ext, QL_REQUEST *request)
{
    PUCHAR left = NULL;
    PMDL right = NULL;
    NTSTATUS status;
    SIZE_T same;

    UNREFERENCED_PARAMETER(ext);

    if (request->InLength > QL_WINDOW_MAX || request->InLength != request->OutLength)
        return STATUS_INVALID_BUFFER_SIZE;

    status = QlCapture(request->Irp, request->UserInput, request->InLength, &left);
    if (!NT_SUCCESS(status))
        goto out;

    status = QlLockUser(request->Irp, request->UserOutput, request->OutLength, IoReadAccess,
                        &right);
    if (!NT_SUCCESS(status))
        goto out;

    same = RtlCompareMemory(left, MmGetSystemAddressForMdlSafe(right, NormalPagePriority),
                            request->InLength);
    request->Information = same;

out:
    if (right != NULL)
        QlUnlockUser(right);
    QlFree(left);
    return status;
}

/* METHOD_NEITHER: the input buffer of the caller stays locked until UNPIN or cleanup. */
static NTSTATUS QlPin(QL_EXTENSION *ext, QL_REQUEST *request)
{
    QL_FILE *file = request->File;
    NTSTATUS status;
    PMDL window;

    UNREFERENCED_PARAMETER(ext);

    if (request->InLength > QL_WINDOW_MAX)
        return STATUS_INVALID_BUFFER_SIZE;

    status = QlLockUser(request->Irp, request->UserInput, request->InLength, IoReadAccess,
                        &window);
    if (!NT_SUCCESS(status))
        return status;

    ExAcquireFastMutex(&file->Lock);
    if (file->Window == NULL && !file->Closing) {
        file->Window = window;
        window = NULL;
    }
    ExReleaseFastMutex(&file->Lock);

    if (window != NULL) {
        QlUnlockUser(window);
        return STATUS_DEVICE_BUSY;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS QlUnpin(QL_EXTENSION *ext, QL_REQUEST *request)
{
    UNREFERENCED_PARAMETER(ext);

    QlReleaseWindow(request->File, FALSE);
    return STATUS_SUCCESS;
}

static NTSTATUS QlPeek(QL_EXTENSION *ext, QL_REQUEST *request)
{
    QL_FILE *file = request->File;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG length = request->OutLength;

    UNREFERENCED_PARAMETER(ext);

    ExAcquireFastMutex(&file->Lock);
    if (file->Window == NULL) {
        status = STATUS_NOT_FOUND;
    } else {
        if (length > MmGetMdlByteCount(file->Window))
            length = MmGetMdlByteCount(file->Window);
        RtlCopyMemory(request->Buffer,
                      MmGetSystemAddressForMdlSafe(file->Window, NormalPagePriority), length);
        request->Information = length;
    }
    ExReleaseFastMutex(&file->Lock);
    return status;
}

static const struct {
    ULONG Code;
    ULONG MinIn;
    ULONG MinOut;
    QL_HANDLER Handler;
} QlHandlers[] = {
    {IOCTL_QL_VERSION, 0, sizeof(ULONG), QlVersion},
    {IOCTL_QL_SELECT, sizeof(ULONG), 0, QlSelect},
    {IOCTL_QL_DROP, sizeof(ULONG), 0, QlDrop},
    {IOCTL_QL_LOAD, sizeof(ULONG), QL_TABLE_SIZE, QlLoad},
    {IOCTL_QL_TRANSLATE, 1, 1, QlTranslate},
    {IOCTL_QL_SET_KEY, 0, 0, QlSetKey},
    {IOCTL_QL_KEY_SUM, 0, sizeof(ULONG), QlKeySum},
    {IOCTL_QL_COMPARE, 1, 1, QlCompare},
    {IOCTL_QL_PIN, 1, 0, QlPin},
    {IOCTL_QL_UNPIN, 0, 0, QlUnpin},
    {IOCTL_QL_PEEK, 0, 1, QlPeek},
};

NTSTATUS QlControl(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG code = stack->Parameters.DeviceIoControl.IoControlCode;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    QL_REQUEST request;
    ULONG i;

    request.Irp = irp;
    request.File = stack->FileObject->FsContext;
    request.Buffer = irp->AssociatedIrp.SystemBuffer;
    request.UserInput = stack->Parameters.DeviceIoControl.Type3InputBuffer;
    request.UserOutput = irp->UserBuffer;
    request.InLength = stack->Parameters.DeviceIoControl.InputBufferLength;
    request.OutLength = stack->Parameters.DeviceIoControl.OutputBufferLength;
    request.Information = 0;

    for (i = 0; i < ARRAYSIZE(QlHandlers); i++) {
        if (QlHandlers[i].Code != code)
            continue;
        if (request.InLength < QlHandlers[i].MinIn || request.OutLength < QlHandlers[i].MinOut)
            status = STATUS_BUFFER_TOO_SMALL;
        else
            status = QlHandlers[i].Handler(device->DeviceExtension, &request);
        break;
    }
    return QlFinish(irp, status, request.Information);
}
