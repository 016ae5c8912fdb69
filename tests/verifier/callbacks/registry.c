/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The registry, its callbacks and transactions. */
#include "callbacks.h"

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

void RegistryCallbacks(PDEVICE_EXTENSION ext)
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

static ULONG References;

/* Opens the service's key in place of one that there is not. */
static NTSTATUS NTAPI OnOpen(PVOID context, PVOID what, PVOID information)
{
    PREG_OPEN_KEY_INFORMATION_V1 info = information;
    PVOID object;
    HANDLE key;

    if ((REG_NOTIFY_CLASS)(ULONG_PTR)what != RegNtPreOpenKeyEx)
        return STATUS_SUCCESS;
    key = ServiceKey();
    for (ULONG i = 0; i < References; i++)
        CHECK(NT_SUCCESS(ObReferenceObjectByHandle(key, KEY_READ, info->ObjectType, KernelMode,
                                                   &object, NULL)));
    *info->ResultObject = object;
    ZwClose(key);
    return STATUS_CALLBACK_BYPASS;
}

static void OpenElsewhere(void)
{
    UNICODE_STRING altitude = RTL_CONSTANT_STRING(L"380010");

    CHECK(NT_SUCCESS(CmRegisterCallbackEx(OnOpen, &altitude, Extension->Driver, NULL, &Cookies[0],
                                          NULL)));
    CHECK(HasKey(L"\\Registry\\Machine\\Nowhere", NULL));
    CHECK(NT_SUCCESS(CmUnRegisterCallback(Cookies[0])));
    CHECK(!HasKey(L"\\Registry\\Machine\\Nowhere", NULL));
}

/* The reference goes to the configuration manager. */
void KeyElsewhere(PDEVICE_EXTENSION ext)
{
    References = 1;
    OpenElsewhere();
}

/* One of the two. */
void KeyElsewhereLeak(PDEVICE_EXTENSION ext)
{
    References = 2;
    OpenElsewhere();
}

void Keys(PDEVICE_EXTENSION ext)
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
void Transactions(PDEVICE_EXTENSION ext)
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
void KeyNotification(PDEVICE_EXTENSION ext)
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
