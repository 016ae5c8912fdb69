/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Callbacks on handles, StartIo, interrupts, work items, completion, PnP, links, DMA. */
#include "callbacks.h"

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

PVOID Registration;

/* A process handle, of the kernel and not; left registered for the program that starts. */
void HandleCallbacks(PDEVICE_EXTENSION ext)
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

void UnregisterTwice(PDEVICE_EXTENSION ext)
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

VOID NTAPI StartIo(PDEVICE_OBJECT device, PIRP irp)
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
void StartPackets(PDEVICE_EXTENSION ext)
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

void Interrupts(PDEVICE_EXTENSION ext)
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

static VOID NTAPI OnWorkEx(PVOID object, PVOID context, PIO_WORKITEM work)
{
    CHECK(object == Extension->Device && context == &Extension->Count);
    Extension->Calls++;
    IoFreeWorkItem(work);
}

void WorkItems(PDEVICE_EXTENSION ext)
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

void Completions(PDEVICE_EXTENSION ext)
{
    PIRP irp = IoAllocateIrp(2, FALSE);

    IoSetNextIrpStackLocation(irp);
    CHECK(NT_SUCCESS(IoSetCompletionRoutineEx(ext->Device, irp, OnComplete, ext, TRUE, TRUE, TRUE)));
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
    CHECK(NT_SUCCESS(IoCallDriver(ext->Device, irp)) && ext->Calls == 1);
    IoFreeIrp(irp);
}

/* Never sent: its context stays. */
void CompletionLeak(PDEVICE_EXTENSION ext)
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

void PlugPlay(PDEVICE_EXTENSION ext)
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

void Links(PDEVICE_EXTENSION ext)
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

static HANDLE Directory(ULONG flags, NTSTATUS expected)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Leak62Directory");
    OBJECT_ATTRIBUTES attributes;
    HANDLE directory = NULL;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE | flags, NULL, NULL);
    CHECK(ZwCreateDirectoryObject(&directory, DIRECTORY_ALL_ACCESS, &attributes) == expected);
    return directory;
}

/* One that is temporary goes with its last handle, one that is permanent stays. */
void Directories(PDEVICE_EXTENSION ext)
{
    HANDLE first = Directory(0, STATUS_SUCCESS), second;

    Directory(0, STATUS_OBJECT_NAME_COLLISION);
    second = Directory(OBJ_OPENIF, STATUS_SUCCESS);
    ZwClose(first);
    Directory(0, STATUS_OBJECT_NAME_COLLISION);
    ZwClose(second);
    ZwClose(Directory(OBJ_PERMANENT, STATUS_SUCCESS));
    Directory(0, STATUS_OBJECT_NAME_COLLISION);
    first = Directory(OBJ_OPENIF, STATUS_SUCCESS);
    CHECK(NT_SUCCESS(ZwMakeTemporaryObject(first)));
    ZwClose(first);
    CHECK(ZwMakeTemporaryObject(first) == STATUS_INVALID_HANDLE);
    ZwClose(Directory(0, STATUS_SUCCESS));
}

void DirectoriesLeak(PDEVICE_EXTENSION ext)
{
    Directory(0, STATUS_SUCCESS);
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

void Dma(PDEVICE_EXTENSION ext)
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

void CommonBufferTwice(PDEVICE_EXTENSION ext)
{
    PHYSICAL_ADDRESS logical;
    ULONG registers;
    PDMA_ADAPTER adapter = Adapter(&registers);
    PVOID common = adapter->DmaOperations->AllocateCommonBuffer(adapter, 1, &logical, TRUE);

    adapter->DmaOperations->FreeCommonBuffer(adapter, 1, logical, common, TRUE);
    adapter->DmaOperations->FreeCommonBuffer(adapter, 1, logical, common, TRUE);
}
