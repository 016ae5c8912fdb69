/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// warden.c - loading and unloading, the registry callback, the control device.
#include "warden.h"

WdnGlobals Wdn;

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\KeyWarden");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\??\\KeyWarden");

// RegistryPath\Rules
static NTSTATUS BuildRulesKey(PUNICODE_STRING registryPath)
{
    static const WCHAR tail[] = L"\\Rules";
    USHORT size = registryPath->Length + sizeof(tail);

    Wdn.RulesKey.Buffer = ExAllocatePool2(POOL_FLAG_PAGED, size, WDN_TAG_TEXT);
    if (!Wdn.RulesKey.Buffer)
        return STATUS_INSUFFICIENT_RESOURCES;

    Wdn.RulesKey.Length = 0;
    Wdn.RulesKey.MaximumLength = size;
    RtlCopyUnicodeString(&Wdn.RulesKey, registryPath);
    return RtlAppendUnicodeToString(&Wdn.RulesKey, tail);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registryPath)
{
    UNICODE_STRING altitude = RTL_CONSTANT_STRING(L"378431.7");
    BOOLEAN linked = FALSE;
    NTSTATUS status;

    RtlZeroMemory(&Wdn, sizeof(Wdn));
    InitializeListHead(&Wdn.Rules);
    InitializeListHead(&Wdn.Events);
    ExInitializeFastMutex(&Wdn.EventsLock);

    status = ExInitializeResourceLite(&Wdn.RulesLock);
    if (!NT_SUCCESS(status))
        return status;

    status = BuildRulesKey(registryPath);
    if (!NT_SUCCESS(status))
        goto fail;

    // Without a key there are no rules; one may come with a reload.
    status = WdnLoadRules();
    if (!NT_SUCCESS(status) && status != STATUS_OBJECT_NAME_NOT_FOUND)
        goto fail;

    status = IoCreateDevice(driver, 0, &DeviceName, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &Wdn.Device);
    if (!NT_SUCCESS(status))
        goto fail;

    status = IoCreateSymbolicLink(&LinkName, &DeviceName);
    if (!NT_SUCCESS(status))
        goto fail;
    linked = TRUE;

    driver->MajorFunction[IRP_MJ_CREATE] = WdnDispatch;
    driver->MajorFunction[IRP_MJ_CLOSE] = WdnDispatch;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = WdnDispatch;
    driver->DriverUnload = WdnUnload;

    // From here on events come in, so it is the last step.
    status = CmRegisterCallbackEx(WdnRegistryCallback, &altitude, driver, NULL, &Wdn.Cookie, NULL);
    if (!NT_SUCCESS(status))
        goto fail;
    return STATUS_SUCCESS;

fail:
    if (linked)
        IoDeleteSymbolicLink(&LinkName);
    if (Wdn.Device)
        IoDeleteDevice(Wdn.Device);
    WdnFreeRules(&Wdn.Rules);
    WdnFreeText(&Wdn.RulesKey);
    ExDeleteResourceLite(&Wdn.RulesLock);
    return status;
}

VOID WdnUnload(PDRIVER_OBJECT driver)
{
    UNREFERENCED_PARAMETER(driver);

    // Waits for the callbacks that are under way.
    CmUnRegisterCallback(Wdn.Cookie);

    IoDeleteSymbolicLink(&LinkName);
    IoDeleteDevice(Wdn.Device);
    WdnDrainEvents();
    WdnFreeRules(&Wdn.Rules);
    WdnFreeText(&Wdn.RulesKey);
    ExDeleteResourceLite(&Wdn.RulesLock);
}

// Judges one change; the names that come in here belong to others.
static NTSTATUS Judge(REG_NOTIFY_CLASS operation, PVOID object, PCUNICODE_STRING value)
{
    PCUNICODE_STRING key = NULL;
    WdnAction action;
    NTSTATUS status;

    if (!object)
        return STATUS_SUCCESS;

    status = CmCallbackGetKeyObjectID(&Wdn.Cookie, object, NULL, &key);
    if (!NT_SUCCESS(status) || !key || !key->Length)
        return STATUS_SUCCESS;

    action = WdnMatch(key);
    if (action == WdnIgnore)
        return STATUS_SUCCESS;

    WdnRecord(operation, action, key, value);
    return action == WdnDeny ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

NTSTATUS WdnRegistryCallback(PVOID context, PVOID argument1, PVOID argument2)
{
    REG_NOTIFY_CLASS operation = (REG_NOTIFY_CLASS)(ULONG_PTR)argument1;

    UNREFERENCED_PARAMETER(context);

    if (!argument2 || ExGetPreviousMode() == KernelMode)
        return STATUS_SUCCESS;

    switch (operation)
    {
    case RegNtPreSetValueKey:
    {
        PREG_SET_VALUE_KEY_INFORMATION info = argument2;
        return Judge(operation, info->Object, info->ValueName);
    }
    case RegNtPreDeleteValueKey:
    {
        PREG_DELETE_VALUE_KEY_INFORMATION info = argument2;
        return Judge(operation, info->Object, info->ValueName);
    }
    case RegNtPreRenameKey:
    {
        PREG_RENAME_KEY_INFORMATION info = argument2;
        return Judge(operation, info->Object, info->NewName);
    }
    case RegNtPreDeleteKey:
    {
        PREG_DELETE_KEY_INFORMATION info = argument2;
        return Judge(operation, info->Object, NULL);
    }
    default:
        return STATUS_SUCCESS;
    }
}

static NTSTATUS ReportStatus(PVOID buffer, ULONG room, PULONG_PTR written)
{
    WdnStatusOut *out = buffer;

    if (room < sizeof(*out))
        return STATUS_BUFFER_TOO_SMALL;

    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(&Wdn.RulesLock, TRUE);
    out->Rules = Wdn.RuleCount;
    ExReleaseResourceLite(&Wdn.RulesLock);
    KeLeaveCriticalRegion();

    ExAcquireFastMutex(&Wdn.EventsLock);
    out->Events = Wdn.EventCount;
    out->Lost = Wdn.EventsLost;
    ExReleaseFastMutex(&Wdn.EventsLock);

    *written = sizeof(*out);
    return STATUS_SUCCESS;
}

NTSTATUS WdnDispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = STATUS_SUCCESS;
    ULONG_PTR written = 0;

    UNREFERENCED_PARAMETER(device);

    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
    {
        PVOID buffer = irp->AssociatedIrp.SystemBuffer;
        ULONG room = stack->Parameters.DeviceIoControl.OutputBufferLength;

        switch (stack->Parameters.DeviceIoControl.IoControlCode)
        {
        case IOCTL_WARDEN_FETCH:
            status = WdnFetch(buffer, room, &written);
            break;
        case IOCTL_WARDEN_RELOAD:
            status = WdnLoadRules();
            break;
        case IOCTL_WARDEN_STATUS:
            status = ReportStatus(buffer, room, &written);
            break;
        default:
            status = STATUS_INVALID_DEVICE_REQUEST;
            break;
        }
    }

    irp->IoStatus.Status = status;
    irp->IoStatus.Information = written;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}
