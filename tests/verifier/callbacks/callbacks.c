/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that checks what kernel services promise that call it back, and those around
 * them, a group for each control code, as in services/services.c.
 */
#define NTDDI_VERSION 0x0A000000
#define _WIN32_WINNT 0x0A00
#include <ntifs.h>

#define TAG 'bllc'
#define CHECK(condition)                                                                       \
    do {                                                                                       \
        if (!(condition))                                                                      \
            __asm__ volatile("int $0x29" : : "c"(__LINE__));                                   \
    } while (0)

typedef struct _DEVICE_EXTENSION {
    PDEVICE_OBJECT Device;
    PDRIVER_OBJECT Driver;
    ULONG Calls;
    ULONG Order[16];
    ULONG Count;
    PIRP Irps[3];
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static PDEVICE_EXTENSION Extension;

static void Note(ULONG value)
{
    if (Extension->Count < 16)
        Extension->Order[Extension->Count++] = value;
}

static HANDLE Key(PCWSTR path, HANDLE root)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    HANDLE key;

    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, root, NULL);
    CHECK(NT_SUCCESS(ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, 0, NULL)));
    return key;
}

static BOOLEAN HasKey(PCWSTR path, HANDLE root)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    HANDLE key;

    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, root, NULL);
    if (!NT_SUCCESS(ZwOpenKey(&key, KEY_READ, &attributes)))
        return FALSE;
    ZwClose(key);
    return TRUE;
}

static HANDLE ServiceKey(void)
{
    return Key(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\leak62", NULL);
}

static NTSTATUS Set(HANDLE key, PCWSTR name, ULONG value)
{
    UNICODE_STRING string;

    RtlInitUnicodeString(&string, name);
    return ZwSetValueKey(key, &string, 0, REG_DWORD, &value, sizeof(value));
}

/* The value, or 0 if there is none. */
static ULONG Get(HANDLE key, PCWSTR name)
{
    UCHAR buffer[sizeof(KEY_VALUE_PARTIAL_INFORMATION) + 8];
    PKEY_VALUE_PARTIAL_INFORMATION value = (PVOID)buffer;
    UNICODE_STRING string;
    ULONG length;

    RtlInitUnicodeString(&string, name);
    if (!NT_SUCCESS(ZwQueryValueKey(key, &string, KeyValuePartialInformation, buffer,
                                    sizeof(buffer), &length)))
        return 0;
    return *(PULONG)value->Data;
}

static LARGE_INTEGER Cookies[2];

/* The context is which callback it is: 1 has the higher altitude. */
static NTSTATUS NTAPI OnRegistry(PVOID context, PVOID what, PVOID information)
{
    ULONG which = (ULONG)(ULONG_PTR)context;
    PREG_SET_VALUE_KEY_INFORMATION set = information;
    PREG_POST_OPERATION_INFORMATION post = information;
    PCUNICODE_STRING name;
    ULONG_PTR id;

    switch ((REG_NOTIFY_CLASS)(ULONG_PTR)what) {
    case RegNtPreSetValueKey:
        Note(which);
        CHECK(NT_SUCCESS(CmCallbackGetKeyObjectID(&Cookies[which - 1], set->Object, &id, &name)));
        CHECK(id != 0 && name->Length != 0);
        set->CallContext = (PVOID)(ULONG_PTR)(which * 100);
        if (which == 2 && set->DataSize == 8) {
            /* Nobody is below: this is not told, so that it does not come back. */
            HANDLE key = ServiceKey();

            CHECK(NT_SUCCESS(ZwSetValueKey(key, set->ValueName, 0, REG_QWORD, set->Data, 8)));
            ZwClose(key);
        }
        if (which == 1)
            CHECK(NT_SUCCESS(CmSetCallbackObjectContext(set->Object, &Cookies[0], Extension, NULL)));
        if (set->DataSize == 4 && *(PULONG)set->Data == 13 && which == 2)
            return STATUS_ACCESS_DENIED;
        return set->DataSize == 4 && *(PULONG)set->Data == 14 ? STATUS_CALLBACK_BYPASS
                                                              : STATUS_SUCCESS;
    case RegNtPostSetValueKey:
        Note(10 + which);
        CHECK(post->CallContext == (PVOID)(ULONG_PTR)(which * 100));
        if (which == 1)
            CHECK(post->ObjectContext == Extension);
        Note((ULONG)post->Status);
        return STATUS_SUCCESS;
    case RegNtCallbackObjectContextCleanup:
        Extension->Calls++;
        return STATUS_SUCCESS;
    default:
        return STATUS_SUCCESS;
    }
}

static void RegisterBoth(void)
{
    UNICODE_STRING altitudes[2];
    LARGE_INTEGER third;

    RtlInitUnicodeString(&altitudes[0], L"380010");
    RtlInitUnicodeString(&altitudes[1], L"9000.5");
    CHECK(NT_SUCCESS(CmRegisterCallbackEx(OnRegistry, &altitudes[1], Extension->Driver, (PVOID)2,
                                          &Cookies[1], NULL)));
    CHECK(NT_SUCCESS(CmRegisterCallbackEx(OnRegistry, &altitudes[0], Extension->Driver, (PVOID)1,
                                          &Cookies[0], NULL)));
    CHECK(CmRegisterCallbackEx(OnRegistry, &altitudes[0], Extension->Driver, NULL, &third,
                               NULL) == STATUS_FLT_INSTANCE_ALTITUDE_COLLISION);
}

static void RegistryCallbacks(PDEVICE_EXTENSION ext)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"A");
    HANDLE key = ServiceKey();
    ULONG64 wide = 1;

    RegisterBoth();
    /* Down, and up again. */
    CHECK(Set(key, L"A", 1) == STATUS_SUCCESS);
    CHECK(ext->Count == 6 && ext->Order[0] == 1 && ext->Order[1] == 2 && ext->Order[2] == 12 &&
          ext->Order[4] == 11);
    /* The lower one denies: the higher is told. */
    ext->Count = 0;
    CHECK(Set(key, L"A", 13) == STATUS_ACCESS_DENIED);
    CHECK(ext->Count == 4 && ext->Order[2] == 11 && ext->Order[3] == (ULONG)STATUS_ACCESS_DENIED);
    /* The higher one bypasses: nobody else is told, and nothing is done. */
    ext->Count = 0;
    CHECK(Set(key, L"A", 14) == STATUS_SUCCESS);
    CHECK(ext->Count == 1 && Get(key, L"A") == 1);
    ext->Count = 0;
    CHECK(ZwSetValueKey(key, &name, 0, REG_QWORD, &wide, 8) == STATUS_SUCCESS && ext->Count == 6);
    CHECK(ext->Calls == 0 && NT_SUCCESS(CmUnRegisterCallback(Cookies[0])) && ext->Calls == 1);
    CHECK(NT_SUCCESS(CmUnRegisterCallback(Cookies[1])));
    CHECK(CmUnRegisterCallback(Cookies[1]) == STATUS_INVALID_PARAMETER);
    ext->Count = 0;
    CHECK(Set(key, L"A", 13) == STATUS_SUCCESS && ext->Count == 0);
    ZwClose(key);
}

static void Keys(PDEVICE_EXTENSION ext)
{
    HANDLE key = ServiceKey(), b = Key(L"B", key), a = Key(L"A", key);
    UCHAR buffer[64];
    PKEY_BASIC_INFORMATION basic = (PVOID)buffer;
    PKEY_FULL_INFORMATION full = (PVOID)buffer;
    ULONG length;

    Set(a, L"value", 5);
    /* By name, whatever came first. */
    CHECK(NT_SUCCESS(ZwEnumerateKey(key, 0, KeyBasicInformation, buffer, 64, &length)));
    CHECK(basic->NameLength == 2 && basic->Name[0] == L'A');
    CHECK(NT_SUCCESS(ZwEnumerateKey(key, 1, KeyBasicInformation, buffer, 64, &length)));
    CHECK(basic->Name[0] == L'B');
    CHECK(ZwEnumerateKey(key, 2, KeyBasicInformation, buffer, 64, &length) ==
          STATUS_NO_MORE_ENTRIES);
    CHECK(ZwEnumerateKey(key, 0, KeyBasicInformation, buffer, 4, &length) ==
          STATUS_BUFFER_TOO_SMALL);
    CHECK(NT_SUCCESS(ZwQueryKey(a, KeyFullInformation, buffer, 64, &length)));
    CHECK(full->Values == 1 && full->MaxValueNameLen == 10 && full->MaxValueDataLen == 4);
    CHECK(ZwDeleteKey(key) == STATUS_CANNOT_DELETE);
    CHECK(ZwDeleteKey(a) == STATUS_SUCCESS && Set(a, L"value", 6) == STATUS_KEY_DELETED);
    CHECK(ZwDeleteKey(b) == STATUS_SUCCESS);
    CHECK(ZwEnumerateKey(key, 0, KeyBasicInformation, buffer, 64, &length) ==
          STATUS_NO_MORE_ENTRIES);
    ZwClose(a);
    ZwClose(b);
    ZwClose(key);
}

static NTSTATUS NTAPI OnTransaction(PKENLISTMENT enlistment, PVOID manager, PVOID context,
                                    ULONG what, PLARGE_INTEGER clock, ULONG length, PVOID argument)
{
    CHECK(manager == Extension && context == &Extension->Calls);
    Note(what);
    return what == TRANSACTION_NOTIFY_COMMIT ? TmCommitComplete(enlistment, clock)
                                             : TmRollbackComplete(enlistment, clock);
}

static HANDLE Transaction(HANDLE manager, PHANDLE enlistment)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE transaction;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK(NT_SUCCESS(ZwCreateTransaction(&transaction, TRANSACTION_ALL_ACCESS, &attributes, NULL,
                                         NULL, 0, 0, 0, NULL, NULL)));
    CHECK(NT_SUCCESS(ZwCreateEnlistment(enlistment, ENLISTMENT_ALL_ACCESS, manager, transaction,
                                        &attributes, 0,
                                        TRANSACTION_NOTIFY_COMMIT | TRANSACTION_NOTIFY_ROLLBACK,
                                        &Extension->Calls)));
    return transaction;
}

static HANDLE Transacted(HANDLE transaction, HANDLE root)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Transacted");
    OBJECT_ATTRIBUTES attributes;
    HANDLE key;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, root, NULL);
    CHECK(NT_SUCCESS(ZwCreateKeyTransacted(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, 0,
                                           transaction, NULL)));
    return key;
}

/* Rolled back, the key is gone; committed, it stays, and its changes are undone later. */
static void Transactions(PDEVICE_EXTENSION ext)
{
    HANDLE manager, resources, transaction, enlistment, key, below, root = ServiceKey();
    OBJECT_ATTRIBUTES attributes;
    PVOID object;
    GUID id;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK(NT_SUCCESS(ZwCreateTransactionManager(&manager, TRANSACTIONMANAGER_ALL_ACCESS,
                                                &attributes, NULL, TRANSACTION_MANAGER_VOLATILE,
                                                0)));
    CHECK(NT_SUCCESS(ExUuidCreate(&id)));
    CHECK(NT_SUCCESS(ZwCreateResourceManager(&resources, RESOURCEMANAGER_ALL_ACCESS, manager, &id,
                                             &attributes, RESOURCE_MANAGER_VOLATILE, NULL)));
    CHECK(NT_SUCCESS(ObReferenceObjectByHandle(resources, 0, *TmResourceManagerObjectType,
                                               KernelMode, &object, NULL)));
    CHECK(NT_SUCCESS(TmEnableCallbacks(object, OnTransaction, ext)));
    ObDereferenceObject(object);

    transaction = Transaction(resources, &enlistment);
    key = Transacted(transaction, root);
    CHECK(Set(key, L"value", 1) == STATUS_SUCCESS);
    CHECK(!HasKey(L"Transacted", root));
    /* Below a key of the transaction one is in it. */
    below = Key(L"Below", key);
    CHECK(HasKey(L"Below", key) && !HasKey(L"Transacted\\Below", root));
    ZwClose(below);
    CHECK(ZwRollbackTransaction(transaction, TRUE) == STATUS_SUCCESS);
    CHECK(ZwRollbackTransaction(transaction, TRUE) == STATUS_TRANSACTION_ALREADY_ABORTED);
    CHECK(Set(key, L"value", 2) == STATUS_KEY_DELETED);
    CHECK(ext->Count == 1 && ext->Order[0] == TRANSACTION_NOTIFY_ROLLBACK);
    ZwClose(key);
    ZwClose(enlistment);
    ZwClose(transaction);

    transaction = Transaction(resources, &enlistment);
    key = Transacted(transaction, root);
    CHECK(Set(key, L"value", 3) == STATUS_SUCCESS);
    CHECK(ZwCommitTransaction(transaction, TRUE) == STATUS_SUCCESS);
    CHECK(Set(key, L"value", 4) == STATUS_TRANSACTION_NOT_ACTIVE);
    CHECK(ext->Count == 2 && ext->Order[1] == TRANSACTION_NOTIFY_COMMIT);
    CHECK(HasKey(L"Transacted", root));
    ZwClose(key);
    ZwClose(enlistment);
    ZwClose(transaction);

    /* Closing the last handle rolls back. */
    transaction = Transaction(resources, &enlistment);
    key = Transacted(transaction, root);
    CHECK(Set(key, L"value", 5) == STATUS_SUCCESS);
    ZwClose(transaction);
    CHECK(ext->Count == 3 && ext->Order[2] == TRANSACTION_NOTIFY_ROLLBACK);
    ZwClose(key);
    ZwClose(enlistment);
    key = Key(L"Transacted", root);
    CHECK(Get(key, L"value") == 3 && ZwDeleteKey(key) == STATUS_SUCCESS);
    ZwClose(key);
    ZwClose(root);
    ZwClose(resources);
    ZwClose(manager);
}

static VOID NTAPI OnKeyWork(PVOID context)
{
    Note(1);
}

/* Told once; again when the handle is closed. */
static void KeyNotification(PDEVICE_EXTENSION ext)
{
    HANDLE key = ServiceKey(), below = Key(L"Below", key);
    IO_STATUS_BLOCK result;
    WORK_QUEUE_ITEM item;
    LARGE_INTEGER soon;

    soon.QuadPart = -10000;
    ExInitializeWorkItem(&item, OnKeyWork, ext);
    CHECK(ZwNotifyChangeKey(key, NULL, (PVOID)&item, (PVOID)DelayedWorkQueue, &result,
                            REG_NOTIFY_CHANGE_LAST_SET, FALSE, NULL, 0, TRUE) == STATUS_PENDING);
    Set(below, L"A", 1);
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    CHECK(ext->Count == 0);
    Set(key, L"A", 1);
    Set(key, L"A", 2);
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    CHECK(ext->Count == 1 && result.Status == STATUS_NOTIFY_ENUM_DIR);
    ZwNotifyChangeKey(key, NULL, (PVOID)&item, (PVOID)DelayedWorkQueue, &result,
                      REG_NOTIFY_CHANGE_LAST_SET, FALSE, NULL, 0, TRUE);
    ZwDeleteKey(below);
    ZwClose(below);
    ZwClose(key);
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    CHECK(ext->Count == 2 && result.Status == STATUS_NOTIFY_CLEANUP);
}

static OB_PREOP_CALLBACK_STATUS NTAPI BeforeHandle(PVOID context, POB_PRE_OPERATION_INFORMATION info)
{
    CHECK(context == Extension && info->ObjectType == *PsProcessType);
    info->CallContext = info->Object;
    if (!info->KernelHandle)
        info->Parameters->CreateHandleInformation.DesiredAccess &= ~1u;
    Note(info->KernelHandle ? 1 : 2);
    return OB_PREOP_SUCCESS;
}

static VOID NTAPI AfterHandle(PVOID context, POB_POST_OPERATION_INFORMATION info)
{
    CHECK(info->CallContext == info->Object && info->ReturnStatus == STATUS_SUCCESS);
    Note(info->Parameters->CreateHandleInformation.GrantedAccess & 1 ? 3 : 4);
}

static PVOID Registration;

/* A process handle, of the kernel and not; left registered for the program that starts. */
static void HandleCallbacks(PDEVICE_EXTENSION ext)
{
    OB_OPERATION_REGISTRATION operation = {PsProcessType, OB_OPERATION_HANDLE_CREATE, BeforeHandle,
                                           AfterHandle};
    OB_CALLBACK_REGISTRATION wanted = {OB_FLT_REGISTRATION_VERSION, 1, {0}, ext, &operation};
    PVOID second;
    HANDLE handle;

    RtlInitUnicodeString(&wanted.Altitude, L"321000");
    CHECK(NT_SUCCESS(ObRegisterCallbacks(&wanted, &Registration)));
    CHECK(ObRegisterCallbacks(&wanted, &second) == STATUS_FLT_INSTANCE_ALTITUDE_COLLISION);
    wanted.Version = 0;
    CHECK(ObRegisterCallbacks(&wanted, &second) == STATUS_INVALID_PARAMETER);
    wanted.Version = OB_FLT_REGISTRATION_VERSION;
    operation.PreOperation = (PVOID)KeSetEvent; /* in no image of the driver's */
    CHECK(ObRegisterCallbacks(&wanted, &second) == STATUS_ACCESS_DENIED);
    CHECK(NT_SUCCESS(ObOpenObjectByPointer(PsInitialSystemProcess, OBJ_KERNEL_HANDLE, NULL, 1,
                                           *PsProcessType, KernelMode, &handle)));
    ZwClose(handle);
    CHECK(ext->Count == 2 && ext->Order[0] == 1 && ext->Order[1] == 3);
    CHECK(NT_SUCCESS(ObOpenObjectByPointer(PsInitialSystemProcess, 0, NULL, 1, *PsProcessType,
                                           KernelMode, &handle)));
    ZwClose(handle);
    CHECK(ext->Count == 4 && ext->Order[2] == 2 && ext->Order[3] == 4);
}

static void UnregisterTwice(PDEVICE_EXTENSION ext)
{
    PVOID registration;

    HandleCallbacks(ext);
    registration = Registration;
    Registration = NULL;
    ObUnRegisterCallbacks(registration);
    ObUnRegisterCallbacks(registration);
}

static PIRP NewIrp(ULONG number)
{
    PIRP irp = IoAllocateIrp(1, FALSE);

    CHECK(irp != NULL);
    irp->IoStatus.Information = number;
    return irp;
}

static VOID NTAPI StartIo(PDEVICE_OBJECT device, PIRP irp)
{
    CHECK(KeGetCurrentIrql() == DISPATCH_LEVEL && device->CurrentIrp == irp);
    Note((ULONG)irp->IoStatus.Information);
}

static VOID NTAPI CancelQueued(PDEVICE_OBJECT device, PIRP irp)
{
    KeRemoveEntryDeviceQueue(&device->DeviceQueue, &irp->Tail.Overlay.DeviceQueueEntry);
    IoReleaseCancelSpinLock(irp->CancelIrql);
    Note(100 + (ULONG)irp->IoStatus.Information);
}

/* One is started at once, the others when it is done; a canceled one not at all. */
static void StartPackets(PDEVICE_EXTENSION ext)
{
    ULONG keys[2] = {9, 5};
    PIRP irps[4];
    KIRQL irql;

    for (ULONG i = 0; i < 4; i++)
        irps[i] = NewIrp(i + 1);
    IoStartPacket(ext->Device, irps[0], NULL, CancelQueued);
    CHECK(ext->Count == 1 && ext->Order[0] == 1);
    IoStartPacket(ext->Device, irps[1], &keys[0], CancelQueued);
    IoStartPacket(ext->Device, irps[2], &keys[1], CancelQueued);
    IoStartPacket(ext->Device, irps[3], &keys[0], CancelQueued);
    CHECK(ext->Count == 1 && IoCancelIrp(irps[3]) && ext->Order[1] == 104);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    IoStartNextPacket(ext->Device, TRUE);
    CHECK(ext->Count == 3 && ext->Order[2] == 3);
    IoStartNextPacketByKey(ext->Device, TRUE, 7);
    CHECK(ext->Count == 4 && ext->Order[3] == 2);
    IoStartNextPacket(ext->Device, TRUE);
    CHECK(ext->Count == 4 && ext->Device->CurrentIrp == NULL);
    KeLowerIrql(irql);
    for (ULONG i = 0; i < 4; i++)
        IoFreeIrp(irps[i]);
}

static BOOLEAN NTAPI OnInterrupt(PKINTERRUPT interrupt, PVOID context)
{
    return FALSE;
}

static BOOLEAN NTAPI Synchronized(PVOID context)
{
    CHECK(KeGetCurrentIrql() == 7 && context == Extension);
    return TRUE;
}

static void Interrupts(PDEVICE_EXTENSION ext)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = {.Version = CONNECT_MESSAGE_BASED};
    PKINTERRUPT interrupt;

    CHECK(IoConnectInterrupt(&interrupt, OnInterrupt, ext, NULL, 0x51, 5, 4, Latched, FALSE, 1,
                             FALSE) == STATUS_INVALID_PARAMETER);
    CHECK(NT_SUCCESS(IoConnectInterrupt(&interrupt, OnInterrupt, ext, NULL, 0x51, 5, 7, Latched,
                                        FALSE, 1, FALSE)));
    CHECK(KeSynchronizeExecution(interrupt, Synchronized, ext) && KeGetCurrentIrql() == 0);
    IoDisconnectInterrupt(interrupt);
    CHECK(IoConnectInterruptEx(&parameters) == STATUS_NOT_FOUND);
}

static PMDL AllocatePages(SIZE_T size)
{
    PHYSICAL_ADDRESS low = {{0}}, high;

    high.QuadPart = -1; /* all there is */
    return MmAllocatePagesForMdl(low, high, low, size);
}

static void Pages(PDEVICE_EXTENSION ext)
{
    PMDL mdl = AllocatePages(3 * PAGE_SIZE - 1);
    PUCHAR view;

    CHECK(mdl && MmGetMdlByteCount(mdl) == 3 * PAGE_SIZE && !AllocatePages(0));
    view = MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    CHECK(view && BYTE_OFFSET(view) == 0 && view[0] == 0 && view[3 * PAGE_SIZE - 1] == 0);
    view[3 * PAGE_SIZE - 1] = 62;
    MmUnmapLockedPages(view, mdl);
    MmFreePagesFromMdl(mdl);
    ExFreePool(mdl);
}

/* The pages are given back, the MDL is not. */
static void PagesLeak(PDEVICE_EXTENSION ext)
{
    MmFreePagesFromMdl(AllocatePages(PAGE_SIZE));
}

static VOID NTAPI OnWorkEx(PVOID object, PVOID context, PIO_WORKITEM work)
{
    CHECK(object == Extension->Device && context == &Extension->Count);
    Extension->Calls++;
    IoFreeWorkItem(work);
}

static void WorkItems(PDEVICE_EXTENSION ext)
{
    PIO_WORKITEM work = IoAllocateWorkItem(ext->Device);
    LARGE_INTEGER soon;

    soon.QuadPart = -10000;
    IoQueueWorkItemEx(work, OnWorkEx, DelayedWorkQueue, &ext->Count);
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    CHECK(ext->Calls == 1);
}

static NTSTATUS NTAPI OnComplete(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    CHECK(context == Extension);
    Extension->Calls++;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void Completions(PDEVICE_EXTENSION ext)
{
    PIRP irp = IoAllocateIrp(2, FALSE);

    IoSetNextIrpStackLocation(irp);
    CHECK(NT_SUCCESS(IoSetCompletionRoutineEx(ext->Device, irp, OnComplete, ext, TRUE, TRUE, TRUE)));
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
    CHECK(NT_SUCCESS(IoCallDriver(ext->Device, irp)) && ext->Calls == 1);
    IoFreeIrp(irp);
}

/* Never sent: its context stays. */
static void CompletionLeak(PDEVICE_EXTENSION ext)
{
    PIRP irp = IoAllocateIrp(2, FALSE);

    IoSetNextIrpStackLocation(irp);
    IoSetCompletionRoutineEx(ext->Device, irp, OnComplete, ext, TRUE, TRUE, TRUE);
    IoFreeIrp(irp);
}

static NTSTATUS NTAPI OnInterface(PVOID structure, PVOID context)
{
    PDEVICE_INTERFACE_CHANGE_NOTIFICATION change = structure;

    CHECK(context == Extension && change->SymbolicLinkName->Length != 0);
    Note(change->Event.Data1 & 0xff);
    return STATUS_SUCCESS;
}

static void PlugPlay(PDEVICE_EXTENSION ext)
{
    static const GUID class = {0x62626262, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
    UNICODE_STRING name;
    LARGE_INTEGER soon;
    PVOID entries[2];
    PWSTR list;

    soon.QuadPart = -10000;
    CHECK(NT_SUCCESS(IoRegisterDeviceInterface(ext->Device, &class, NULL, &name)));
    CHECK(NT_SUCCESS(IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange, 0,
                                                    (PVOID)&class, ext->Driver, OnInterface, ext,
                                                    &entries[0])));
    CHECK(NT_SUCCESS(IoSetDeviceInterfaceState(&name, TRUE)) && ext->Count == 0);
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    CHECK(ext->Count == 1 && ext->Order[0] == 4);
    CHECK(NT_SUCCESS(IoRegisterPlugPlayNotification(
        EventCategoryDeviceInterfaceChange, PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES,
        (PVOID)&class, ext->Driver, OnInterface, ext, &entries[1])));
    CHECK(ext->Count == 2 && NT_SUCCESS(IoUnregisterPlugPlayNotification(entries[1])));
    CHECK(NT_SUCCESS(IoGetDeviceInterfaces(&class, NULL, 0, &list)) && list[0] == L'\\');
    ExFreePool(list);
    CHECK(NT_SUCCESS(IoSetDeviceInterfaceState(&name, FALSE)));
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    CHECK(ext->Count == 3 && ext->Order[2] == 5);
    CHECK(NT_SUCCESS(IoUnregisterPlugPlayNotification(entries[0])));
    RtlFreeUnicodeString(&name);
}

static void Links(PDEVICE_EXTENSION ext)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\DosDevices\\Leak62Callbacks"), got;
    UNICODE_STRING target = RTL_CONSTANT_STRING(L"\\Device\\Leak62Callbacks");
    OBJECT_ATTRIBUTES attributes;
    PDEVICE_OBJECT device;
    PFILE_OBJECT file;
    WCHAR buffer[64];
    HANDLE link;
    ULONG needed;

    CHECK(NT_SUCCESS(IoCreateSymbolicLink(&name, &target)));
    CHECK(IoCreateSymbolicLink(&name, &target) == STATUS_OBJECT_NAME_COLLISION);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK(NT_SUCCESS(ZwOpenSymbolicLinkObject(&link, GENERIC_READ, &attributes)));
    got.Buffer = buffer;
    got.MaximumLength = 4;
    CHECK(ZwQuerySymbolicLinkObject(link, &got, &needed) == STATUS_BUFFER_TOO_SMALL);
    CHECK(needed == target.Length + sizeof(WCHAR));
    got.MaximumLength = sizeof(buffer);
    CHECK(NT_SUCCESS(ZwQuerySymbolicLinkObject(link, &got, NULL)));
    CHECK(RtlEqualUnicodeString(&got, &target, FALSE));
    ZwClose(link);
    CHECK(NT_SUCCESS(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device)));
    CHECK(device == ext->Device);
    ObDereferenceObject(file);
    CHECK(NT_SUCCESS(IoDeleteSymbolicLink(&name)));
    CHECK(IoDeleteSymbolicLink(&name) == STATUS_OBJECT_NAME_NOT_FOUND);
}

static void Sections(PDEVICE_EXTENSION ext)
{
    LARGE_INTEGER most;
    SIZE_T size = 0;
    PUCHAR view = NULL;
    HANDLE section;

    most.QuadPart = 100;
    CHECK(NT_SUCCESS(ZwCreateSection(&section, SECTION_ALL_ACCESS, NULL, &most, PAGE_READWRITE,
                                     SEC_COMMIT, NULL)));
    CHECK(NT_SUCCESS(ZwMapViewOfSection(section, ZwCurrentProcess(), (PVOID *)&view, 0, 0, NULL,
                                        &size, ViewUnmap, 0, PAGE_READWRITE)));
    CHECK(size == PAGE_SIZE && view[0] == 0);
    ZwClose(section);
    view[99] = 1;
    CHECK(NT_SUCCESS(ZwUnmapViewOfSection(ZwCurrentProcess(), view)));
    CHECK(ZwUnmapViewOfSection(ZwCurrentProcess(), view) == STATUS_NOT_MAPPED_VIEW);
}

static HANDLE File(PCWSTR path, ULONG disposition, NTSTATUS want)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    UNICODE_STRING name;
    HANDLE file = NULL;

    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK(ZwCreateFile(&file, FILE_READ_DATA | FILE_WRITE_DATA, &attributes, &io, NULL, 0, 0,
                       disposition, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0) == want);
    return file;
}

static NTSTATUS SectionOf(HANDLE file, LONGLONG size, ULONG protection, PHANDLE section)
{
    LARGE_INTEGER most;

    most.QuadPart = size;
    return ZwCreateSection(section, SECTION_ALL_ACCESS, NULL, size ? &most : NULL, protection,
                           SEC_COMMIT, file);
}

/* A section has the file's own bytes, and the file cannot be emptied meanwhile. */
static void FileSections(PDEVICE_EXTENSION ext)
{
    static const WCHAR path[] = L"\\??\\C:\\leak62\\bytes";
    HANDLE file = File(path, FILE_CREATE, STATUS_SUCCESS), section;
    UCHAR bytes[PAGE_SIZE / 2];
    PUCHAR view = NULL;
    PVOID object, second;
    LARGE_INTEGER at;
    IO_STATUS_BLOCK io;
    SIZE_T size = 0;

    CHECK(SectionOf(file, 0, PAGE_READONLY, &section) == STATUS_MAPPED_FILE_SIZE_ZERO);
    RtlFillMemory(bytes, sizeof(bytes), 7);
    for (at.QuadPart = 0; at.QuadPart < 3 * sizeof(bytes); at.QuadPart += sizeof(bytes))
        CHECK(NT_SUCCESS(ZwWriteFile(file, NULL, NULL, NULL, &io, bytes, sizeof(bytes), &at, NULL)));
    CHECK(SectionOf(file, 2 * PAGE_SIZE, PAGE_READONLY, &section) == STATUS_SECTION_TOO_BIG);
    CHECK(NT_SUCCESS(SectionOf(file, 0, PAGE_READWRITE, &section)));
    CHECK(NT_SUCCESS(ObReferenceObjectByHandle(section, SECTION_MAP_READ, NULL, KernelMode, &object,
                                               NULL)));
    CHECK(NT_SUCCESS(MmMapViewInSystemSpace(object, (PVOID *)&view, &size)));
    CHECK(size == 2 * PAGE_SIZE && BYTE_OFFSET(view) == 0);
    CHECK(view[0] == 7 && view[3 * sizeof(bytes) - 1] == 7 && view[3 * sizeof(bytes)] == 0);
    view[5] = 62;
    at.QuadPart = 5;
    CHECK(NT_SUCCESS(ZwReadFile(file, NULL, NULL, NULL, &io, bytes, 1, &at, NULL)) &&
          bytes[0] == 62);
    bytes[0] = 63;
    CHECK(NT_SUCCESS(ZwWriteFile(file, NULL, NULL, NULL, &io, bytes, 1, &at, NULL)) && view[5] == 63);
    File(path, FILE_OVERWRITE, STATUS_USER_MAPPED_FILE);
    CHECK(NT_SUCCESS(MmUnmapViewInSystemSpace(view)));
    ObDereferenceObject(object);
    ZwClose(section);
    /* Larger than the file: that grows. */
    CHECK(NT_SUCCESS(SectionOf(file, 3 * PAGE_SIZE, PAGE_READWRITE, &section)));
    ZwClose(section);
    at.QuadPart = 3 * PAGE_SIZE - 1;
    CHECK(NT_SUCCESS(ZwReadFile(file, NULL, NULL, NULL, &io, bytes, 9, &at, NULL)) &&
          io.Information == 1 && bytes[0] == 0);
    ZwClose(File(path, FILE_OVERWRITE, STATUS_SUCCESS));
    ZwClose(file);
}

/* What the scenario has put there. */
static void FileOfScenario(PDEVICE_EXTENSION ext)
{
    HANDLE file = File(L"\\SystemRoot\\win.ini", FILE_OPEN, STATUS_SUCCESS);
    IO_STATUS_BLOCK io;
    LARGE_INTEGER at = {{0}};
    UCHAR bytes[8];

    CHECK(NT_SUCCESS(ZwReadFile(file, NULL, NULL, NULL, &io, bytes, sizeof(bytes), &at, NULL)));
    CHECK(io.Information == 3 && bytes[0] == '[' && bytes[1] == 'f' && bytes[2] == ']');
    ZwClose(file);
    ZwClose(File(L"\\SystemRoot\\empty", FILE_OPEN, STATUS_SUCCESS));
}

static NTSTATUS MapUser(PMDL mdl, PVOID where, PUCHAR *view)
{
    __try {
        *view = MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, where, FALSE,
                                             NormalPagePriority);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS Touch(volatile UCHAR *at)
{
    __try {
        *at = *at;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static void MapUserAndBack(PUCHAR memory, ULONG size)
{
    PMDL mdl = IoAllocateMdl(memory, size, FALSE, FALSE, NULL);
    PUCHAR view, other, third;

    MmBuildMdlForNonPagedPool(mdl);
    memory[size - 1] = 3;
    CHECK(MapUser(mdl, NULL, &view) == STATUS_SUCCESS);
    CHECK((PVOID)view < MmHighestUserAddress && BYTE_OFFSET(view) == BYTE_OFFSET(memory));
    CHECK(!(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) && view[size - 1] == 3);
    view[0] = 1;
    memory[1] = 2;
    CHECK(memory[0] == 1 && view[1] == 2);
    CHECK(MapUser(mdl, PAGE_ALIGN(view), &other) == STATUS_CONFLICTING_ADDRESSES);
    CHECK(MapUser(mdl, NULL, &other) == STATUS_SUCCESS && other != view);
    other[2] = 62;
    CHECK(view[2] == 62 && memory[2] == 62);
    MmUnmapLockedPages(view, mdl);
    CHECK(Touch(view) == STATUS_ACCESS_VIOLATION && Touch(other) == STATUS_SUCCESS);
    CHECK(MapUser(mdl, PAGE_ALIGN(view), &third) == STATUS_SUCCESS && third == view);
    CHECK(third[2] == 62);
    MmUnmapLockedPages(third, mdl);
    MmUnmapLockedPages(other, mdl);
    IoFreeMdl(mdl);
}

static void UserMapping(PDEVICE_EXTENSION ext)
{
    static const ULONG sizes[] = {PAGE_SIZE, 100, 3 * PAGE_SIZE + 1};
    PVOID memory;
    SIZE_T size = 2 * PAGE_SIZE;
    PUCHAR base = NULL, view;
    PMDL mdl;

    for (ULONG i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        memory = ExAllocatePoolWithTag(NonPagedPoolNx, sizes[i], TAG);
        MapUserAndBack(memory, sizes[i]);
        ExFreePoolWithTag(memory, TAG);
    }
    /* The program's own pages, a second time. */
    CHECK(NT_SUCCESS(ZwAllocateVirtualMemory(ZwCurrentProcess(), (PVOID *)&base, 0, &size,
                                             MEM_COMMIT, PAGE_READWRITE)));
    mdl = IoAllocateMdl(base + 10, PAGE_SIZE, FALSE, FALSE, NULL);
    MmProbeAndLockPages(mdl, UserMode, IoModifyAccess);
    CHECK(MapUser(mdl, NULL, &view) == STATUS_SUCCESS && BYTE_OFFSET(view) == 10);
    view[PAGE_SIZE - 1] = 9;
    CHECK(base[PAGE_SIZE + 9] == 9);
    MmUnmapLockedPages(view, mdl);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    size = 0;
    ZwFreeVirtualMemory(ZwCurrentProcess(), (PVOID *)&base, &size, MEM_RELEASE);
}

static void UnmapTwice(PDEVICE_EXTENSION ext)
{
    PVOID memory = ExAllocatePoolWithTag(NonPagedPoolNx, PAGE_SIZE, TAG);
    PMDL mdl = IoAllocateMdl(memory, PAGE_SIZE, FALSE, FALSE, NULL);
    PUCHAR view;

    MmBuildMdlForNonPagedPool(mdl);
    CHECK(MapUser(mdl, NULL, &view) == STATUS_SUCCESS);
    MmUnmapLockedPages(view, mdl);
    MmUnmapLockedPages(view, mdl);
}

static void UserMappingTooHigh(PDEVICE_EXTENSION ext)
{
    PVOID memory = ExAllocatePoolWithTag(NonPagedPoolNx, PAGE_SIZE, TAG);
    PMDL mdl = IoAllocateMdl(memory, PAGE_SIZE, FALSE, FALSE, NULL);
    PUCHAR view;
    KIRQL irql;

    MmBuildMdlForNonPagedPool(mdl);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    MapUser(mdl, NULL, &view);
}

static void Security(PDEVICE_EXTENSION ext)
{
    PGENERIC_MAPPING mapping = IoGetFileObjectGenericMapping();
    SECURITY_SUBJECT_CONTEXT subject;
    PSECURITY_DESCRIPTOR descriptor;
    ACCESS_MASK granted;
    PTOKEN_USER user;
    NTSTATUS status;

    SeCaptureSubjectContext(&subject);
    SeLockSubjectContext(&subject);
    CHECK(NT_SUCCESS(SeAssignSecurity(NULL, NULL, &descriptor, FALSE, &subject, mapping,
                                      PagedPool)));
    CHECK(SeAccessCheck(descriptor, &subject, TRUE, GENERIC_READ, 0, NULL, mapping, UserMode,
                        &granted, &status));
    CHECK(status == STATUS_SUCCESS && granted == FILE_GENERIC_READ);
    CHECK(!SeAccessCheck(NULL, &subject, TRUE, GENERIC_READ, 0, NULL, mapping, UserMode, &granted,
                         &status) && status == STATUS_ACCESS_DENIED);
    CHECK(NT_SUCCESS(SeQueryInformationToken(subject.PrimaryToken, TokenUser, (PVOID *)&user)));
    CHECK(RtlLengthSid(user->User.Sid) == 12);
    ExFreePool(user);
    CHECK(NT_SUCCESS(SeDeassignSecurity(&descriptor)) && !descriptor);
    SeUnlockSubjectContext(&subject);
    SeReleaseSubjectContext(&subject);
}

static void Versions(PDEVICE_EXTENSION ext)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"ExAllocatePoolWithTag");
    RTL_OSVERSIONINFOEXW info = {.dwOSVersionInfoSize = sizeof(info), .dwMajorVersion = 6,
                                 .dwMinorVersion = 2};
    PVOID(NTAPI * allocate)(POOL_TYPE, SIZE_T, ULONG);
    ULONGLONG mask = 0;
    KFLOATING_SAVE save;

    mask = VerSetConditionMask(mask, VER_MAJORVERSION, VER_GREATER_EQUAL);
    mask = VerSetConditionMask(mask, VER_MINORVERSION, VER_GREATER_EQUAL);
    CHECK(RtlVerifyVersionInfo(&info, VER_MAJORVERSION | VER_MINORVERSION, mask) == STATUS_SUCCESS);
    info.dwMajorVersion = 11;
    CHECK(RtlVerifyVersionInfo(&info, VER_MAJORVERSION | VER_MINORVERSION, mask) ==
          STATUS_REVISION_MISMATCH);
    CHECK(NT_SUCCESS(RtlGetVersion((PVOID)&info)) && info.dwMajorVersion == 10);
    /* Called by a pointer, it is counted as any other. */
    *(PVOID *)&allocate = MmGetSystemRoutineAddress(&name);
    CHECK(allocate != NULL);
    ExFreePool(allocate(NonPagedPool, 62, TAG));
    RtlInitUnicodeString(&name, L"ExAllocatePoolOfLeak62");
    CHECK(MmGetSystemRoutineAddress(&name) == NULL);
    CHECK(NT_SUCCESS(KeSaveFloatingPointState(&save)));
    CHECK(NT_SUCCESS(KeRestoreFloatingPointState(&save)));
}

static EX_RUNDOWN_REF Protection;

static VOID NTAPI HasProtection(PVOID context)
{
    LARGE_INTEGER soon;

    soon.QuadPart = -10000;
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    Note(1);
    ExReleaseRundownProtection(&Protection);
}

/* Waits for who has it; then nobody gets it, until it is initialized again. */
static void Rundown(PDEVICE_EXTENSION ext)
{
    HANDLE thread;

    ExInitializeRundownProtection(&Protection);
    CHECK(ExAcquireRundownProtection(&Protection));
    CHECK(NT_SUCCESS(PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL,
                                          HasProtection, NULL)));
    ZwClose(thread);
    ExWaitForRundownProtectionRelease(&Protection);
    CHECK(ext->Count == 1 && !ExAcquireRundownProtection(&Protection));
    ExReInitializeRundownProtection(&Protection);
    CHECK(ExAcquireRundownProtection(&Protection));
    ExReleaseRundownProtection(&Protection);
}

static void RundownTwice(PDEVICE_EXTENSION ext)
{
    ExInitializeRundownProtection(&Protection);
    ExAcquireRundownProtection(&Protection);
    ExReleaseRundownProtection(&Protection);
    ExReleaseRundownProtection(&Protection);
}

static void Tags(PDEVICE_EXTENSION ext)
{
    PVOID process;

    ObReferenceObjectWithTag(PsInitialSystemProcess, TAG);
    CHECK(NT_SUCCESS(ObReferenceObjectByHandleWithTag(ZwCurrentProcess(), 0, *PsProcessType,
                                                      KernelMode, TAG, &process, NULL)));
    CHECK(process == PsInitialSystemProcess);
    ObDereferenceObjectWithTag(process, TAG);
    ObDereferenceObjectWithTag(process, TAG);
}

NTSYSAPI NTSTATUS NTAPI ZwQuerySystemInformation(ULONG class, PVOID out, ULONG length,
                                                 PULONG needed);

/* Processes: one, the system's; its entry is the last. */
static void System(PDEVICE_EXTENSION ext)
{
    ULONG buffer[256], needed;

    CHECK(ZwQuerySystemInformation(5, buffer, 16, &needed) == STATUS_INFO_LENGTH_MISMATCH);
    CHECK(needed > 0x100 && needed <= sizeof(buffer));
    CHECK(NT_SUCCESS(ZwQuerySystemInformation(5, buffer, sizeof(buffer), NULL)));
    CHECK(buffer[0] == 0 && buffer[1] == 1 && buffer[0x50 / 4] == 4);
    CHECK(NT_SUCCESS(ZwQuerySystemInformation(0, buffer, 0x40, &needed)) && needed == 0x40);
    CHECK(buffer[2] == PAGE_SIZE && buffer[0x38 / 4] == 1);
}

static void RestoreTwice(PDEVICE_EXTENSION ext)
{
    KFLOATING_SAVE save;

    KeSaveFloatingPointState(&save);
    KeRestoreFloatingPointState(&save);
    KeRestoreFloatingPointState(&save);
}

static VOID NTAPI OnList(PDEVICE_OBJECT device, PIRP irp, PSCATTER_GATHER_LIST list, PVOID context)
{
    CHECK(device == Extension->Device && list->NumberOfElements == 1);
    CHECK(list->Elements[0].Length == 100);
    *(PSCATTER_GATHER_LIST *)context = list;
}

static IO_ALLOCATION_ACTION NTAPI OnChannel(PDEVICE_OBJECT device, PIRP irp, PVOID base,
                                            PVOID context)
{
    CHECK(device == Extension->Device && context == Extension);
    Extension->Calls++;
    return DeallocateObjectKeepRegisters;
}

static PDMA_ADAPTER Adapter(PULONG registers)
{
    DEVICE_DESCRIPTION description = {.Version = DEVICE_DESCRIPTION_VERSION, .Master = TRUE,
                                      .ScatterGather = TRUE, .MaximumLength = PAGE_SIZE};

    return IoGetDmaAdapter(Extension->Device, &description, registers);
}

static void Dma(PDEVICE_EXTENSION ext)
{
    PUCHAR memory = ExAllocatePoolWithTag(NonPagedPool, 100, TAG), common;
    PMDL mdl = IoAllocateMdl(memory, 100, FALSE, FALSE, NULL);
    PSCATTER_GATHER_LIST list = NULL;
    PHYSICAL_ADDRESS logical;
    PDMA_ADAPTER adapter;
    ULONG registers;
    KIRQL irql;

    MmBuildMdlForNonPagedPool(mdl);
    adapter = Adapter(&registers);
    CHECK(adapter && registers != 0);
    common = adapter->DmaOperations->AllocateCommonBuffer(adapter, 5000, &logical, TRUE);
    CHECK(common && BYTE_OFFSET(common) == 0 && logical.QuadPart != 0);
    common[4999] = 1;
    adapter->DmaOperations->FreeCommonBuffer(adapter, 5000, logical, common, TRUE);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    CHECK(NT_SUCCESS(adapter->DmaOperations->AllocateAdapterChannel(adapter, ext->Device, 1,
                                                                    OnChannel, ext)));
    CHECK(ext->Calls == 1);
    CHECK(NT_SUCCESS(adapter->DmaOperations->GetScatterGatherList(
        adapter, ext->Device, mdl, MmGetMdlVirtualAddress(mdl), 100, OnList, &list, TRUE)));
    CHECK(list && list->Elements[0].Address.QuadPart == MmGetPhysicalAddress(memory).QuadPart);
    adapter->DmaOperations->PutScatterGatherList(adapter, list, TRUE);
    KeLowerIrql(irql);
    adapter->DmaOperations->PutDmaAdapter(adapter);
    IoFreeMdl(mdl);
    ExFreePool(memory);
}

static void CommonBufferTwice(PDEVICE_EXTENSION ext)
{
    PHYSICAL_ADDRESS logical;
    ULONG registers;
    PDMA_ADAPTER adapter = Adapter(&registers);
    PVOID common = adapter->DmaOperations->AllocateCommonBuffer(adapter, 1, &logical, TRUE);

    adapter->DmaOperations->FreeCommonBuffer(adapter, 1, logical, common, TRUE);
    adapter->DmaOperations->FreeCommonBuffer(adapter, 1, logical, common, TRUE);
}

static void OwnBugCheck(PDEVICE_EXTENSION ext)
{
    DbgBreakPoint();
    KeBugCheckEx(0xe2, 1, 2, 3, 4);
}

static void (*const Groups[])(PDEVICE_EXTENSION) = {
    RegistryCallbacks, Keys, Transactions, KeyNotification, HandleCallbacks, UnregisterTwice,
    StartPackets, Interrupts, Pages, PagesLeak, WorkItems, Completions, CompletionLeak, PlugPlay,
    Links, Sections, Security, Versions, RestoreTwice, OwnBugCheck, Dma,
    CommonBufferTwice, Rundown, RundownTwice, Tags, System, FileSections, FileOfScenario,
    UserMapping, UnmapTwice, UserMappingTooHigh,
};

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG number;

    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
        number = (stack->Parameters.DeviceIoControl.IoControlCode >> 2 & 0xfff) - 0x800;
        if (number < sizeof(Groups) / sizeof(*Groups))
            Groups[number](Extension);
    }
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID NTAPI Unload(PDRIVER_OBJECT driver)
{
    /* The program that has started is one more handle, whose rights were cut. */
    if (Registration) {
        CHECK(Extension->Count == 6 && Extension->Order[4] == 2 && Extension->Order[5] == 4);
        ObUnRegisterCallbacks(Registration);
    }
    IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Leak62Callbacks");
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(driver, sizeof(DEVICE_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                                     0, FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    Extension = device->DeviceExtension;
    Extension->Device = device;
    Extension->Driver = driver;
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    driver->DriverStartIo = StartIo;
    driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
