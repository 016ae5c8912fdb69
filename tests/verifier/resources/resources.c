/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that takes one thing of each kind of resources.def and gives it back, or not:
 * the control code is 0x800 and twice the place in the table, one more to give it back.
 * resources_test.py knows them by the order of the table.
 */
#include <ntifs.h>

#define TAG 'crsr'

typedef struct _DEVICE_EXTENSION {
    ERESOURCE Resource;
    IO_REMOVE_LOCK RemoveLock;
    EX_RUNDOWN_REF Rundown;
    KAPC_STATE Attached;
    KFLOATING_SAVE Floating;
    SECURITY_SUBJECT_CONTEXT Subject;
    LARGE_INTEGER Cookie;
    NPAGED_LOOKASIDE_LIST List;
    PIO_WORKITEM WorkItem;
    KBUGCHECK_CALLBACK_RECORD Record;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static PDEVICE_OBJECT First;

NTSTATUS NTAPI PoCreatePowerRequest(PVOID *request, PDEVICE_OBJECT device, PVOID context);
VOID NTAPI PoDeletePowerRequest(PVOID request);

static void Resource(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    ExInitializeResourceLite(&ext->Resource);
    if (back)
        ExDeleteResourceLite(&ext->Resource);
}

static void RemoveLock(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    IoInitializeRemoveLock(&ext->RemoveLock, TAG, 0, 0);
    if (NT_SUCCESS(IoAcquireRemoveLock(&ext->RemoveLock, ext)) && back)
        IoReleaseRemoveLock(&ext->RemoveLock, ext);
}

/* What is waited for never comes: the run hangs. */
static void RemoveLockAwaited(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    RemoveLock(ext, back);
    IoAcquireRemoveLock(&ext->RemoveLock, First);
    IoReleaseRemoveLockAndWait(&ext->RemoveLock, First);
}

static void Rundown(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    ExInitializeRundownProtection(&ext->Rundown);
    if (ExAcquireRundownProtection(&ext->Rundown) && back)
        ExReleaseRundownProtection(&ext->Rundown);
}

/* Protection that is refused is not held. */
static void RundownRefused(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    UNREFERENCED_PARAMETER(back);
    ExInitializeRundownProtection(&ext->Rundown);
    ExWaitForRundownProtectionRelease(&ext->Rundown);
    ExAcquireRundownProtection(&ext->Rundown);
}

static void Process(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    KeStackAttachProcess((PKPROCESS)PsInitialSystemProcess, &ext->Attached);
    if (back)
        KeUnstackDetachProcess(&ext->Attached);
}

static void Floating(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    if (NT_SUCCESS(KeSaveFloatingPointState(&ext->Floating)) && back)
        KeRestoreFloatingPointState(&ext->Floating);
}

static void Subject(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    SeCaptureSubjectContext(&ext->Subject);
    if (back)
        SeReleaseSubjectContext(&ext->Subject);
}

static void ErrorLog(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PVOID entry = IoAllocateErrorLogEntry(First, sizeof(IO_ERROR_LOG_PACKET));

    UNREFERENCED_PARAMETER(ext);
    if (entry && back)
        IoFreeErrorLogEntry(entry);
}

static VOID NTAPI Notify(HANDLE parent, HANDLE process, BOOLEAN create)
{
    UNREFERENCED_PARAMETER(parent);
    UNREFERENCED_PARAMETER(process);
    UNREFERENCED_PARAMETER(create);
}

static void NotifyProcess(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    UNREFERENCED_PARAMETER(ext);
    if (NT_SUCCESS(PsSetCreateProcessNotifyRoutine(Notify, FALSE)) && back)
        PsSetCreateProcessNotifyRoutine(Notify, TRUE);
}

static VOID NTAPI NotifyImage(PUNICODE_STRING name, HANDLE process, PIMAGE_INFO image)
{
    UNREFERENCED_PARAMETER(name);
    UNREFERENCED_PARAMETER(process);
    UNREFERENCED_PARAMETER(image);
}

static void Image(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    UNREFERENCED_PARAMETER(ext);
    if (NT_SUCCESS(PsSetLoadImageNotifyRoutine(NotifyImage)) && back)
        PsRemoveLoadImageNotifyRoutine(NotifyImage);
}

static NTSTATUS NTAPI Registry(PVOID context, PVOID what, PVOID information)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(what);
    UNREFERENCED_PARAMETER(information);
    return STATUS_SUCCESS;
}

/* Known by its address when it is made, by its value when it is given back. */
static void Cookie(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    UNICODE_STRING altitude = RTL_CONSTANT_STRING(L"320000");

    if (NT_SUCCESS(CmRegisterCallbackEx(Registry, &altitude, First->DriverObject, NULL,
                                        &ext->Cookie, NULL)) && back)
        CmUnRegisterCallback(ext->Cookie);
}

static NTSTATUS NTAPI PnpChanged(PVOID notification, PVOID context)
{
    UNREFERENCED_PARAMETER(notification);
    UNREFERENCED_PARAMETER(context);
    return STATUS_SUCCESS;
}

static void PlugPlay(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PVOID entry;

    UNREFERENCED_PARAMETER(ext);
    if (NT_SUCCESS(IoRegisterPlugPlayNotification(EventCategoryHardwareProfileChange, 0, NULL,
                                                  First->DriverObject, PnpChanged, NULL,
                                                  &entry)) && back)
        IoUnregisterPlugPlayNotification(entry);
}

static void Pages(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PHYSICAL_ADDRESS low, high, skip;
    PMDL mdl;

    UNREFERENCED_PARAMETER(ext);
    low.QuadPart = skip.QuadPart = 0;
    high.QuadPart = -1;
    mdl = MmAllocatePagesForMdl(low, high, skip, 2 * PAGE_SIZE);
    if (mdl && back)
        MmFreePagesFromMdl(mdl);
    if (mdl)
        ExFreePool(mdl);
}

static void View(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    LARGE_INTEGER size;
    SIZE_T length = 0;
    PVOID section, base = NULL;
    HANDLE handle;

    UNREFERENCED_PARAMETER(ext);
    size.QuadPart = PAGE_SIZE;
    ZwCreateSection(&handle, SECTION_ALL_ACCESS, NULL, &size, PAGE_READWRITE, SEC_COMMIT, NULL);
    ObReferenceObjectByHandle(handle, SECTION_ALL_ACCESS, NULL, KernelMode, &section, NULL);
    ZwClose(handle);
    MmMapViewInSystemSpace(section, &base, &length);
    ObDereferenceObject(section);
    if (back)
        MmUnmapViewInSystemSpace(base);
}

static PDMA_ADAPTER Adapter(void)
{
    DEVICE_DESCRIPTION description;
    ULONG registers;

    RtlZeroMemory(&description, sizeof(description));
    description.Version = DEVICE_DESCRIPTION_VERSION;
    description.Master = TRUE;
    description.Dma32BitAddresses = TRUE;
    description.InterfaceType = PCIBus;
    description.MaximumLength = PAGE_SIZE;
    return IoGetDmaAdapter(First, &description, &registers);
}

static void DmaAdapter(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PDMA_ADAPTER adapter = Adapter();

    UNREFERENCED_PARAMETER(ext);
    if (back)
        adapter->DmaOperations->PutDmaAdapter(adapter);
}

static void CommonBuffer(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PDMA_ADAPTER adapter = Adapter();
    PHYSICAL_ADDRESS logical;
    PVOID memory = adapter->DmaOperations->AllocateCommonBuffer(adapter, 2 * PAGE_SIZE, &logical,
                                                                FALSE);

    UNREFERENCED_PARAMETER(ext);
    if (back)
        adapter->DmaOperations->FreeCommonBuffer(adapter, 2 * PAGE_SIZE, logical, memory, FALSE);
    adapter->DmaOperations->PutDmaAdapter(adapter);
}

static void FileSystem(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    UNREFERENCED_PARAMETER(ext);
    IoRegisterFileSystem(First);
    if (back)
        IoUnregisterFileSystem(First);
}

static void WorkItem(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    ext->WorkItem = ExAllocatePoolWithTag(NonPagedPool, IoSizeofWorkItem(), TAG);
    IoInitializeWorkItem(First, ext->WorkItem);
    if (back)
        IoUninitializeWorkItem(ext->WorkItem);
    ExFreePoolWithTag(ext->WorkItem, TAG);
}

static void Attached(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PDEVICE_OBJECT lower, device;

    UNREFERENCED_PARAMETER(ext);
    IoCreateDevice(First->DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    lower = IoAttachDeviceToDeviceStack(device, First);
    if (lower && back)
        IoDetachDevice(lower);
    if (back)
        IoDeleteDevice(device);
}

static void Impersonation(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PACCESS_TOKEN token = PsReferencePrimaryToken(PsGetCurrentProcess());

    UNREFERENCED_PARAMETER(ext);
    PsImpersonateClient(PsGetCurrentThread(), token, FALSE, FALSE, SecurityImpersonation);
    PsDereferencePrimaryToken(token);
    if (back)
        PsRevertToSelf();
}

static void PowerRequest(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PVOID request;

    UNREFERENCED_PARAMETER(ext);
    if (NT_SUCCESS(PoCreatePowerRequest(&request, First, NULL)) && back)
        PoDeletePowerRequest(request);
}

static void RundownObject(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PEX_RUNDOWN_REF_CACHE_AWARE aware = ExAllocateCacheAwareRundownProtection(NonPagedPool, TAG);

    UNREFERENCED_PARAMETER(ext);
    if (ExAcquireRundownProtectionCacheAware(aware))
        ExReleaseRundownProtectionCacheAware(aware);
    if (back)
        ExFreeCacheAwareRundownProtection(aware);
}

static VOID NTAPI BugCheck(PVOID buffer, ULONG length)
{
    UNREFERENCED_PARAMETER(buffer);
    UNREFERENCED_PARAMETER(length);
}

static void BugCheckCallback(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PKBUGCHECK_CALLBACK_RECORD record = &ext->Record;

    KeInitializeCallbackRecord(record);
    if (KeRegisterBugCheckCallback(record, BugCheck, NULL, 0, (PUCHAR)"leak62") && back)
        KeDeregisterBugCheckCallback(record);
}

static VOID NTAPI Notified(PVOID context, PVOID argument1, PVOID argument2)
{
    UNREFERENCED_PARAMETER(argument2);
    *(PULONG)context += (ULONG)(ULONG_PTR)argument1;
}

/* The registration is left only if the callback was called, once. */
static void CallbackObject(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Callback\\Resources");
    OBJECT_ATTRIBUTES attributes;
    PCALLBACK_OBJECT object, same;
    PVOID registration;
    ULONG sum = 0;

    UNREFERENCED_PARAMETER(ext);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (NT_SUCCESS(ExCreateCallback(&object, &attributes, FALSE, TRUE)) ||
        !NT_SUCCESS(ExCreateCallback(&object, &attributes, TRUE, TRUE)))
        return;
    ExCreateCallback(&same, &attributes, FALSE, TRUE);
    registration = ExRegisterCallback(object, Notified, &sum);
    ExNotifyCallback(same, (PVOID)3, NULL);
    if (back || sum != 3)
        ExUnregisterCallback(registration);
    ObDereferenceObject(same);
    ObDereferenceObject(object);
}

static void Events(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    static const GUID id = {0x62626262, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
    REGHANDLE handle;

    UNREFERENCED_PARAMETER(ext);
    if (NT_SUCCESS(EtwRegister(&id, NULL, NULL, &handle)) && back)
        EtwUnregister(handle);
}

/* A second owner's reference, which the request that took it gives back: that of the other
 * stays the one that is left. */
static void ReferenceOfAnother(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    UNREFERENCED_PARAMETER(ext);
    ObReferenceObject(First);
    if (back)
        ObDereferenceObject(First);
}

/* Of what is freed by the wrong routine, and by the right one. */
static void MdlAsPool(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PMDL mdl = IoAllocateMdl(ext, 8, FALSE, FALSE, NULL);

    if (back)
        IoFreeMdl(mdl);
    else
        ExFreePool(mdl);
}

static void IrpAsPool(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PIRP irp = IoAllocateIrp(1, FALSE);

    UNREFERENCED_PARAMETER(ext);
    if (back)
        IoFreeIrp(irp);
    else
        ExFreePool(irp);
}

static void WorkItemAsPool(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PIO_WORKITEM item = IoAllocateWorkItem(First);

    UNREFERENCED_PARAMETER(ext);
    if (back)
        IoFreeWorkItem(item);
    else
        ExFreePool(item);
}

static void EntryAsPool(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PVOID entries[6];

    ExInitializeNPagedLookasideList(&ext->List, NULL, NULL, 0, 64, TAG, 0);
    /* More than the list keeps, so that some are freed by its own routine. */
    for (int i = 0; i < 6; i++)
        entries[i] = ExAllocateFromNPagedLookasideList(&ext->List);
    for (int i = 1; i < 6; i++)
        ExFreeToNPagedLookasideList(&ext->List, entries[i]);
    if (back)
        ExFreeToNPagedLookasideList(&ext->List, entries[0]);
    else
        ExFreePoolWithTag(entries[0], TAG);
    ExDeleteNPagedLookasideList(&ext->List);
}

/* Documented for both: the MDL of pages is pool, and IoFreeMdl frees it as well. */
static void MdlOfPages(PDEVICE_EXTENSION ext, BOOLEAN back)
{
    PHYSICAL_ADDRESS low, high, skip;
    PMDL mdl;

    UNREFERENCED_PARAMETER(ext);
    low.QuadPart = skip.QuadPart = 0;
    high.QuadPart = -1;
    mdl = MmAllocatePagesForMdl(low, high, skip, PAGE_SIZE);
    MmFreePagesFromMdl(mdl);
    if (back)
        ExFreePool(mdl);
    else
        IoFreeMdl(mdl);
}

static void (*const Requests[])(PDEVICE_EXTENSION, BOOLEAN) = {
    Resource, RemoveLock, RemoveLockAwaited, Rundown, RundownRefused, Process, Floating, Subject,
    ErrorLog, NotifyProcess, Image, Cookie, PlugPlay, Pages, View, DmaAdapter, CommonBuffer,
    FileSystem, WorkItem, Attached, ReferenceOfAnother, MdlAsPool, IrpAsPool, WorkItemAsPool,
    EntryAsPool, MdlOfPages, Impersonation, PowerRequest, RundownObject, BugCheckCallback,
    CallbackObject, Events,
};

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG number;

    UNREFERENCED_PARAMETER(device);
    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
        number = (stack->Parameters.DeviceIoControl.IoControlCode >> 2 & 0xfff) - 0x800;
        if (number / 2 < sizeof(Requests) / sizeof(*Requests))
            Requests[number / 2](First->DeviceExtension, number % 2 != 0);
    }
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID NTAPI Unload(PDRIVER_OBJECT driver)
{
    UNREFERENCED_PARAMETER(driver);
    IoDeleteDevice(First);
}

/* With a value named Fail, DriverEntry fails; 1: and leaves its device, its link and a
 * registration, 2: and leaves nothing. */
static ULONG WayToFail(PUNICODE_STRING path)
{
    UCHAR buffer[sizeof(KEY_VALUE_PARTIAL_INFORMATION) + sizeof(ULONG)];
    PKEY_VALUE_PARTIAL_INFORMATION value = (PVOID)buffer;
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Fail");
    OBJECT_ATTRIBUTES attributes;
    ULONG length, way = 0;
    HANDLE key;

    InitializeObjectAttributes(&attributes, path, OBJ_KERNEL_HANDLE, NULL, NULL);
    if (!NT_SUCCESS(ZwOpenKey(&key, KEY_READ, &attributes)))
        return 0;
    if (NT_SUCCESS(ZwQueryValueKey(key, &name, KeyValuePartialInformation, value, sizeof(buffer),
                                   &length)))
        way = *(PULONG)value->Data;
    ZwClose(key);
    return way;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Resources");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\??\\Resources");
    NTSTATUS status = IoCreateDevice(driver, sizeof(DEVICE_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                                     0, FALSE, &First);
    ULONG way = WayToFail(path);

    if (!NT_SUCCESS(status))
        return status;
    if (way) {
        IoCreateSymbolicLink(&link, &name);
        PsSetCreateProcessNotifyRoutine(Notify, FALSE);
        if (way == 1)
            return STATUS_INSUFFICIENT_RESOURCES;
        PsSetCreateProcessNotifyRoutine(Notify, TRUE);
        IoDeleteSymbolicLink(&link);
        IoDeleteDevice(First);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
