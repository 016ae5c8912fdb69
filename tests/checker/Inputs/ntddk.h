/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * As much of a driver kit as the tests of the checker need: declarations only,
 * in the shape of the real ones, so that the tests need no kit.
 */
#ifndef LEAK62_TESTS_NTDDK_H
#define LEAK62_TESTS_NTDDK_H
#pragma clang system_header

#ifdef __cplusplus
extern "C" {
#endif

#define NTKERNELAPI __declspec(dllimport)
#define NULL ((void *)0)
#define TRUE 1
#define FALSE 0
#define FIELD_OFFSET(type, field) ((unsigned long)__builtin_offsetof(type, field))
#define CONTAINING_RECORD(address, type, field)                                                    \
	((type *)((char *)(address) - __builtin_offsetof(type, field)))

typedef void VOID, *PVOID, *HANDLE;
typedef char CHAR, *PCHAR;
typedef unsigned char UCHAR, BOOLEAN, KIRQL;
typedef unsigned short USHORT, WCHAR;
typedef WCHAR *PWSTR;
typedef long LONG, NTSTATUS;
typedef unsigned long ULONG, *PULONG;
typedef unsigned long long SIZE_T, ULONG_PTR;
typedef int POOL_TYPE;
#define NonPagedPool 0
#define PagedPool 1
#define POOL_FLAG_NON_PAGED 0x40ULL

#define STATUS_SUCCESS ((NTSTATUS)0)
#define STATUS_MORE_PROCESSING_REQUIRED ((NTSTATUS)0xC0000016L)
#define STATUS_UNSUCCESSFUL ((NTSTATUS)0xC0000001L)
#define STATUS_INSUFFICIENT_RESOURCES ((NTSTATUS)0xC000009AL)
#define NT_SUCCESS(status) ((NTSTATUS)(status) >= 0)

typedef struct _LIST_ENTRY {
	struct _LIST_ENTRY *Flink, *Blink;
} LIST_ENTRY, *PLIST_ENTRY;
typedef struct _UNICODE_STRING {
	USHORT Length, MaximumLength;
	PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef struct _STRING {
	USHORT Length, MaximumLength;
	PCHAR Buffer;
} STRING, ANSI_STRING, *PANSI_STRING;

typedef struct _MDL *PMDL;
typedef struct _IO_WORKITEM *PIO_WORKITEM;
typedef struct _KDPC {
	PVOID Reserved[8];
} KDPC, *PKDPC;
typedef struct _SECURITY_SUBJECT_CONTEXT {
	PVOID Reserved[4];
} SECURITY_SUBJECT_CONTEXT, *PSECURITY_SUBJECT_CONTEXT;
typedef struct _PAGED_LOOKASIDE_LIST {
	PVOID Reserved[16];
} PAGED_LOOKASIDE_LIST, *PPAGED_LOOKASIDE_LIST;

typedef struct _IO_STACK_LOCATION {
	UCHAR MajorFunction, MinorFunction;
	union {
		struct {
			ULONG Length;
		} Read, Write;
		struct {
			ULONG OutputBufferLength, InputBufferLength, IoControlCode;
			PVOID Type3InputBuffer;
		} DeviceIoControl;
		struct {
			PVOID SecurityContext;
			ULONG Options;
		} Create;
	} Parameters;
} IO_STACK_LOCATION, *PIO_STACK_LOCATION;

typedef struct _IRP {
	PMDL MdlAddress;
	union {
		PVOID SystemBuffer;
	} AssociatedIrp;
	struct {
		NTSTATUS Status;
		ULONG_PTR Information;
	} IoStatus;
	PVOID UserBuffer;
	VOID (*CancelRoutine)(struct _DEVICE_OBJECT *DeviceObject, struct _IRP *Irp);
	PIO_STACK_LOCATION CurrentStackLocation;
} IRP, *PIRP;

static inline PIO_STACK_LOCATION IoGetCurrentIrpStackLocation(PIRP Irp)
{
	return Irp->CurrentStackLocation;
}
#define IRP_MJ_DEVICE_CONTROL 14
#define CTL_CODE(type, function, method, access) \
	((type) << 16 | (access) << 14 | (function) << 2 | (method))

struct _DRIVER_OBJECT;
typedef struct _DEVICE_OBJECT {
	struct _DRIVER_OBJECT *DriverObject;
	struct _DEVICE_OBJECT *NextDevice;
	PVOID DeviceExtension;
} DEVICE_OBJECT, *PDEVICE_OBJECT;

typedef NTSTATUS DRIVER_DISPATCH(PDEVICE_OBJECT DeviceObject, PIRP Irp);
typedef NTSTATUS DRIVER_ADD_DEVICE(struct _DRIVER_OBJECT *DriverObject, PDEVICE_OBJECT Pdo);
typedef NTSTATUS DRIVER_INITIALIZE(struct _DRIVER_OBJECT *DriverObject, PUNICODE_STRING Path);
typedef VOID DRIVER_UNLOAD(struct _DRIVER_OBJECT *DriverObject);
typedef VOID IO_WORKITEM_ROUTINE(PDEVICE_OBJECT DeviceObject, PVOID Context);
typedef NTSTATUS IO_COMPLETION_ROUTINE(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context);
typedef VOID KSTART_ROUTINE(PVOID Context);
typedef VOID KDEFERRED_ROUTINE(PKDPC Dpc, PVOID Context, PVOID First, PVOID Second);

typedef struct _DRIVER_EXTENSION {
	DRIVER_ADD_DEVICE *AddDevice;
} DRIVER_EXTENSION, *PDRIVER_EXTENSION;
#define IRP_MJ_CREATE 0
#define IRP_MJ_CLOSE 2
#define IRP_MJ_DEVICE_CONTROL 14
#define IRP_MJ_MAXIMUM_FUNCTION 27
typedef struct _DRIVER_OBJECT {
	PDRIVER_EXTENSION DriverExtension;
	PDEVICE_OBJECT DeviceObject;
	DRIVER_UNLOAD *DriverUnload;
	DRIVER_DISPATCH *MajorFunction[IRP_MJ_MAXIMUM_FUNCTION + 1];
} DRIVER_OBJECT, *PDRIVER_OBJECT;

NTKERNELAPI PVOID ExAllocatePool(POOL_TYPE Type, SIZE_T Size);
NTKERNELAPI PVOID ExAllocatePoolWithTag(POOL_TYPE Type, SIZE_T Size, ULONG Tag);
NTKERNELAPI PVOID ExAllocatePoolWithQuotaTag(POOL_TYPE Type, SIZE_T Size, ULONG Tag);
NTKERNELAPI PVOID ExAllocatePool2(unsigned long long Flags, SIZE_T Size, ULONG Tag);
NTKERNELAPI VOID ExFreePool(PVOID P);
NTKERNELAPI VOID ExFreePoolWithTag(PVOID P, ULONG Tag);
NTKERNELAPI PMDL IoAllocateMdl(PVOID Va, ULONG Length, BOOLEAN Secondary, BOOLEAN Quota, PIRP Irp);
NTKERNELAPI VOID IoFreeMdl(PMDL Mdl);
NTKERNELAPI VOID MmProbeAndLockPages(PMDL Mdl, CHAR Mode, int Operation);
NTKERNELAPI VOID MmUnlockPages(PMDL Mdl);
NTKERNELAPI PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject);
NTKERNELAPI VOID IoFreeWorkItem(PIO_WORKITEM WorkItem);
NTKERNELAPI VOID IoQueueWorkItem(PIO_WORKITEM WorkItem, IO_WORKITEM_ROUTINE *Routine, int Queue,
				 PVOID Context);
NTKERNELAPI VOID KeInitializeDpc(PKDPC Dpc, KDEFERRED_ROUTINE *Routine, PVOID Context);
NTKERNELAPI BOOLEAN KeInsertQueueDpc(PKDPC Dpc, PVOID First, PVOID Second);
NTKERNELAPI NTSTATUS PsCreateSystemThread(HANDLE *Thread, ULONG Access, PVOID Attributes,
					  HANDLE Process, PVOID ClientId, KSTART_ROUTINE *Routine,
					  PVOID Context);
NTKERNELAPI PIRP IoAllocateIrp(CHAR StackSize, BOOLEAN Quota);
NTKERNELAPI VOID IoFreeIrp(PIRP Irp);
NTKERNELAPI PIRP IoBuildDeviceIoControlRequest(ULONG Code, PDEVICE_OBJECT DeviceObject, PVOID In,
					       ULONG InLength, PVOID Out, ULONG OutLength,
					       BOOLEAN Internal, PVOID Event, PVOID Status);
NTKERNELAPI VOID IoSetCompletionRoutine(PIRP Irp, IO_COMPLETION_ROUTINE *Routine, PVOID Context,
					BOOLEAN Success, BOOLEAN Error, BOOLEAN Cancel);
NTKERNELAPI NTSTATUS IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp);
#define IoCallDriver IofCallDriver
NTKERNELAPI VOID IofCompleteRequest(PIRP Irp, CHAR Boost);
NTKERNELAPI NTSTATUS IoCreateDevice(PDRIVER_OBJECT DriverObject, ULONG ExtensionSize,
				    PUNICODE_STRING Name, ULONG Type, ULONG Characteristics,
				    BOOLEAN Exclusive, PDEVICE_OBJECT *DeviceObject);
NTKERNELAPI VOID IoDeleteDevice(PDEVICE_OBJECT DeviceObject);
NTKERNELAPI NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING To, const ANSI_STRING *From,
						  BOOLEAN Allocate);
NTKERNELAPI VOID RtlFreeUnicodeString(PUNICODE_STRING String);
NTKERNELAPI BOOLEAN RtlCreateUnicodeString(PUNICODE_STRING String, const WCHAR *Source);
NTKERNELAPI VOID RtlInitUnicodeString(PUNICODE_STRING String, const WCHAR *Source);
NTKERNELAPI NTSTATUS ZwOpenKey(HANDLE *Key, ULONG Access, PVOID Attributes);
NTKERNELAPI NTSTATUS ZwQueryValueKey(HANDLE Key, PUNICODE_STRING Name, int Class, PVOID Information,
				     ULONG Length, PULONG ResultLength);
NTKERNELAPI NTSTATUS ZwClose(HANDLE Handle);
NTKERNELAPI NTSTATUS ObReferenceObjectByHandle(HANDLE Handle, ULONG Access, PVOID Type, CHAR Mode,
					       PVOID *Object, PVOID Information);
NTKERNELAPI VOID ObfDereferenceObject(PVOID Object);
NTKERNELAPI VOID SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT Context);
NTKERNELAPI VOID SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT Context);
NTKERNELAPI VOID ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST List, PVOID Allocate,
						PVOID Free, ULONG Flags, SIZE_T Size, ULONG Tag,
						USHORT Depth);
NTKERNELAPI VOID ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST List);
LONG InterlockedDecrement(LONG volatile *value);
NTKERNELAPI PVOID _InterlockedExchangePointer(PVOID volatile *Target, PVOID Value);
NTKERNELAPI PVOID _InterlockedCompareExchangePointer(PVOID volatile *Target, PVOID Value,
						     PVOID Comparand);
#define InterlockedExchangePointer _InterlockedExchangePointer
#define InterlockedCompareExchangePointer _InterlockedCompareExchangePointer
NTKERNELAPI VOID ProbeForRead(const volatile VOID *Address, SIZE_T Length, ULONG Alignment);
NTKERNELAPI __attribute__((noreturn)) VOID ExRaiseStatus(NTSTATUS Status);
NTKERNELAPI __attribute__((noreturn)) VOID KeBugCheckEx(ULONG Code, ULONG_PTR A, ULONG_PTR B,
							ULONG_PTR C, ULONG_PTR D);
NTKERNELAPI VOID KeStallExecutionProcessor(ULONG Microseconds);
/* Kernel routines without a row in resources.def. */
NTKERNELAPI NTSTATUS IoRegisterNothing(PVOID Context);
NTKERNELAPI VOID RtlHashBytes(const VOID *Bytes, SIZE_T Length, PULONG Hash);
void *memset(void *To, int Value, SIZE_T Length);
void *memcpy(void *To, const void *From, SIZE_T Length);
#define RtlZeroMemory(to, length) memset((to), 0, (length))
#define RtlCopyMemory(to, from, length) memcpy((to), (from), (length))

static __inline VOID InitializeListHead(PLIST_ENTRY Head)
{
	Head->Flink = Head->Blink = Head;
}
static __inline VOID InsertTailList(PLIST_ENTRY Head, PLIST_ENTRY Entry)
{
	PLIST_ENTRY Last = Head->Blink;

	Entry->Flink = Head;
	Entry->Blink = Last;
	Last->Flink = Entry;
	Head->Blink = Entry;
}
static __inline PLIST_ENTRY RemoveHeadList(PLIST_ENTRY Head)
{
	PLIST_ENTRY Entry = Head->Flink;

	Head->Flink = Entry->Flink;
	Entry->Flink->Blink = Head;
	return Entry;
}
static __inline BOOLEAN IsListEmpty(const LIST_ENTRY *Head)
{
	return Head->Flink == Head;
}

unsigned long _exception_code(void);
int _abnormal_termination(void);
#define GetExceptionCode _exception_code
#define AbnormalTermination _abnormal_termination
#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_CONTINUE_SEARCH 0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

#ifdef __cplusplus
}
#endif
#endif
