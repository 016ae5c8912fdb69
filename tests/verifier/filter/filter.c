/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A filter that prints what it is called for, and checks names.  Control codes change what it
 * does; filter_test.py knows them.
 */
#include <fltKernel.h>

#define CHECK(condition)                                                                       \
    do {                                                                                       \
        if (!(condition))                                                                      \
            __asm__ volatile("int $0x29" : : "c"(__LINE__));                                   \
    } while (0)

enum { KEEP_NAMES = 0x222004, DENY = 0x222008, PEND = 0x22200c, STAY = 0x222010, TWICE = 0x222014,
       KEEP_OPERATION = 0x222018 };

static PFLT_FILTER Filter;
static PFLT_INSTANCE Instance;
static PDEVICE_OBJECT Device;
static ULONG Mode;

static BOOLEAN Is(PCUNICODE_STRING text, PCWSTR want)
{
    UNICODE_STRING other;

    RtlInitUnicodeString(&other, want);
    return RtlEqualUnicodeString(text, &other, FALSE);
}

static void Refused(PFLT_CALLBACK_DATA Data)
{
    PFLT_FILE_NAME_INFORMATION name;

    CHECK(FltGetFileNameInformation(Data, FLT_FILE_NAME_OPENED, &name) == STATUS_INVALID_PARAMETER);
    CHECK(FltGetFileNameInformation(Data, FLT_FILE_NAME_QUERY_DEFAULT | 4, &name) ==
          STATUS_INVALID_PARAMETER);
    CHECK(FltGetFileNameInformation(Data, FLT_FILE_NAME_OPENED | FLT_FILE_NAME_QUERY_CACHE_ONLY,
                                    &name) == STATUS_FLT_NAME_CACHE_MISS);
}

static void PrintName(PFLT_CALLBACK_DATA Data)
{
    PFLT_FILE_NAME_INFORMATION name;

    CHECK(NT_SUCCESS(FltGetFileNameInformation(
            Data, FLT_FILE_NAME_NORMALIZED | FLT_FILE_NAME_QUERY_DEFAULT, &name)));
    CHECK(name->Size == sizeof(*name) && name->Format == FLT_FILE_NAME_NORMALIZED);
    CHECK(name->NamesParsed == 0 && name->FinalComponent.Length == 0);
    CHECK(Is(&name->Volume, L"\\Device\\HarddiskVolume1"));
    CHECK(NT_SUCCESS(FltParseFileNameInformation(name)));
    DbgPrint("%wZ: %wZ %wZ [%wZ] [%wZ]\n", &name->Name, &name->ParentDir, &name->FinalComponent,
             &name->Extension, &name->Stream);
    if (Mode == KEEP_NAMES)
        return;
    FltReleaseFileNameInformation(name);
    if (Mode == TWICE)
        FltReleaseFileNameInformation(name);
    CHECK(NT_SUCCESS(FltGetFileNameInformation(
            Data, FLT_FILE_NAME_SHORT | FLT_FILE_NAME_QUERY_DEFAULT, &name)));
    CHECK(NT_SUCCESS(FltParseFileNameInformation(name)));
    CHECK(name->Volume.Length == 0 && name->ParentDir.Length == 0);
    CHECK(RtlEqualUnicodeString(&name->Name, &name->FinalComponent, FALSE));
    FltReleaseFileNameInformation(name);
}

static FLT_PREOP_CALLBACK_STATUS FLTAPI Pre(PFLT_CALLBACK_DATA Data, PCFLT_RELATED_OBJECTS Objects,
                                            PVOID *Context)
{
    UCHAR major = Data->Iopb->MajorFunction;

    CHECK(Objects->Size == sizeof(*Objects) && Objects->Filter == Filter);
    CHECK(Objects->Instance == Instance && Data->Iopb->TargetInstance == Instance);
    CHECK(Objects->FileObject == Data->Iopb->TargetFileObject && FLT_IS_IRP_OPERATION(Data));
    CHECK(Data->RequestorMode == UserMode && ExGetPreviousMode() == UserMode && !*Context);
    DbgPrint("before %u\n", major);
    if (major == IRP_MJ_CREATE) {
        Refused(Data);
        PrintName(Data);
        if (Mode == DENY) {
            Data->IoStatus.Status = STATUS_ACCESS_DENIED;
            return FLT_PREOP_COMPLETE;
        }
        if (Mode == PEND)
            return FLT_PREOP_PENDING;
    }
    if (major == IRP_MJ_WRITE) {
        CHECK(*(PUCHAR)Data->Iopb->Parameters.Write.WriteBuffer == 0x62);
        CHECK((PVOID)Data->Iopb->Parameters.Write.WriteBuffer < MmHighestUserAddress);
        return FLT_PREOP_SUCCESS_NO_CALLBACK;
    }
    *Context = (PVOID)(ULONG_PTR)(100 + major);
    return major == IRP_MJ_READ ? FLT_PREOP_SYNCHRONIZE : FLT_PREOP_SUCCESS_WITH_CALLBACK;
}

static FLT_POSTOP_CALLBACK_STATUS FLTAPI Post(PFLT_CALLBACK_DATA Data, PCFLT_RELATED_OBJECTS Objects,
                                              PVOID Context, FLT_POST_OPERATION_FLAGS Flags)
{
    UCHAR major = Data->Iopb->MajorFunction;
    PFLT_FILE_NAME_INFORMATION name;

    CHECK(Flags == 0 && Data->IoStatus.Status == STATUS_SUCCESS && Objects->Filter == Filter);
    if (major == IRP_MJ_CLOSE) {
        CHECK(!Context);
        CHECK(FltGetFileNameInformation(Data, FLT_FILE_NAME_OPENED | FLT_FILE_NAME_QUERY_DEFAULT,
                                        &name) == STATUS_FLT_INVALID_NAME_REQUEST);
    } else {
        CHECK(Context == (PVOID)(ULONG_PTR)(100 + major));
    }
    DbgPrint("after %u: %lu\n", major, (ULONG)Data->IoStatus.Information);
    return Mode == KEEP_OPERATION ? FLT_POSTOP_MORE_PROCESSING_REQUIRED
                                  : FLT_POSTOP_FINISHED_PROCESSING;
}

static NTSTATUS FLTAPI Setup(PCFLT_RELATED_OBJECTS Objects, FLT_INSTANCE_SETUP_FLAGS Flags,
                             DEVICE_TYPE Type, FLT_FILESYSTEM_TYPE FileSystem)
{
    CHECK(Flags == FLTFL_INSTANCE_SETUP_AUTOMATIC_ATTACHMENT && Objects->Volume);
    CHECK(Type == FILE_DEVICE_DISK_FILE_SYSTEM && FileSystem == FLT_FSTYPE_NTFS);
    Instance = Objects->Instance;
    DbgPrint("attached\n");
    return STATUS_SUCCESS;
}

static VOID FLTAPI TeardownStart(PCFLT_RELATED_OBJECTS Objects, FLT_INSTANCE_TEARDOWN_FLAGS Reason)
{
    CHECK(Objects->Instance == Instance && Reason == FLTFL_INSTANCE_TEARDOWN_FILTER_UNLOAD);
    DbgPrint("detaching\n");
}

static VOID FLTAPI TeardownComplete(PCFLT_RELATED_OBJECTS Objects,
                                    FLT_INSTANCE_TEARDOWN_FLAGS Reason)
{
    DbgPrint("detached\n");
}

static NTSTATUS FLTAPI FilterUnload(FLT_FILTER_UNLOAD_FLAGS Flags)
{
    CHECK(Flags == FLTFL_FILTER_UNLOAD_MANDATORY);
    IoDeleteDevice(Device);
    if (Mode != STAY)
        FltUnregisterFilter(Filter);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        Mode = stack->Parameters.DeviceIoControl.IoControlCode;
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID NTAPI NeverCalled(PDRIVER_OBJECT driver)
{
    CHECK(FALSE);
}

static const FLT_OPERATION_REGISTRATION Operations[] = {
    {.MajorFunction = IRP_MJ_CREATE, .PreOperation = Pre, .PostOperation = Post},
    {.MajorFunction = IRP_MJ_READ, .PreOperation = Pre, .PostOperation = Post},
    {.MajorFunction = IRP_MJ_WRITE, .PreOperation = Pre, .PostOperation = Post},
    {.MajorFunction = IRP_MJ_CLOSE, .PostOperation = Post},
    {.MajorFunction = IRP_MJ_OPERATION_END},
};

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    static FLT_REGISTRATION registration = {
        .Size = sizeof(registration),
        .Version = 0x0100,
        .OperationRegistration = Operations,
        .FilterUnloadCallback = FilterUnload,
        .InstanceSetupCallback = Setup,
        .InstanceTeardownStartCallback = TeardownStart,
        .InstanceTeardownCompleteCallback = TeardownComplete,
    };
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Leak62Filter");

    CHECK(FltRegisterFilter(driver, &registration, &Filter) == STATUS_INVALID_PARAMETER);
    registration.Version = FLT_REGISTRATION_VERSION;
    CHECK(NT_SUCCESS(FltRegisterFilter(driver, &registration, &Filter)));
    /* It has been copied. */
    registration.OperationRegistration = NULL;
    CHECK(NT_SUCCESS(FltStartFiltering(Filter)));
    CHECK(NT_SUCCESS(IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device)));
    driver->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    driver->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    driver->DriverUnload = NeverCalled;
    return STATUS_SUCCESS;
}
