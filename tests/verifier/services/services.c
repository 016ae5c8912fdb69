/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that checks what kernel services promise, a group for each control code.
 * services_test.py knows the codes by the order of the table at the end.  A promise
 * that is not kept is a fast fail with the number of its line.
 */
#include <ntddk.h>
#include <stdarg.h>

NTSYSAPI NTSTATUS NTAPI ZwWaitForSingleObject(HANDLE handle, BOOLEAN alertable,
                                              PLARGE_INTEGER timeout);

#define TAG 'crvs'
#define CHECK(condition)                                                                       \
    do {                                                                                       \
        if (!(condition))                                                                      \
            __asm__ volatile("int $0x29" : : "c"(__LINE__));                                   \
    } while (0)

typedef struct _DEVICE_EXTENSION {
    PDEVICE_OBJECT Device;
    LIST_ENTRY Queue;
    KSPIN_LOCK Lock;
    ULONG Canceled;
    ULONG Calls;
    KMUTEX Mutex;
    KSEMAPHORE Semaphore;
    ERESOURCE Resource;
    ULONG Order[8];
    ULONG Count;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static void Note(PDEVICE_EXTENSION ext, ULONG value)
{
    if (ext->Count < 8)
        ext->Order[ext->Count++] = value;
}

static PVOID StartThread(PKSTART_ROUTINE routine, PVOID context)
{
    PVOID thread = NULL;
    HANDLE handle;

    CHECK(NT_SUCCESS(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, routine,
                                          context)));
    CHECK(NT_SUCCESS(ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType,
                                               KernelMode, &thread, NULL)));
    CHECK(thread != NULL && ZwClose(handle) == STATUS_SUCCESS);
    return thread;
}

static void JoinThread(PVOID thread)
{
    CHECK(KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    ObDereferenceObject(thread);
}

static VOID NTAPI MutexThread(PVOID context)
{
    PDEVICE_EXTENSION ext = context;
    LARGE_INTEGER now;

    now.QuadPart = 0;
    CHECK(KeWaitForSingleObject(&ext->Mutex, Executive, KernelMode, FALSE, &now) ==
          STATUS_TIMEOUT);
    KeWaitForSingleObject(&ext->Mutex, Executive, KernelMode, FALSE, NULL);
    Note(ext, 2);
    KeReleaseMutex(&ext->Mutex, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

/* Recursive, owned by a thread, and handed on. */
static void Mutexes(PDEVICE_EXTENSION ext)
{
    LARGE_INTEGER soon;
    PVOID thread;

    soon.QuadPart = -10000;
    KeInitializeMutex(&ext->Mutex, 0);
    CHECK(KeReadStateMutex(&ext->Mutex) == 1);
    KeWaitForSingleObject(&ext->Mutex, Executive, KernelMode, FALSE, NULL);
    KeWaitForSingleObject(&ext->Mutex, Executive, KernelMode, FALSE, NULL);
    CHECK(KeReadStateMutex(&ext->Mutex) == -1);
    thread = StartThread(MutexThread, ext);
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    Note(ext, 1);
    CHECK(KeReleaseMutex(&ext->Mutex, FALSE) == -1);
    CHECK(KeReleaseMutex(&ext->Mutex, FALSE) == 0);
    JoinThread(thread);
    CHECK(ext->Count == 2 && ext->Order[0] == 1 && ext->Order[1] == 2);
    CHECK(KeReadStateMutex(&ext->Mutex) == 1);
}

static void MutexNotOwned(PDEVICE_EXTENSION ext)
{
    KeInitializeMutex(&ext->Mutex, 0);
    KeReleaseMutex(&ext->Mutex, FALSE);
}

static VOID NTAPI KeepsMutex(PVOID context)
{
    PDEVICE_EXTENSION ext = context;

    KeWaitForSingleObject(&ext->Mutex, Executive, KernelMode, FALSE, NULL);
}

static void MutexKept(PDEVICE_EXTENSION ext)
{
    KeInitializeMutex(&ext->Mutex, 0);
    JoinThread(StartThread(KeepsMutex, ext));
}

static VOID NTAPI SemaphoreThread(PVOID context)
{
    PDEVICE_EXTENSION ext = context;

    KeWaitForSingleObject(&ext->Semaphore, Executive, KernelMode, FALSE, NULL);
    ext->Calls++;
}

static void Semaphores(PDEVICE_EXTENSION ext)
{
    PVOID threads[2];
    LARGE_INTEGER soon;

    soon.QuadPart = -10000;
    KeInitializeSemaphore(&ext->Semaphore, 0, 2);
    threads[0] = StartThread(SemaphoreThread, ext);
    threads[1] = StartThread(SemaphoreThread, ext);
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    CHECK(ext->Calls == 0);
    CHECK(KeReleaseSemaphore(&ext->Semaphore, 0, 1, FALSE) == 0);
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    CHECK(ext->Calls == 1);
    KeReleaseSemaphore(&ext->Semaphore, 0, 1, FALSE);
    CHECK(KeWaitForMultipleObjects(2, threads, WaitAll, Executive, KernelMode, FALSE, NULL,
                                   NULL) == STATUS_SUCCESS);
    CHECK(ext->Calls == 2 && KeReadStateSemaphore(&ext->Semaphore) == 0);
    ObDereferenceObject(threads[0]);
    ObDereferenceObject(threads[1]);
}

static void SemaphoreLimit(PDEVICE_EXTENSION ext)
{
    KeInitializeSemaphore(&ext->Semaphore, 2, 2);
    KeReleaseSemaphore(&ext->Semaphore, 0, 1, FALSE);
}

static void WaitForSeveral(PDEVICE_EXTENSION ext)
{
    KEVENT a, b;
    PVOID both[2] = {&a, &b};
    LARGE_INTEGER soon;

    soon.QuadPart = -10000;
    KeInitializeEvent(&a, SynchronizationEvent, FALSE);
    KeInitializeEvent(&b, SynchronizationEvent, TRUE);
    CHECK(KeWaitForMultipleObjects(2, both, WaitAll, Executive, KernelMode, FALSE, &soon,
                                   NULL) == STATUS_TIMEOUT);
    CHECK(KeReadStateEvent(&b) != 0);
    CHECK(KeWaitForMultipleObjects(2, both, WaitAny, Executive, KernelMode, FALSE, NULL,
                                   NULL) == STATUS_WAIT_1);
    CHECK(KeReadStateEvent(&b) == 0);
}

static VOID NTAPI ResourceThread(PVOID context)
{
    PDEVICE_EXTENSION ext = context;

    KeEnterCriticalRegion();
    CHECK(!ExAcquireResourceExclusiveLite(&ext->Resource, FALSE));
    CHECK(ExAcquireResourceSharedLite(&ext->Resource, FALSE));
    Note(ext, 1);
    ExReleaseResourceLite(&ext->Resource);
    ExAcquireResourceExclusiveLite(&ext->Resource, TRUE);
    Note(ext, 3);
    ExReleaseResourceLite(&ext->Resource);
    KeLeaveCriticalRegion();
}

/* Shared by two; exclusive only when both are gone; recursive. */
static void Resources(PDEVICE_EXTENSION ext)
{
    LARGE_INTEGER soon;
    PVOID thread;

    soon.QuadPart = -10000;
    CHECK(NT_SUCCESS(ExInitializeResourceLite(&ext->Resource)));
    KeEnterCriticalRegion();
    CHECK(ExAcquireResourceSharedLite(&ext->Resource, TRUE));
    thread = StartThread(ResourceThread, ext);
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    Note(ext, 2);
    CHECK(ExIsResourceAcquiredSharedLite(&ext->Resource) == 1);
    CHECK(ExGetExclusiveWaiterCount(&ext->Resource) == 1);
    ExReleaseResourceLite(&ext->Resource);
    JoinThread(thread);
    CHECK(ext->Count == 3 && ext->Order[0] == 1 && ext->Order[1] == 2 && ext->Order[2] == 3);
    CHECK(ExAcquireResourceExclusiveLite(&ext->Resource, TRUE));
    CHECK(ExAcquireResourceExclusiveLite(&ext->Resource, TRUE));
    ExReleaseResourceLite(&ext->Resource);
    CHECK(ExIsResourceAcquiredExclusiveLite(&ext->Resource));
    ExReleaseResourceLite(&ext->Resource);
    CHECK(!ExIsResourceAcquiredExclusiveLite(&ext->Resource));
    KeLeaveCriticalRegion();
    ExDeleteResourceLite(&ext->Resource);
}

static KEVENT Everybody;

static VOID NTAPI Shares(PVOID context)
{
    PDEVICE_EXTENSION ext = context;

    KeEnterCriticalRegion();
    CHECK(ExAcquireResourceSharedLite(&ext->Resource, TRUE));
    KeWaitForSingleObject(&Everybody, Executive, KernelMode, FALSE, NULL);
    CHECK(ExIsResourceAcquiredSharedLite(&ext->Resource) == 1);
    ExReleaseResourceLite(&ext->Resource);
    KeLeaveCriticalRegion();
}

/* As many sharers as there are. */
static void ResourceOfMany(PDEVICE_EXTENSION ext)
{
    PVOID threads[40];
    LARGE_INTEGER soon;

    soon.QuadPart = -10000;
    KeInitializeEvent(&Everybody, NotificationEvent, FALSE);
    for (ULONG round = 0; round < 2; round++) {
        CHECK(NT_SUCCESS(ExInitializeResourceLite(&ext->Resource)));
        KeEnterCriticalRegion();
        CHECK(ExAcquireResourceSharedLite(&ext->Resource, TRUE));
        for (ULONG i = 0; i < 40; i++)
            threads[i] = StartThread(Shares, ext);
        KeDelayExecutionThread(KernelMode, FALSE, &soon);
        CHECK(ExIsResourceAcquiredSharedLite(&ext->Resource) == 1);
        ExReleaseResourceLite(&ext->Resource);
        CHECK(!ExAcquireResourceExclusiveLite(&ext->Resource, FALSE));
        KeSetEvent(&Everybody, IO_NO_INCREMENT, FALSE);
        for (ULONG i = 0; i < 40; i++)
            JoinThread(threads[i]);
        KeClearEvent(&Everybody);
        CHECK(ExAcquireResourceExclusiveLite(&ext->Resource, FALSE));
        ExReleaseResourceLite(&ext->Resource);
        KeLeaveCriticalRegion();
        ExDeleteResourceLite(&ext->Resource);
    }
}

static void ResourceDeleted(PDEVICE_EXTENSION ext)
{
    ExInitializeResourceLite(&ext->Resource);
    ExDeleteResourceLite(&ext->Resource);
    ExAcquireResourceSharedLite(&ext->Resource, TRUE);
}

static ULONG ToAsk, Asked;

/* The PnP manager asks the device, in time before it goes. */
static void Relations(PDEVICE_EXTENSION ext)
{
    IoInvalidateDeviceRelations(ext->Device, BusRelations);
    IoInvalidateDeviceRelations(ext->Device, PowerRelations);
    ToAsk = 1;
}

static void ResourceNotOwned(PDEVICE_EXTENSION ext)
{
    ExInitializeResourceLite(&ext->Resource);
    ExReleaseResourceLite(&ext->Resource);
}

static VOID NTAPI HoldsRemoveLock(PVOID context)
{
    LARGE_INTEGER soon;

    soon.QuadPart = -10000;
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    IoReleaseRemoveLock((PIO_REMOVE_LOCK)context, NULL);
}

static void RemoveLocks(PDEVICE_EXTENSION ext)
{
    IO_REMOVE_LOCK lock;
    PVOID thread;

    IoInitializeRemoveLock(&lock, TAG, 0, 0);
    CHECK(NT_SUCCESS(IoAcquireRemoveLock(&lock, NULL)));
    CHECK(NT_SUCCESS(IoAcquireRemoveLock(&lock, NULL)));
    thread = StartThread(HoldsRemoveLock, &lock);
    IoReleaseRemoveLockAndWait(&lock, NULL);
    CHECK(IoAcquireRemoveLock(&lock, NULL) == STATUS_DELETE_PENDING);
    JoinThread(thread);
}

static void RemoveLockKept(PDEVICE_EXTENSION ext)
{
    IO_REMOVE_LOCK lock;

    IoInitializeRemoveLock(&lock, TAG, 0, 0);
    IoAcquireRemoveLock(&lock, NULL);
    IoAcquireRemoveLock(&lock, NULL);
    IoReleaseRemoveLockAndWait(&lock, NULL);
}

static void Lookasides(PDEVICE_EXTENSION ext)
{
    NPAGED_LOOKASIDE_LIST *list = ExAllocatePoolZero(NonPagedPool, sizeof(*list), TAG);
    PVOID a, b;

    ExInitializeNPagedLookasideList(list, NULL, NULL, 0, 64, TAG, 0);
    a = ExAllocateFromNPagedLookasideList(list);
    b = ExAllocateFromNPagedLookasideList(list);
    CHECK(a && b && a != b);
    ExFreeToNPagedLookasideList(list, a);
    CHECK(ExAllocateFromNPagedLookasideList(list) == a); /* the one that was free */
    ExFreeToNPagedLookasideList(list, a);
    ExFreeToNPagedLookasideList(list, b);
    ExDeleteNPagedLookasideList(list);
    ExFreePoolWithTag(list, TAG);
}

/* The entry that is not given back is pool of this tag, from here. */
static void LookasideLeak(PDEVICE_EXTENSION ext)
{
    NPAGED_LOOKASIDE_LIST *list = ExAllocatePoolZero(NonPagedPool, sizeof(*list), TAG);

    ExInitializeNPagedLookasideList(list, NULL, NULL, 0, 64, 'ysal', 0);
    ExAllocateFromNPagedLookasideList(list);
    ExDeleteNPagedLookasideList(list);
    ExFreePoolWithTag(list, TAG);
}

static void Lists(PDEVICE_EXTENSION ext)
{
    LIST_ENTRY head, a, b;
    PSLIST_HEADER slist = ExAllocatePoolZero(NonPagedPool, 64, TAG);
    PSLIST_ENTRY one = (PSLIST_ENTRY)((PUCHAR)slist + 16), two = one + 1;

    InitializeListHead(&head);
    CHECK(ExInterlockedInsertTailList(&head, &a, &ext->Lock) == NULL);
    CHECK(ExInterlockedInsertTailList(&head, &b, &ext->Lock) == &a);
    CHECK(ExInterlockedRemoveHeadList(&head, &ext->Lock) == &a);
    CHECK(ExInterlockedRemoveHeadList(&head, &ext->Lock) == &b);
    CHECK(ExInterlockedRemoveHeadList(&head, &ext->Lock) == NULL);
    CHECK(ExInterlockedPushEntrySList(slist, one, &ext->Lock) == NULL);
    CHECK(ExInterlockedPushEntrySList(slist, two, &ext->Lock) == one);
    CHECK(ExQueryDepthSList(slist) == 2);
    CHECK(ExInterlockedPopEntrySList(slist, &ext->Lock) == two);
    CHECK(ExInterlockedPopEntrySList(slist, &ext->Lock) == one);
    CHECK(ExInterlockedPopEntrySList(slist, &ext->Lock) == NULL);
    ExFreePoolWithTag(slist, TAG);
}

/* Counts and types of objects and handles. */
static void Handles(PDEVICE_EXTENSION ext)
{
    HANDLE handle;
    PKEVENT event;
    PVOID object;

    event = IoCreateNotificationEvent(NULL, &handle);
    CHECK(event && KeReadStateEvent(event));
    CHECK(ObReferenceObjectByHandle(handle, EVENT_ALL_ACCESS, *PsThreadType, KernelMode,
                                    &object, NULL) == STATUS_OBJECT_TYPE_MISMATCH);
    CHECK(NT_SUCCESS(ObReferenceObjectByHandle(handle, EVENT_ALL_ACCESS, *ExEventObjectType,
                                               KernelMode, &object, NULL)));
    CHECK(object == event);
    CHECK(ZwWaitForSingleObject(handle, FALSE, NULL) == STATUS_SUCCESS);
    CHECK(ZwClose(handle) == STATUS_SUCCESS);
    CHECK(KeReadStateEvent(event));
    ObDereferenceObject(object);
    CHECK(ZwClose((HANDLE)0x7ffc) == STATUS_INVALID_HANDLE);
}

static void DereferenceTwice(PDEVICE_EXTENSION ext)
{
    ObReferenceObject(ext->Device);
    ObDereferenceObject(ext->Device);
    ObDereferenceObject(ext->Device);
}

static void CloseTwice(PDEVICE_EXTENSION ext)
{
    HANDLE handle;

    IoCreateNotificationEvent(NULL, &handle);
    ZwClose(handle);
    ZwClose(handle);
}

static PIRP Waiting;

static NTSTATUS NTAPI Completed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    ((PDEVICE_EXTENSION)context)->Calls++;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* To this very driver: an internal control completes with the sum of its input. */
static void RequestsOfOwn(PDEVICE_EXTENSION ext)
{
    ULONG code = CTL_CODE(FILE_DEVICE_UNKNOWN, 0xfff, METHOD_BUFFERED, FILE_ANY_ACCESS);
    UCHAR in[3] = {1, 2, 3}, out[4] = {0};
    IO_STATUS_BLOCK result;
    KEVENT event;
    PIRP irp;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(code, ext->Device, in, sizeof(in), out, sizeof(out),
                                        TRUE, &event, &result);
    CHECK(irp && IoCallDriver(ext->Device, irp) == STATUS_SUCCESS);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    CHECK(result.Information == 1 && out[0] == 6);

    irp = IoAllocateIrp(ext->Device->StackSize, FALSE);
    CHECK(irp && irp->StackCount == 1);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
    IoSetCompletionRoutine(irp, Completed, ext, TRUE, TRUE, TRUE);
    IoCallDriver(ext->Device, irp);
    CHECK(ext->Calls == 1);
    IoReuseIrp(irp, STATUS_CANCELLED);
    CHECK(irp->IoStatus.Status == STATUS_CANCELLED && irp->CurrentLocation == 2);
    IoFreeIrp(irp);
}

static void IrpLeak(PDEVICE_EXTENSION ext)
{
    IoAllocateIrp(3, FALSE);
}

static void FreeOfThreadedIrp(PDEVICE_EXTENSION ext)
{
    IO_STATUS_BLOCK result;
    KEVENT event;

    IoFreeIrp(IoBuildSynchronousFsdRequest(IRP_MJ_FLUSH_BUFFERS, ext->Device, NULL, 0, NULL,
                                           &event, &result));
}

static IO_CSQ Csq;

static VOID NTAPI CsqInsert(PIO_CSQ csq, PIRP irp)
{
    PDEVICE_EXTENSION ext = IoGetCurrentIrpStackLocation(irp)->DeviceObject->DeviceExtension;

    InsertTailList(&ext->Queue, &irp->Tail.Overlay.ListEntry);
}

static VOID NTAPI CsqRemove(PIO_CSQ csq, PIRP irp)
{
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

static PDEVICE_EXTENSION QueueOwner;

static PIRP NTAPI CsqPeek(PIO_CSQ csq, PIRP irp, PVOID context)
{
    PLIST_ENTRY next = irp ? irp->Tail.Overlay.ListEntry.Flink : QueueOwner->Queue.Flink;

    return next == &QueueOwner->Queue ? NULL
                                      : CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);
}

static VOID NTAPI CsqAcquire(PIO_CSQ csq, PKIRQL irql)
{
    KeAcquireSpinLock(&QueueOwner->Lock, irql);
}

static VOID NTAPI CsqRelease(PIO_CSQ csq, KIRQL irql)
{
    KeReleaseSpinLock(&QueueOwner->Lock, irql);
}

static VOID NTAPI CsqCanceled(PIO_CSQ csq, PIRP irp)
{
    QueueOwner->Canceled++;
    irp->IoStatus.Status = STATUS_CANCELLED;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static PIRP SendPending(PDEVICE_EXTENSION ext)
{
    PIRP irp = IoAllocateIrp(ext->Device->StackSize, FALSE);

    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    IoSetCompletionRoutine(irp, Completed, ext, TRUE, TRUE, TRUE);
    CHECK(IoCallDriver(ext->Device, irp) == STATUS_PENDING);
    return irp;
}

/* One is taken out of the queue, the other canceled. */
static void CancelSafeQueue(PDEVICE_EXTENSION ext)
{
    PIRP a, b;

    QueueOwner = ext;
    IoCsqInitialize(&Csq, CsqInsert, CsqRemove, CsqPeek, CsqAcquire, CsqRelease, CsqCanceled);
    a = SendPending(ext);
    b = SendPending(ext);
    CHECK(IoCancelIrp(b) && ext->Canceled == 1 && ext->Calls == 1);
    CHECK(b->IoStatus.Status == STATUS_CANCELLED && !IoCancelIrp(b));
    CHECK(IoCsqRemoveNextIrp(&Csq, NULL) == a);
    CHECK(IoCsqRemoveNextIrp(&Csq, NULL) == NULL);
    a->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(a, IO_NO_INCREMENT);
    CHECK(ext->Calls == 2 && KeGetCurrentIrql() == PASSIVE_LEVEL);
    IoFreeIrp(a);
    IoFreeIrp(b);
}

static ULONG Told;

static VOID NTAPI OnProcess(HANDLE parent, HANDLE process, BOOLEAN create)
{
    if (create)
        Told++;
    else
        ExAllocatePoolWithTag(NonPagedPool, Told, TAG); /* the test sees it left */
}

/* Registered twice: refused.  The program that comes by then is told of. */
static void ProcessNotify(PDEVICE_EXTENSION ext)
{
    CHECK(NT_SUCCESS(PsSetCreateProcessNotifyRoutine(OnProcess, FALSE)));
    CHECK(PsSetCreateProcessNotifyRoutine(OnProcess, FALSE) == STATUS_INVALID_PARAMETER);
}

extern int __cdecl _vsnprintf(char *to, size_t size, const char *format, va_list args);

static int Format(char *to, size_t size, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = _vsnprintf(to, size, format, args);
    va_end(args);
    return length;
}

static void Strings(PDEVICE_EXTENSION ext)
{
    UNICODE_STRING a, b, none;
    ANSI_STRING ansi;
    WCHAR room[8];
    CHAR text[40];
    ULONG number;

    RtlInitAnsiString(&ansi, "Pool Tag");
    CHECK(ansi.Length == 8 && ansi.MaximumLength == 9);
    CHECK(NT_SUCCESS(RtlAnsiStringToUnicodeString(&a, &ansi, TRUE)));
    CHECK(a.Length == 16 && a.MaximumLength == 18 && a.Buffer[8] == 0);
    RtlInitUnicodeString(&b, L"POOL TAG");
    CHECK(RtlEqualUnicodeString(&a, &b, TRUE) && !RtlEqualUnicodeString(&a, &b, FALSE));
    RtlInitUnicodeString(&b, L"pool");
    CHECK(RtlPrefixUnicodeString(&b, &a, TRUE) && !RtlPrefixUnicodeString(&a, &b, TRUE));
    RtlFreeUnicodeString(&a);
    CHECK(a.Buffer == NULL);
    a.Buffer = room;
    a.MaximumLength = sizeof(room);
    RtlCopyUnicodeString(&a, &b);
    CHECK(a.Length == 8);
    CHECK(RtlAppendUnicodeToString(&a, L"1234") == STATUS_SUCCESS);
    CHECK(RtlAppendUnicodeToString(&a, L"5") == STATUS_BUFFER_TOO_SMALL && a.Length == 16);
    RtlInitUnicodeString(&b, L"0x1F zz");
    CHECK(NT_SUCCESS(RtlUnicodeStringToInteger(&b, 0, &number)) && number == 31);
    CHECK(RtlCompareMemory("abcd", "abXd", 4) == 2);
    CHECK(Format(text, sizeof(text), "%d %5u|%-4x|%08X %s %S %wZ", -7, 42u, 0xabu, 0x62u,
                    "s", L"w", &b) == 34);
    CHECK(RtlCompareMemory(text, "-7    42|ab  |00000062 s w 0x1F zz", 34) == 34);
    CHECK(Format(text, 4, "%s", "longer") == -1);
}

/* What RtlAnsiStringToUnicodeString has made is pool. */
static void StringLeak(PDEVICE_EXTENSION ext)
{
    UNICODE_STRING a;
    ANSI_STRING ansi;

    RtlInitAnsiString(&ansi, "forgotten");
    RtlAnsiStringToUnicodeString(&a, &ansi, TRUE);
}

static void Prints(PDEVICE_EXTENSION ext)
{
    DbgPrint("leak62 says %d\n", 62);
}

static void Mdls(PDEVICE_EXTENSION ext)
{
    PUCHAR memory = ExAllocatePoolZero(PagedPool, 5000, TAG);
    PMDL mdl = IoAllocateMdl(memory, 5000, FALSE, FALSE, NULL);
    PMDL part = IoAllocateMdl(memory + 100, 50, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
    CHECK(mdl->MdlFlags & MDL_PAGES_LOCKED);
    CHECK(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority) == memory);
    IoBuildPartialMdl(mdl, part, memory + 100, 50);
    CHECK(MmGetMdlByteCount(part) == 50 && MmGetMdlVirtualAddress(part) == memory + 100);
    CHECK(MmGetSystemAddressForMdlSafe(part, NormalPagePriority) == memory + 100);
    IoFreeMdl(part);
    MmUnlockPages(mdl);
    CHECK(!(mdl->MdlFlags & MDL_PAGES_LOCKED));
    IoFreeMdl(mdl);
    ExFreePoolWithTag(memory, TAG);
}

static void Contiguous(PDEVICE_EXTENSION ext)
{
    PHYSICAL_ADDRESS highest;
    PUCHAR memory;

    highest.QuadPart = -1;
    memory = MmAllocateContiguousMemory(5000, highest);
    CHECK(memory && BYTE_OFFSET(memory) == 0 && memory[8191] == 0);
    MmFreeContiguousMemory(memory);
    MmFreeContiguousMemory(memory);
}

static NTSTATUS NTAPI OnValue(PWSTR name, ULONG type, PVOID data, ULONG size, PVOID context,
                              PVOID entry)
{
    PDEVICE_EXTENSION ext = context;

    ext->Calls++;
    CHECK(type == REG_DWORD && size == 4 && *(PULONG)data == 62 && entry == ext);
    return STATUS_SUCCESS;
}

static void Registry(PDEVICE_EXTENSION ext)
{
    UCHAR buffer[64];
    PKEY_VALUE_PARTIAL_INFORMATION partial = (PKEY_VALUE_PARTIAL_INFORMATION)buffer;
    RTL_QUERY_REGISTRY_TABLE table[3];
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING path, name;
    HANDLE key, sub;
    ULONG needed, value = 62;

    RtlInitUnicodeString(&path, L"\\Registry\\Machine\\System\\CurrentControlSet\\"
                                L"Services\\leak62");
    RtlInitUnicodeString(&name, L"Nothing");
    InitializeObjectAttributes(&attributes, &path, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK(NT_SUCCESS(ZwOpenKey(&key, KEY_READ, &attributes)));
    CHECK(ZwQueryValueKey(key, &name, KeyValuePartialInformation, buffer, 64, &needed) ==
          STATUS_OBJECT_NAME_NOT_FOUND);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, key, NULL);
    CHECK(ZwOpenKey(&sub, KEY_READ, &attributes) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(NT_SUCCESS(ZwSetValueKey(key, &name, 0, REG_DWORD, &value, sizeof(value))));
    CHECK(ZwQueryValueKey(key, &name, KeyValuePartialInformation, buffer, 0, &needed) ==
              STATUS_BUFFER_TOO_SMALL && needed == 16);
    CHECK(ZwQueryValueKey(key, &name, KeyValuePartialInformation, buffer, 14, &needed) ==
          STATUS_BUFFER_OVERFLOW);
    CHECK(NT_SUCCESS(
        ZwQueryValueKey(key, &name, KeyValuePartialInformation, buffer, 64, &needed)));
    CHECK(partial->Type == REG_DWORD && partial->DataLength == 4 && partial->Data[0] == 62);
    RtlZeroMemory(table, sizeof(table));
    table[0].QueryRoutine = OnValue;
    table[0].Name = L"Nothing";
    table[0].EntryContext = ext;
    table[1].Flags = RTL_QUERY_REGISTRY_DIRECT;
    table[1].Name = L"Missing";
    table[1].EntryContext = &needed;
    table[1].DefaultType = REG_DWORD;
    table[1].DefaultData = &value;
    table[1].DefaultLength = sizeof(value);
    CHECK(NT_SUCCESS(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"leak62", table, ext, NULL)));
    CHECK(ext->Calls == 1 && needed == 62);
    table[1].Flags |= RTL_QUERY_REGISTRY_REQUIRED;
    CHECK(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"leak62", table, ext, NULL) ==
          STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"other", table, ext, NULL) ==
          STATUS_OBJECT_NAME_NOT_FOUND);
    ZwClose(key);
}

static void Files(PDEVICE_EXTENSION ext)
{
    OBJECT_ATTRIBUTES attributes;
    FILE_STANDARD_INFORMATION standard;
    IO_STATUS_BLOCK result;
    LARGE_INTEGER offset;
    UNICODE_STRING path;
    CHAR buffer[16];
    HANDLE file;

    RtlInitUnicodeString(&path, L"\\??\\C:\\leak62.log");
    InitializeObjectAttributes(&attributes, &path, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK(ZwOpenFile(&file, FILE_GENERIC_READ, &attributes, &result, 0, 0) ==
          STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(NT_SUCCESS(ZwCreateFile(&file, FILE_GENERIC_WRITE, &attributes, &result, NULL, 0, 0,
                                  FILE_OPEN_IF, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0)));
    CHECK(result.Information == FILE_CREATED);
    CHECK(NT_SUCCESS(ZwWriteFile(file, NULL, NULL, NULL, &result, "leak", 4, NULL, NULL)));
    CHECK(NT_SUCCESS(ZwWriteFile(file, NULL, NULL, NULL, &result, "62", 2, NULL, NULL)));
    ZwClose(file);
    CHECK(NT_SUCCESS(ZwOpenFile(&file, FILE_GENERIC_READ, &attributes, &result, 0, 0)));
    CHECK(NT_SUCCESS(ZwQueryInformationFile(file, &result, &standard, sizeof(standard),
                                            FileStandardInformation)));
    CHECK(standard.EndOfFile.QuadPart == 6);
    offset.QuadPart = 2;
    CHECK(NT_SUCCESS(
        ZwReadFile(file, NULL, NULL, NULL, &result, buffer, 16, &offset, NULL)));
    CHECK(result.Information == 4 && RtlCompareMemory(buffer, "ak62", 4) == 4);
    CHECK(ZwReadFile(file, NULL, NULL, NULL, &result, buffer, 16, NULL, NULL) ==
          STATUS_END_OF_FILE);
    ZwClose(file);
}

static VOID NTAPI OnWork(PVOID context)
{
    ((PDEVICE_EXTENSION)context)->Calls++;
}

static void OldWorkItems(PDEVICE_EXTENSION ext)
{
    LARGE_INTEGER before, soon, frequency;
    WORK_QUEUE_ITEM item;

    soon.QuadPart = -10000000; /* a second */
    before = KeQueryPerformanceCounter(&frequency);
    ExInitializeWorkItem(&item, OnWork, ext);
    ExQueueWorkItem(&item, DelayedWorkQueue);
    CHECK(ext->Calls == 0);
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    CHECK(ext->Calls == 1 && item.List.Flink == NULL);
    CHECK(KeQueryPerformanceCounter(NULL).QuadPart - before.QuadPart == frequency.QuadPart);
}

static void (*const Groups[])(PDEVICE_EXTENSION) = {
    Mutexes, MutexNotOwned, MutexKept, Semaphores, SemaphoreLimit, WaitForSeveral, Resources,
    ResourceNotOwned, RemoveLocks, RemoveLockKept, Lookasides, LookasideLeak, Lists, Handles,
    DereferenceTwice, CloseTwice, RequestsOfOwn, IrpLeak, FreeOfThreadedIrp, CancelSafeQueue,
    ProcessNotify, Strings, StringLeak, Prints, Mdls, Contiguous, Registry,
    Files, OldWorkItems, ResourceOfMany, ResourceDeleted, Relations,
};

static NTSTATUS Control(PDEVICE_EXTENSION ext, PIRP irp, PIO_STACK_LOCATION stack)
{
    PUCHAR buffer = irp->AssociatedIrp.SystemBuffer;
    UCHAR sum = 0;

    if (!stack->Parameters.DeviceIoControl.IoControlCode) {
        IoCsqInsertIrp(&Csq, irp, NULL);
        return STATUS_PENDING;
    }
    for (ULONG i = 0; i < stack->Parameters.DeviceIoControl.InputBufferLength; i++)
        sum += buffer[i];
    buffer[0] = sum;
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 1;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    PDEVICE_EXTENSION ext = device->DeviceExtension;
    NTSTATUS status = STATUS_SUCCESS;
    LARGE_INTEGER soon;
    ULONG number;

    if (stack->MajorFunction == IRP_MJ_INTERNAL_DEVICE_CONTROL)
        return Control(ext, irp, stack);
    if (stack->MajorFunction == IRP_MJ_PNP) {
        soon.QuadPart = -10000;
        KeDelayExecutionThread(KernelMode, FALSE, &soon);
        Asked++;
        status = STATUS_NOT_SUPPORTED;
    }
    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
        number = (stack->Parameters.DeviceIoControl.IoControlCode >> 2 & 0xfff) - 0x800;
        if (number < sizeof(Groups) / sizeof(*Groups))
            Groups[number](ext);
        else
            status = STATUS_INVALID_DEVICE_REQUEST;
    }
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static VOID NTAPI Unload(PDRIVER_OBJECT driver)
{
    CHECK(Asked == ToAsk);
    PsSetCreateProcessNotifyRoutine(OnProcess, TRUE);
    IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    PDEVICE_OBJECT device;
    PDEVICE_EXTENSION ext;
    NTSTATUS status = IoCreateDevice(driver, sizeof(*ext), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                                     &device);

    if (!NT_SUCCESS(status))
        return status;
    ext = device->DeviceExtension;
    ext->Device = device;
    InitializeListHead(&ext->Queue);
    KeInitializeSpinLock(&ext->Lock);
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
