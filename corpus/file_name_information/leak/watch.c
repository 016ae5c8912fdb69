/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A minifilter that prints which text files are opened.  A name that cannot be
 * parsed is not released.
 */
#include <fltKernel.h>

DRIVER_INITIALIZE DriverEntry;

static PFLT_FILTER WatFilter;
static UNICODE_STRING WatExtension = RTL_CONSTANT_STRING(L"txt");

static NTSTATUS WatPrint(PFLT_CALLBACK_DATA Data)
{
    PFLT_FILE_NAME_INFORMATION name;
    NTSTATUS status;

    status = FltGetFileNameInformation(
            Data, FLT_FILE_NAME_NORMALIZED | FLT_FILE_NAME_QUERY_DEFAULT, &name);
    if (!NT_SUCCESS(status))
        return status;

    status = FltParseFileNameInformation(name);
    if (!NT_SUCCESS(status)) {
        return status; /* leak62: FilterObjectLeak */
    }

    if (RtlEqualUnicodeString(&name->Extension, &WatExtension, TRUE))
        DbgPrint("watch: %wZ\n", &name->Name);
    FltReleaseFileNameInformation(name);
    return STATUS_SUCCESS;
}

static FLT_PREOP_CALLBACK_STATUS FLTAPI WatPreCreate(PFLT_CALLBACK_DATA Data,
                                                     PCFLT_RELATED_OBJECTS FltObjects,
                                                     PVOID *CompletionContext)
{
    UNREFERENCED_PARAMETER(FltObjects);

    *CompletionContext = NULL;
    WatPrint(Data);
    return FLT_PREOP_SUCCESS_NO_CALLBACK;
}

static NTSTATUS FLTAPI WatUnload(FLT_FILTER_UNLOAD_FLAGS Flags)
{
    UNREFERENCED_PARAMETER(Flags);

    FltUnregisterFilter(WatFilter);
    return STATUS_SUCCESS;
}

static const FLT_OPERATION_REGISTRATION WatOperations[] = {
        {.MajorFunction = IRP_MJ_CREATE, .PreOperation = WatPreCreate},
        {.MajorFunction = IRP_MJ_OPERATION_END},
};

static const FLT_REGISTRATION WatRegistration = {
        .Size = sizeof(FLT_REGISTRATION),
        .Version = FLT_REGISTRATION_VERSION,
        .OperationRegistration = WatOperations,
        .FilterUnloadCallback = WatUnload,
};

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    status = FltRegisterFilter(DriverObject, &WatRegistration, &WatFilter);
    if (!NT_SUCCESS(status))
        return status;

    status = FltStartFiltering(WatFilter);
    if (!NT_SUCCESS(status))
        FltUnregisterFilter(WatFilter);
    return status;
}
