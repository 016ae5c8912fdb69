/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* More of a driver kit than ntddk.h: what the tests of single kinds need. */
#ifndef LEAK62_TESTS_KINDS_H
#define LEAK62_TESTS_KINDS_H
#pragma clang system_header
#include <ntddk.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef union _LARGE_INTEGER {
	struct {
		ULONG LowPart;
		LONG HighPart;
	};
	long long QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER, PHYSICAL_ADDRESS;
typedef unsigned long long REGHANDLE;

typedef struct _FILE_OBJECT {
	PDEVICE_OBJECT DeviceObject;
	PVOID FsContext;
} FILE_OBJECT, *PFILE_OBJECT;
typedef struct _ERESOURCE {
	PVOID Reserved[13];
} ERESOURCE, *PERESOURCE;
typedef struct _IO_REMOVE_LOCK {
	PVOID Reserved[4];
} IO_REMOVE_LOCK, *PIO_REMOVE_LOCK;
typedef struct _EX_RUNDOWN_REF {
	ULONG_PTR Count;
} EX_RUNDOWN_REF, *PEX_RUNDOWN_REF;
typedef struct _LARGE_MCB {
	PVOID Reserved[4];
} LARGE_MCB, *PLARGE_MCB;
typedef struct _KAPC_STATE {
	PVOID Reserved[6];
} KAPC_STATE, *PKAPC_STATE;
typedef struct _KPROCESS *PEPROCESS, *PKPROCESS;
typedef struct _KTHREAD *PETHREAD;
typedef PVOID PACCESS_TOKEN, PSECURITY_DESCRIPTOR;
typedef struct _SECURITY_CLIENT_CONTEXT {
	ULONG Qos[3];
	PACCESS_TOKEN ClientToken;
} SECURITY_CLIENT_CONTEXT, *PSECURITY_CLIENT_CONTEXT;
typedef struct _NOTIFY_SYNC *PNOTIFY_SYNC;
typedef struct _FLT_FILE_NAME_INFORMATION {
	UNICODE_STRING Name;
} *PFLT_FILE_NAME_INFORMATION;
typedef VOID CREATE_PROCESS_NOTIFY_ROUTINE(HANDLE Parent, HANDLE Process, BOOLEAN Create);

NTKERNELAPI PMDL MmAllocatePagesForMdl(PHYSICAL_ADDRESS Low, PHYSICAL_ADDRESS High,
				       PHYSICAL_ADDRESS Skip, SIZE_T Size);
NTKERNELAPI VOID MmFreePagesFromMdl(PMDL Mdl);
NTKERNELAPI PVOID MmMapLockedPagesSpecifyCache(PMDL Mdl, CHAR Mode, int Cache, PVOID Base,
					       ULONG BugCheck, ULONG Priority);
NTKERNELAPI VOID MmUnmapLockedPages(PVOID Address, PMDL Mdl);
NTKERNELAPI long long ObfReferenceObject(PVOID Object);
#define ObReferenceObject ObfReferenceObject
#define ObDereferenceObject ObfDereferenceObject
NTKERNELAPI NTSTATUS ObReferenceObjectByPointer(PVOID Object, ULONG Access, PVOID Type, CHAR Mode);
NTKERNELAPI NTSTATUS IoGetDeviceObjectPointer(PUNICODE_STRING Name, ULONG Access,
					      PFILE_OBJECT *FileObject,
					      PDEVICE_OBJECT *DeviceObject);
NTKERNELAPI PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT Source,
						       PDEVICE_OBJECT Target);
NTKERNELAPI VOID IoDetachDevice(PDEVICE_OBJECT Target);
NTKERNELAPI NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING Link, PUNICODE_STRING Device);
NTKERNELAPI NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING Link);
NTKERNELAPI PVOID IoCreateNotificationEvent(PUNICODE_STRING Name, HANDLE *Handle);
NTKERNELAPI PVOID IoAllocateErrorLogEntry(PVOID Object, UCHAR Size);
NTKERNELAPI VOID IoWriteErrorLogEntry(PVOID Entry);
NTKERNELAPI VOID IoFreeErrorLogEntry(PVOID Entry);
NTKERNELAPI NTSTATUS IoAcquireRemoveLockEx(PIO_REMOVE_LOCK Lock, PVOID Tag, const char *File,
					   ULONG Line, ULONG Size);
NTKERNELAPI VOID IoReleaseRemoveLockEx(PIO_REMOVE_LOCK Lock, PVOID Tag, ULONG Size);
#define IoAcquireRemoveLock(lock, tag)                                                             \
	IoAcquireRemoveLockEx(lock, tag, "", 1, sizeof(IO_REMOVE_LOCK))
#define IoReleaseRemoveLock(lock, tag) IoReleaseRemoveLockEx(lock, tag, sizeof(IO_REMOVE_LOCK))
NTKERNELAPI BOOLEAN ExAcquireRundownProtection(PEX_RUNDOWN_REF Ref);
NTKERNELAPI VOID ExReleaseRundownProtection(PEX_RUNDOWN_REF Ref);
NTKERNELAPI NTSTATUS ExInitializeResourceLite(PERESOURCE Resource);
NTKERNELAPI NTSTATUS ExDeleteResourceLite(PERESOURCE Resource);
NTKERNELAPI VOID KeStackAttachProcess(PKPROCESS Process, PKAPC_STATE State);
NTKERNELAPI VOID KeUnstackDetachProcess(PKAPC_STATE State);
NTKERNELAPI NTSTATUS SeCreateClientSecurity(PETHREAD Thread, PVOID Qos, BOOLEAN Remote,
					    PSECURITY_CLIENT_CONTEXT Context);
NTKERNELAPI NTSTATUS SeImpersonateClientEx(PSECURITY_CLIENT_CONTEXT Context, PETHREAD Thread);
NTKERNELAPI VOID PsRevertToSelf(VOID);
NTKERNELAPI VOID PsDereferencePrimaryToken(PACCESS_TOKEN Token);
NTKERNELAPI VOID PsDereferenceImpersonationToken(PACCESS_TOKEN Token);
NTKERNELAPI int SeTokenType(PACCESS_TOKEN Token);
#define SeDeleteClientSecurity(c)                                                                  \
	{                                                                                          \
		if (SeTokenType((c)->ClientToken) == 1) {                                          \
			PsDereferencePrimaryToken((c)->ClientToken);                               \
		} else {                                                                           \
			PsDereferenceImpersonationToken((c)->ClientToken);                         \
		}                                                                                  \
	}
NTKERNELAPI NTSTATUS SeQueryInformationToken(PACCESS_TOKEN Token, int Class, PVOID *Information);
NTKERNELAPI NTSTATUS SeCaptureSecurityDescriptor(PSECURITY_DESCRIPTOR From, CHAR Mode, int Pool,
						 BOOLEAN Force, PSECURITY_DESCRIPTOR *To);
NTKERNELAPI VOID SeReleaseSecurityDescriptor(PSECURITY_DESCRIPTOR Descriptor, CHAR Mode,
					     BOOLEAN Force);
NTKERNELAPI NTSTATUS PsSetCreateProcessNotifyRoutine(CREATE_PROCESS_NOTIFY_ROUTINE *Routine,
						     BOOLEAN Remove);
NTKERNELAPI NTSTATUS CmRegisterCallback(PVOID Routine, PVOID Context, PLARGE_INTEGER Cookie);
NTKERNELAPI NTSTATUS CmUnRegisterCallback(LARGE_INTEGER Cookie);
NTKERNELAPI NTSTATUS EtwRegister(const VOID *Provider, PVOID Callback, PVOID Context,
				 REGHANDLE *Handle);
NTKERNELAPI NTSTATUS EtwUnregister(REGHANDLE Handle);
NTKERNELAPI VOID FsRtlInitializeLargeMcb(PLARGE_MCB Mcb, POOL_TYPE Type);
NTKERNELAPI VOID FsRtlUninitializeLargeMcb(PLARGE_MCB Mcb);
NTKERNELAPI VOID FsRtlNotifyInitializeSync(PNOTIFY_SYNC *Sync);
NTKERNELAPI VOID FsRtlNotifyUninitializeSync(PNOTIFY_SYNC *Sync);
NTKERNELAPI BOOLEAN CcMapData(PFILE_OBJECT File, PLARGE_INTEGER Offset, ULONG Length, ULONG Flags,
			      PVOID *Bcb, PVOID *Buffer);
NTKERNELAPI VOID CcUnpinData(PVOID Bcb);
NTKERNELAPI NTSTATUS FltGetFileNameInformation(PVOID Data, ULONG Options,
					       PFLT_FILE_NAME_INFORMATION *Information);
NTKERNELAPI VOID FltReleaseFileNameInformation(PFLT_FILE_NAME_INFORMATION Information);
NTKERNELAPI NTSTATUS FltParseFileNameInformation(PFLT_FILE_NAME_INFORMATION Information);
NTKERNELAPI NTSTATUS FltAllocateContext(PVOID Filter, USHORT Type, SIZE_T Size, POOL_TYPE Pool,
					PVOID *Context);
NTKERNELAPI VOID FltReleaseContext(PVOID Context);
NTKERNELAPI int NdisAllocateMemoryWithTag(PVOID *Address, unsigned Length, ULONG Tag);
NTKERNELAPI VOID NdisFreeMemory(PVOID Address, unsigned Length, unsigned Flags);

#ifdef __cplusplus
}
#endif
#endif
