/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What documentation places in wdm.h and mingw-w64's lacks, pool and DMA
 * apart.  Only documented routines: a driver that wants others declares them
 * itself, and must not meet a second declaration here.
 */
#include <wdm.h> /* which includes this file */
#ifndef LEAK62_SHIM_WDM_H
#define LEAK62_SHIM_WDM_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- text of either width: drivers are built as Unicode unless they say so ---- */
#ifndef _TCHAR_DEFINED
#define _TCHAR_DEFINED
#ifndef _MBCS
typedef WCHAR TCHAR, *PTCHAR;
typedef PWSTR PTSTR, LPTSTR;
typedef PCWSTR PCTSTR, LPCTSTR;
#else
typedef CHAR TCHAR, *PTCHAR;
typedef PSTR PTSTR, LPTSTR;
typedef PCSTR PCTSTR, LPCTSTR;
#endif
#endif

/* mingw-w64's counts in integers, in which the analysis loses sight of the record. */
#undef CONTAINING_RECORD
#define CONTAINING_RECORD(address, type, field)                                                \
	((type *)((PCHAR)(address) - __builtin_offsetof(type, field)))

/* mingw-w64's is a macro, which cannot be declared once more. */
#ifdef _ReadWriteBarrier
#undef _ReadWriteBarrier
static __inline__ void leak62_barrier(void)
{
	__asm__ __volatile__("" ::: "memory");
}
#define _ReadWriteBarrier leak62_barrier
#endif

#ifndef UFIELD_OFFSET
#define UFIELD_OFFSET(type, field) ((ULONG)(LONG_PTR) & (((type *)0)->field))
#endif
#ifndef NT_ANALYSIS_ASSUME
#define NT_ANALYSIS_ASSUME(expr) ((void)0)
#endif
#ifndef DECLARE_GLOBAL_CONST_UNICODE_STRING
#define DECLARE_GLOBAL_CONST_UNICODE_STRING(var, text)                                         \
	extern const UNICODE_STRING var;                                                       \
	const UNICODE_STRING var = RTL_CONSTANT_STRING(text)
#endif
/* Writes records for the debugger into the image; its texts are L#expr. */
#define __annotation(...) ((void)0)

/* As public symbols show it; see wdm.h. */
struct leak62_devobj_extension {
	CSHORT Type;
	USHORT Size;
	PDEVICE_OBJECT DeviceObject;
	ULONG PowerFlags;
	struct _DEVICE_OBJECT_POWER_EXTENSION *Dope;
	ULONG ExtensionFlags;
	PVOID DeviceNode;
	PDEVICE_OBJECT AttachedTo;
};
#define DEVOBJ_EXTENSION struct leak62_devobj_extension
#define PDEVOBJ_EXTENSION struct leak62_devobj_extension *

/* ---- plain and ordered access ---- */
#define ReadBooleanRaw(p) (*(BOOLEAN const volatile *)(p))
#define ReadUCharNoFence(p) (*(UCHAR const volatile *)(p))
#define ReadNoFence(p) (*(LONG const volatile *)(p))
#define ReadRaw(p) (*(LONG const volatile *)(p))
#define ReadAcquire(p) (*(LONG const volatile *)(p))
#define ReadULongNoFence(p) (*(ULONG const volatile *)(p))
#define ReadULongAcquire(p) (*(ULONG const volatile *)(p))
#define ReadNoFence64(p) (*(LONG64 const volatile *)(p))
#define ReadAcquire64(p) (*(LONG64 const volatile *)(p))
#define ReadULong64NoFence(p) (*(ULONG64 const volatile *)(p))
#define ReadPointerNoFence(p) (*(PVOID const volatile *)(p))
#define ReadPointerRaw(p) (*(PVOID const volatile *)(p))
#define ReadPointerAcquire(p) (*(PVOID const volatile *)(p))
#define WriteNoFence(p, v) (*(LONG volatile *)(p) = (v))
#define WriteRaw(p, v) (*(LONG volatile *)(p) = (v))
#define WriteRelease(p, v) (*(LONG volatile *)(p) = (v))
#define WriteULongNoFence(p, v) (*(ULONG volatile *)(p) = (v))
#define WriteULongRelease(p, v) (*(ULONG volatile *)(p) = (v))
#define WriteNoFence64(p, v) (*(LONG64 volatile *)(p) = (v))
#define WriteRelease64(p, v) (*(LONG64 volatile *)(p) = (v))
#define WritePointerNoFence(p, v) (*(PVOID volatile *)(p) = (v))
#define WritePointerRelease(p, v) (*(PVOID volatile *)(p) = (v))

#ifdef _M_AMD64
#define InterlockedIncrement16 _InterlockedIncrement16
#define InterlockedDecrement16 _InterlockedDecrement16
#define InterlockedExchange8 _InterlockedExchange8
#define InterlockedCompareExchange128 _InterlockedCompareExchange128
#define InterlockedIncrementAcquire _InterlockedIncrement
#define InterlockedIncrementNoFence _InterlockedIncrement
#define InterlockedDecrementRelease _InterlockedDecrement
#define InterlockedDecrementNoFence _InterlockedDecrement
#define InterlockedExchangeAcquire _InterlockedExchange
#define InterlockedExchangeNoFence _InterlockedExchange
#define InterlockedCompareExchangeAcquire _InterlockedCompareExchange
#define InterlockedCompareExchangeRelease _InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence _InterlockedCompareExchange
#define InterlockedExchangePointerNoFence _InterlockedExchangePointer
#define InterlockedCompareExchangePointerNoFence _InterlockedCompareExchangePointer
#define InterlockedOrNoFence _InterlockedOr
#define InterlockedAndNoFence _InterlockedAnd
#endif

#ifndef MemoryBarrier
#define MemoryBarrier() __sync_synchronize()
#endif
#ifndef KeMemoryBarrier
#define KeMemoryBarrier() __sync_synchronize()
#endif

/* ---- runtime library ---- */
#define RTL_QUERY_REGISTRY_NOVALUE_TYPECHECK_SHIFT 24
#define RTL_QUERY_REGISTRY_TYPECHECK 0x00000100
#define RTL_QUERY_REGISTRY_TYPECHECK_SHIFT 24
#define RTL_QUERY_REGISTRY_TYPECHECK_MASK (0xff << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT)

typedef const UTF8_STRING *PCUTF8_STRING;

NTSYSAPI VOID NTAPI RtlInitUTF8String(PUTF8_STRING DestinationString,
                                      __drv_aliasesMem PCSZ SourceString);
NTSYSAPI NTSTATUS NTAPI RtlInitUTF8StringEx(PUTF8_STRING DestinationString,
                                            __drv_aliasesMem PCSZ SourceString);
NTSYSAPI NTSTATUS NTAPI RtlUnicodeStringToUTF8String(PUTF8_STRING DestinationString,
                                                     PCUNICODE_STRING SourceString,
                                                     BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS NTAPI RtlUTF8StringToUnicodeString(PUNICODE_STRING DestinationString,
                                                     PUTF8_STRING SourceString,
                                                     BOOLEAN AllocateDestinationString);
NTSYSAPI VOID NTAPI RtlFreeUTF8String(PUTF8_STRING Utf8String);

/* ---- executive ---- */
#ifndef EX_PUSH_LOCK
#define EX_PUSH_LOCK ULONG_PTR
#define PEX_PUSH_LOCK PULONG_PTR
#endif
#define EX_DEFAULT_PUSH_LOCK_FLAGS 0

NTKERNELAPI VOID NTAPI ExAcquirePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags);
NTKERNELAPI VOID NTAPI ExAcquirePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags);
NTKERNELAPI VOID NTAPI ExReleasePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags);
NTKERNELAPI VOID NTAPI ExReleasePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags);
#define ExAcquirePushLockExclusive(lock)                                                       \
	ExAcquirePushLockExclusiveEx(lock, EX_DEFAULT_PUSH_LOCK_FLAGS)
#define ExAcquirePushLockShared(lock)                                                          \
	ExAcquirePushLockSharedEx(lock, EX_DEFAULT_PUSH_LOCK_FLAGS)
#define ExReleasePushLockExclusive(lock)                                                       \
	ExReleasePushLockExclusiveEx(lock, EX_DEFAULT_PUSH_LOCK_FLAGS)
#define ExReleasePushLockShared(lock)                                                          \
	ExReleasePushLockSharedEx(lock, EX_DEFAULT_PUSH_LOCK_FLAGS)

typedef LONG EX_SPIN_LOCK, *PEX_SPIN_LOCK;

NTKERNELAPI KIRQL NTAPI ExAcquireSpinLockExclusive(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI KIRQL NTAPI ExAcquireSpinLockShared(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI ExReleaseSpinLockExclusive(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql);
NTKERNELAPI VOID NTAPI ExReleaseSpinLockShared(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql);
NTKERNELAPI VOID NTAPI ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI LOGICAL NTAPI ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK SpinLock);

NTKERNELAPI BOOLEAN NTAPI ExTryQueueWorkItem(__drv_aliasesMem PWORK_QUEUE_ITEM WorkItem,
                                             WORK_QUEUE_TYPE QueueType);
NTKERNELAPI VOID NTAPI ExQueryTimerResolution(PULONG MaximumTime, PULONG MinimumTime,
                                              PULONG CurrentTime);
NTKERNELAPI NTSTATUS NTAPI ExGetFirmwareEnvironmentVariable(PUNICODE_STRING VariableName,
                                                            LPGUID VendorGuid, PVOID Value,
                                                            PULONG ValueLength,
                                                            PULONG Attributes);
NTKERNELAPI NTSTATUS NTAPI ExSetFirmwareEnvironmentVariable(PUNICODE_STRING VariableName,
                                                            LPGUID VendorGuid, PVOID Value,
                                                            ULONG ValueLength,
                                                            ULONG Attributes);
#if NTDDI_VERSION >= NTDDI_WINBLUE
VOID NTAPI ExInitializeDeleteTimerParameters(PEXT_DELETE_PARAMETERS Parameters);
#endif

/* ---- kernel ---- */
NTKERNELAPI VOID NTAPI KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime);
NTKERNELAPI ULONG64 NTAPI KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp);
NTKERNELAPI NTSTATUS NTAPI KeConvertAuxiliaryCounterToPerformanceCounter(
        ULONG64 AuxiliaryCounterValue, PULONG64 PerformanceCounterValue,
        PULONG64 ConversionError);
NTKERNELAPI BOOLEAN NTAPI KeRemoveQueueDpcEx(PRKDPC Dpc, BOOLEAN WaitIfActive);
NTKERNELAPI LOGICAL NTAPI KeShouldYieldProcessor(VOID);
#ifdef _M_AMD64
NTKERNELAPI NTSTATUS NTAPI KeSaveFloatingPointState(PKFLOATING_SAVE FloatSave);
NTKERNELAPI NTSTATUS NTAPI KeRestoreFloatingPointState(PKFLOATING_SAVE FloatSave);
ULONG64 READ_REGISTER_ULONG64(volatile ULONG64 *Register);
VOID WRITE_REGISTER_ULONG64(volatile ULONG64 *Register, ULONG64 Value);
#endif

/* ---- memory manager ---- */
#define MdlMappingNoWrite 0x80000000
#define MdlMappingNoExecute 0x40000000
#define MdlMappingWithGuardPtes 0x20000000

typedef struct _MM_PHYSICAL_ADDRESS_LIST {
	PHYSICAL_ADDRESS PhysicalAddress;
	SIZE_T NumberOfBytes;
} MM_PHYSICAL_ADDRESS_LIST, *PMM_PHYSICAL_ADDRESS_LIST;
typedef VOID(NTAPI MM_MDL_ROUTINE)(PVOID DriverContext, PVOID MappedVa);
typedef MM_MDL_ROUTINE *PMM_MDL_ROUTINE;

NTKERNELAPI PVOID NTAPI MmMapIoSpaceEx(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes,
                                       ULONG Protect);
NTKERNELAPI PVOID NTAPI MmAllocateContiguousNodeMemory(
        SIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
        PHYSICAL_ADDRESS HighestAcceptableAddress, PHYSICAL_ADDRESS BoundaryAddressMultiple,
        ULONG Protect, ULONG PreferredNode);
NTKERNELAPI NTSTATUS NTAPI MmAllocateContiguousMemoryEx(
        PSIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
        PHYSICAL_ADDRESS HighestAcceptableAddress, PHYSICAL_ADDRESS BoundaryAddressMultiple,
        ULONG PreferredNode, ULONG Protect, PVOID PartitionObject, ULONG Tag, ULONG Flags,
        PVOID *BaseAddress);
NTKERNELAPI NTSTATUS NTAPI MmAllocateMdlForIoSpace(
        PMM_PHYSICAL_ADDRESS_LIST PhysicalAddressList, SIZE_T NumberOfEntries, PMDL *NewMdl);
NTKERNELAPI PMDL NTAPI MmAllocateNodePagesForMdlEx(
        PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress, PHYSICAL_ADDRESS SkipBytes,
        SIZE_T TotalBytes, MEMORY_CACHING_TYPE CacheType, ULONG IdealNode, ULONG Flags);
NTKERNELAPI NTSTATUS NTAPI MmMapMdl(PMDL MemoryDescriptorList, ULONG Protection,
                                    PMM_MDL_ROUTINE DriverRoutine, PVOID DriverContext);

/* ---- I/O manager ---- */
typedef enum _DRIVER_REGKEY_TYPE {
	DriverRegKeyParameters,
	DriverRegKeyPersistentState,
	DriverRegKeySharedPersistentState
} DRIVER_REGKEY_TYPE,
        *PDRIVER_REGKEY_TYPE;
typedef enum _DRIVER_DIRECTORY_TYPE {
	DriverDirectoryImage,
	DriverDirectoryData,
	DriverDirectorySharedData
} DRIVER_DIRECTORY_TYPE,
        *PDRIVER_DIRECTORY_TYPE;
typedef enum _DEVICE_DIRECTORY_TYPE {
	DeviceDirectoryData
} DEVICE_DIRECTORY_TYPE,
        *PDEVICE_DIRECTORY_TYPE;

NTKERNELAPI PIRP NTAPI IoAllocateIrpEx(PDEVICE_OBJECT DeviceObject, CCHAR StackSize,
                                       BOOLEAN ChargeQuota);
NTKERNELAPI NTSTATUS NTAPI IoSynchronousCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp);
NTKERNELAPI VOID NTAPI IoSetMasterIrpStatus(PIRP MasterIrp, NTSTATUS Status);
NTKERNELAPI NTSTATUS NTAPI IoGetActivityIdIrp(PIRP Irp, LPGUID Guid);
NTKERNELAPI NTSTATUS NTAPI IoSetActivityIdIrp(PIRP Irp, const GUID *Guid);
NTKERNELAPI PEPROCESS NTAPI IoGetInitiatorProcess(PFILE_OBJECT FileObject);
NTKERNELAPI NTSTATUS NTAPI IoReportRootDevice(PDRIVER_OBJECT DriverObject);
NTKERNELAPI NTSTATUS NTAPI IoOpenDriverRegistryKey(PDRIVER_OBJECT DriverObject,
                                                   DRIVER_REGKEY_TYPE RegKeyType,
                                                   ACCESS_MASK DesiredAccess, ULONG Flags,
                                                   PHANDLE DriverRegKey);
NTKERNELAPI NTSTATUS NTAPI IoGetDriverDirectory(PDRIVER_OBJECT DriverObject,
                                                DRIVER_DIRECTORY_TYPE DirectoryType,
                                                ULONG Flags, PHANDLE DriverDirectoryHandle);
NTKERNELAPI NTSTATUS NTAPI IoGetDeviceDirectory(PDEVICE_OBJECT PhysicalDeviceObject,
                                                DEVICE_DIRECTORY_TYPE DirectoryType,
                                                ULONG Flags, PVOID Reserved,
                                                PHANDLE DeviceDirectoryHandle);
NTKERNELAPI NTSTATUS NTAPI IoGetDeviceInterfacePropertyData(PUNICODE_STRING SymbolicLinkName,
                                                            const DEVPROPKEY *PropertyKey,
                                                            LCID Lcid, ULONG Flags, ULONG Size,
                                                            PVOID Data, PULONG RequiredSize,
                                                            PDEVPROPTYPE Type);
NTKERNELAPI NTSTATUS NTAPI IoSetDeviceInterfacePropertyData(PUNICODE_STRING SymbolicLinkName,
                                                            const DEVPROPKEY *PropertyKey,
                                                            LCID Lcid, ULONG Flags,
                                                            DEVPROPTYPE Type, ULONG Size,
                                                            PVOID Data);
NTKERNELAPI BOOLEAN NTAPI IoTryQueueWorkItem(PIO_WORKITEM IoWorkItem,
                                             PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
                                             WORK_QUEUE_TYPE QueueType,
                                             __drv_aliasesMem PVOID Context);

/* ---- configuration manager and transactions ---- */
NTKERNELAPI NTSTATUS NTAPI CmCallbackGetKeyObjectIDEx(PLARGE_INTEGER Cookie, PVOID Object,
                                                      PULONG_PTR ObjectID,
                                                      PCUNICODE_STRING *ObjectName,
                                                      ULONG Flags);
NTKERNELAPI VOID NTAPI CmCallbackReleaseKeyObjectIDEx(PCUNICODE_STRING ObjectName);

typedef struct _KENLISTMENT KENLISTMENT, *PKENLISTMENT, *PRKENLISTMENT;
typedef struct _KRESOURCEMANAGER KRESOURCEMANAGER, *PKRESOURCEMANAGER, *PRKRESOURCEMANAGER;
typedef struct _KTRANSACTION KTRANSACTION, *PKTRANSACTION, *PRKTRANSACTION;
typedef struct _KTM KTM, *PKTM, *PRKTM;
typedef NTSTATUS(NTAPI *PTM_RM_NOTIFICATION)(PKENLISTMENT EnlistmentObject, PVOID RMContext,
                                             PVOID TransactionContext,
                                             ULONG TransactionNotification,
                                             PLARGE_INTEGER TmVirtualClock,
                                             ULONG ArgumentLength, PVOID Argument);
NTKERNELAPI NTSTATUS NTAPI TmEnableCallbacks(PKRESOURCEMANAGER ResourceManager,
                                             PTM_RM_NOTIFICATION CallbackRoutine, PVOID RMKey);
NTKERNELAPI NTSTATUS NTAPI TmPrepareComplete(PKENLISTMENT Enlistment,
                                             PLARGE_INTEGER TmVirtualClock);
NTKERNELAPI NTSTATUS NTAPI TmCommitComplete(PKENLISTMENT Enlistment,
                                            PLARGE_INTEGER TmVirtualClock);
NTKERNELAPI NTSTATUS NTAPI TmRollbackComplete(PKENLISTMENT Enlistment,
                                              PLARGE_INTEGER TmVirtualClock);

#ifdef __cplusplus
}
#endif

#endif
