/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which routine gets which role, and by which way it comes to its registration.  A
 * role's check stands behind the line that gives it; the rows come in that order.
 */
// RUN: %scan %s
// RUN: %dump %t.db role | FileCheck %s --check-prefix=ROLE
// RUN: %dump %t.db slot_role | FileCheck %s --check-prefix=SLOTROLE
// RUN: %dump %t.db routine | FileCheck %s --check-prefix=ROUTINE
// RUN: %dump %t.db routine_flow | FileCheck %s --check-prefix=FLOW
// RUN: %dump %t.db slot_call | FileCheck %s --check-prefix=CALL
// RUN: %dump %t.db slot_call_arg | FileCheck %s --check-prefix=ARG
// RUN: %dump %t.db framework | FileCheck %s --check-prefix=FRAMEWORK
#include <ntddk.h>

#define IRP_MJ_READ 3
#define IRP_MJ_CLEANUP 18
#define IRP_MJ_PNP 27

typedef VOID WORKER_THREAD_ROUTINE(PVOID Context);
typedef VOID DRIVER_STARTIO(PDEVICE_OBJECT DeviceObject, PIRP Irp);
typedef VOID DRIVER_CANCEL(PDEVICE_OBJECT DeviceObject, PIRP Irp);
typedef VOID FREE_FUNCTION(PVOID Buffer);
typedef struct _WORK_QUEUE_ITEM {
	LIST_ENTRY List;
	WORKER_THREAD_ROUTINE *WorkerRoutine;
	PVOID Parameter;
} WORK_QUEUE_ITEM, *PWORK_QUEUE_ITEM;
#define ExInitializeWorkItem(item, routine, context)                                              \
	{                                                                                         \
		(item)->WorkerRoutine = (routine);                                                \
		(item)->Parameter = (context);                                                    \
	}
typedef struct _OB_OPERATION_REGISTRATION {
	PVOID ObjectType;
	ULONG Operations;
	int (*PreOperation)(PVOID Context, PVOID Information);
	VOID (*PostOperation)(PVOID Context, PVOID Information);
} OB_OPERATION_REGISTRATION;
typedef struct _FAST_IO_DISPATCH {
	ULONG SizeOfFastIoDispatch;
	BOOLEAN (*FastIoCheckIfPossible)(PVOID FileObject);
	BOOLEAN (*FastIoRead)(PVOID FileObject);
} FAST_IO_DISPATCH;
typedef struct _IO_CONNECT_INTERRUPT_PARAMETERS {
	ULONG Version;
	union {
		struct _IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS {
			PDEVICE_OBJECT PhysicalDeviceObject;
			BOOLEAN (*ServiceRoutine)(PVOID Interrupt, PVOID Context);
		} LineBased;
		struct _IO_CONNECT_INTERRUPT_MESSAGE_BASED_PARAMETERS {
			PDEVICE_OBJECT PhysicalDeviceObject;
			BOOLEAN (*MessageServiceRoutine)(PVOID Interrupt, PVOID Context, ULONG Message);
			BOOLEAN (*FallBackServiceRoutine)(PVOID Interrupt, PVOID Context);
		} MessageBased;
	};
} IO_CONNECT_INTERRUPT_PARAMETERS;
typedef struct _FSRTL_PER_STREAM_CONTEXT {
	LIST_ENTRY Links;
	FREE_FUNCTION *FreeCallback;
} FSRTL_PER_STREAM_CONTEXT;
#define IoSetCancelRoutine(irp, routine)                                                           \
	((DRIVER_CANCEL *)InterlockedExchangePointer((PVOID *)&(irp)->CancelRoutine,              \
						     (PVOID)(ULONG_PTR)(routine)))

NTKERNELAPI VOID KeInitializeThreadedDpc(PKDPC Dpc, KDEFERRED_ROUTINE *Routine, PVOID Context);
NTKERNELAPI NTSTATUS IoInitializeTimer(PDEVICE_OBJECT Device, PVOID Routine, PVOID Context);
NTKERNELAPI NTSTATUS IoConnectInterrupt(PVOID *Interrupt, PVOID Routine, PVOID Context);
NTKERNELAPI NTSTATUS IoCsqInitialize(PVOID Csq, PVOID Insert, PVOID Remove, PVOID Peek, PVOID Acquire,
				     PVOID Release, PVOID Complete);
NTKERNELAPI NTSTATUS PsSetCreateProcessNotifyRoutineEx(PVOID Routine, BOOLEAN Remove);
NTKERNELAPI NTSTATUS PsSetCreateThreadNotifyRoutine(PVOID Routine);
NTKERNELAPI NTSTATUS PsSetLoadImageNotifyRoutine(PVOID Routine);
NTKERNELAPI NTSTATUS CmRegisterCallback(PVOID Routine, PVOID Context, PVOID Cookie);
NTKERNELAPI NTSTATUS CmRegisterCallbackEx(PVOID Routine, PVOID Altitude, PVOID Driver, PVOID Context,
					  PVOID Cookie, PVOID Reserved);
NTKERNELAPI NTSTATUS ObRegisterCallbacks(PVOID Registration, PVOID *Handle);
NTKERNELAPI NTSTATUS IoRegisterPlugPlayNotification(int Category, ULONG Flags, PVOID Data,
						    PDRIVER_OBJECT Driver, PVOID Routine,
						    PVOID Context, PVOID *Entry);
NTKERNELAPI NTSTATUS IoRegisterShutdownNotification(PDEVICE_OBJECT Device);
NTKERNELAPI NTSTATUS PoRegisterPowerSettingCallback(PDEVICE_OBJECT Device, PVOID Guid, PVOID Routine,
						    PVOID Context, PVOID *Handle);
NTKERNELAPI BOOLEAN KeRegisterBugCheckReasonCallback(PVOID Record, PVOID Routine, int Reason,
						     const char *Component);
NTKERNELAPI VOID FsRtlInitializeFileLock(PVOID Lock, PVOID Complete, PVOID Unlock);

/* ---- declared roles ---- */
DRIVER_STARTIO Typed;
DRIVER_DISPATCH Helper;
_Static_assert(sizeof(DRIVER_DISPATCH *) == 8, "");
__attribute__((annotate("leak62:dispatch 0x03"))) __attribute__((annotate("leak62:dispatch (18)")))
DRIVER_DISPATCH Annotated;
__attribute__((annotate("leak62:dispatch 0x02"))) DRIVER_DISPATCH OnlyDeclared;
__attribute__((annotate("leak62:dispatch IRP_MJ_NONE"))) DRIVER_DISPATCH Unreadable;

VOID Typed(PDEVICE_OBJECT device, PIRP irp)
{
}
// ROLE:      role: Typed | START_IO | NULL | [[@LINE-11]]
NTSTATUS Helper(PDEVICE_OBJECT device, PIRP irp)
{
	return STATUS_SUCCESS;
}
// ROLE-NEXT: role: Helper | DISPATCH | NULL | [[@LINE-15]]
NTSTATUS Annotated(PDEVICE_OBJECT device, PIRP irp)
{
	return STATUS_SUCCESS;
}
// ROLE-NEXT: role: Annotated | DISPATCH | NULL | [[@LINE-17]]
// ROLE-NEXT: role: Annotated | DISPATCH | 3 | [[@LINE-18]]
// ROLE-NEXT: role: Annotated | DISPATCH | 18 | [[@LINE-19]]
NTSTATUS Unreadable(PDEVICE_OBJECT device, PIRP irp)
{
	return STATUS_SUCCESS;
}
// ROLE-NEXT: role: Unreadable | DISPATCH | NULL | [[@LINE-22]]

NTSTATUS A(PDEVICE_OBJECT device, PIRP irp);
NTSTATUS B(PDEVICE_OBJECT device, PIRP irp);
NTSTATUS D(PDEVICE_OBJECT device, PIRP irp);
NTSTATUS C(PDEVICE_OBJECT device, PIRP irp);
VOID Unload(PDRIVER_OBJECT driver);
NTSTATUS Add(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo);
VOID V(PVOID context);
int Pre(PVOID context, PVOID information);
VOID Post(PVOID context, PVOID information);
BOOLEAN Fast(PVOID file);
BOOLEAN Isr(PVOID interrupt, PVOID context);
BOOLEAN MessageIsr(PVOID interrupt, PVOID context, ULONG message);
VOID Cancel(PDEVICE_OBJECT device, PIRP irp);
VOID Dpc(PKDPC dpc, PVOID context, PVOID first, PVOID second);
VOID Work(PDEVICE_OBJECT device, PVOID context);
NTSTATUS Done(PDEVICE_OBJECT device, PIRP irp, PVOID context);

/* ---- dispatch routines ---- */
#define HANDLE(driver, major, routine) (driver)->MajorFunction[IRP_MJ_##major] = (routine)
static void set_up(PDRIVER_OBJECT driver);
void dispatch(PDRIVER_OBJECT driver, int which)
{
	DRIVER_DISPATCH **functions = driver->MajorFunction;
	int i;

	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		driver->MajorFunction[i] = A;
	// ROLE-NEXT: role: A | DISPATCH | -1 | [[@LINE-1]]
	driver->MajorFunction[IRP_MJ_CREATE] = driver->MajorFunction[IRP_MJ_CLOSE] = &B;
	// ROLE-NEXT: role: B | DISPATCH | 0 | [[@LINE-1]]
	// ROLE-NEXT: role: B | DISPATCH | 2 | [[@LINE-2]]
	HANDLE(driver, PNP, C);
	// ROLE-NEXT: role: C | DISPATCH | 27 | [[@LINE-1]]
	functions[IRP_MJ_READ] = (PVOID)B;
	// ROLE-NEXT: role: B | DISPATCH | 3 | [[@LINE-1]]
	*(driver->MajorFunction + IRP_MJ_CLEANUP) = B;
	// ROLE-NEXT: role: B | DISPATCH | 18 | [[@LINE-1]]
	driver->MajorFunction[14] = which ? B : C;
	// ROLE-NEXT: role: B | DISPATCH | 14 | [[@LINE-1]]
	// ROLE-NEXT: role: C | DISPATCH | 14 | [[@LINE-2]]
	driver->DriverUnload = Unload;
	// ROLE-NEXT: role: Unload | DRIVER_UNLOAD | NULL | [[@LINE-1]]
	driver->DriverExtension->AddDevice = Add;
	// ROLE-NEXT: role: Add | ADD_DEVICE | NULL | [[@LINE-1]]
}

/* A condition that says what the index is. */
void chosen(PDRIVER_OBJECT driver)
{
	int i;

	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
		switch (i) {
		case IRP_MJ_CREATE:
		case IRP_MJ_CLOSE:
			driver->MajorFunction[i] = A;
			// ROLE-NEXT: role: A | DISPATCH | 0 | [[@LINE-1]]
			// ROLE-NEXT: role: A | DISPATCH | 2 | [[@LINE-2]]
			break;
		case IRP_MJ_PNP: {
			driver->MajorFunction[i] = B;
			// ROLE-NEXT: role: B | DISPATCH | 27 | [[@LINE-1]]
			break;
		}
		case IRP_MJ_CLEANUP:
			set_up(driver);
		default:
			driver->MajorFunction[i] = C;
			// ROLE-NEXT: role: C | DISPATCH | -1 | [[@LINE-1]]
		}
		if (i == IRP_MJ_READ)
			driver->MajorFunction[i] = A;
		// ROLE-NEXT: role: A | DISPATCH | 3 | [[@LINE-1]]
		else
			driver->MajorFunction[i] = B;
		// ROLE-NEXT: role: B | DISPATCH | -1 | [[@LINE-1]]
		if (i == IRP_MJ_READ) {
			i = IRP_MJ_PNP;
			driver->MajorFunction[i] = D;
			// ROLE-NEXT: role: D | DISPATCH | -1 | [[@LINE-1]]
		}
	}
}

/* ---- tables of them ---- */
static const struct {
	UCHAR Major;
	DRIVER_DISPATCH *Routine;
} Unnamed[] = {{IRP_MJ_CREATE, A}, {IRP_MJ_PNP, B}};
typedef struct _ENTRY {
	const char *Name;
	ULONG Size;
	UCHAR Major;
	DRIVER_DISPATCH *Routine;
} ENTRY;
static ENTRY Named[] = {{"create", 100, IRP_MJ_CREATE, A}, {.Routine = &C, .Major = IRP_MJ_CLOSE}, {0}};
static DRIVER_DISPATCH *const Array[IRP_MJ_MAXIMUM_FUNCTION + 1] = {A, [IRP_MJ_CLOSE] = B};

static void set(PDRIVER_OBJECT driver, int major, DRIVER_DISPATCH *routine)
{
	driver->MajorFunction[major] = routine;
	// SLOTROLE:      slot_role: roles.c:set#2 | DISPATCH | -1 | 0 | [[@LINE-1]]
}

void tables(PDRIVER_OBJECT driver, ENTRY *given)
{
	ENTRY *entry;
	DRIVER_DISPATCH *routine = A;
	int i, k = 0;

	for (i = 0; i < 2; i++)
		driver->MajorFunction[Unnamed[i].Major] = Unnamed[i].Routine;
	// SLOTROLE-NEXT: slot_role: ::roles.c:Unnamed.Routine | DISPATCH | -1 | 1 | [[@LINE-1]]
	for (entry = Named; entry->Routine; entry++)
		driver->MajorFunction[entry->Major] = entry->Routine;
	// SLOTROLE-NEXT: slot_role: ENTRY.Routine | DISPATCH | -1 | 1 | [[@LINE-1]]
	for (i = 0; i < 3; i++)
		driver->MajorFunction[i] = Array[i];
	// SLOTROLE-NEXT: slot_role: ::roles.c:Array | DISPATCH | -1 | 1 | [[@LINE-1]]
	driver->MajorFunction[k] = Array[i];
	// SLOTROLE-NEXT: slot_role: ::roles.c:Array | DISPATCH | -1 | 0 | [[@LINE-1]]
	driver->MajorFunction[IRP_MJ_READ] = given->Routine;
	// SLOTROLE-NEXT: slot_role: ENTRY.Routine | DISPATCH | 3 | 0 | [[@LINE-1]]
	RtlCopyMemory(driver->MajorFunction, Array, sizeof(Array));
	driver->MajorFunction[IRP_MJ_READ] = routine;
	// SLOTROLE-NEXT: slot_role: tables:routine | DISPATCH | 3 | 0 | [[@LINE-1]]
	set(driver, IRP_MJ_PNP, C);
	set(driver, IRP_MJ_PNP, given->Routine);
}

/* ---- everything else ---- */
static OB_OPERATION_REGISTRATION Operations[] = {
	{0, 1, Pre, Post},
	// ROLE-NEXT: role: Post | NOTIFY | NULL | [[@LINE-1]]
	// ROLE-NEXT: role: Pre | NOTIFY | NULL | [[@LINE-2]]
};
static FAST_IO_DISPATCH FastIo = {
	.FastIoRead = Fast,
	// ROLE-NEXT: role: Fast | FAST_IO | NULL | [[@LINE-1]]
};

void others(PDEVICE_OBJECT device, PVOID context, PVOID *handle, PIRP irp,
	    PIO_WORKITEM item, IO_CONNECT_INTERRUPT_PARAMETERS *parameters,
	    FSRTL_PER_STREAM_CONTEXT *stream, PKDPC dpc, PWORK_QUEUE_ITEM work)
{
	ExInitializeWorkItem(work, V, context);
	// ROLE-NEXT: role: V | WORK_ITEM | NULL | [[@LINE-1]]
	IoQueueWorkItem(item, Work, 1, context);
	// ROLE-NEXT: role: Work | WORK_ITEM | NULL | [[@LINE-1]]
	KeInitializeDpc(dpc, Dpc, context);
	// ROLE-NEXT: role: Dpc | DPC | NULL | [[@LINE-1]]
	IoInitializeTimer(device, Cancel, context);
	// ROLE-NEXT: role: Cancel | TIMER | NULL | [[@LINE-1]]
	PsCreateSystemThread(handle, 0, 0, 0, 0, V, context);
	// ROLE-NEXT: role: V | THREAD | NULL | [[@LINE-1]]
	IoSetCompletionRoutine(irp, Done, context, TRUE, TRUE, TRUE);
	// ROLE-NEXT: role: Done | COMPLETION | NULL | [[@LINE-1]]
	IoSetCancelRoutine(irp, Cancel);
	// ROLE-NEXT: role: Cancel | CANCEL | NULL | [[@LINE-1]]
	IoSetCancelRoutine(irp, NULL);
	IoCsqInitialize(context, A, B, C, V, Work, Done);
	// ROLE-NEXT: role: A | CSQ | NULL | [[@LINE-1]]
	// ROLE-NEXT: role: B | CSQ | NULL | [[@LINE-2]]
	// ROLE-NEXT: role: C | CSQ | NULL | [[@LINE-3]]
	// ROLE-NEXT: role: Done | CSQ | NULL | [[@LINE-4]]
	// ROLE-NEXT: role: V | CSQ | NULL | [[@LINE-5]]
	// ROLE-NEXT: role: Work | CSQ | NULL | [[@LINE-6]]
	PsSetCreateProcessNotifyRoutineEx(V, FALSE);
	// ROLE-NEXT: role: V | NOTIFY | NULL | [[@LINE-1]]
	PsSetCreateThreadNotifyRoutine(A);
	// ROLE-NEXT: role: A | NOTIFY | NULL | [[@LINE-1]]
	PsSetLoadImageNotifyRoutine(B);
	// ROLE-NEXT: role: B | NOTIFY | NULL | [[@LINE-1]]
	CmRegisterCallback(C, context, handle);
	// ROLE-NEXT: role: C | NOTIFY | NULL | [[@LINE-1]]
	CmRegisterCallbackEx(Done, 0, 0, context, handle, 0);
	// ROLE-NEXT: role: Done | NOTIFY | NULL | [[@LINE-1]]
	ObRegisterCallbacks(Operations, handle);
	IoRegisterPlugPlayNotification(1, 0, 0, 0, Work, context, handle);
	// ROLE-NEXT: role: Work | NOTIFY | NULL | [[@LINE-1]]
	IoRegisterShutdownNotification(device);
	PoRegisterPowerSettingCallback(device, 0, Cancel, context, handle);
	// ROLE-NEXT: role: Cancel | NOTIFY | NULL | [[@LINE-1]]
	FsRtlInitializeFileLock(context, Dpc, Add);
	// ROLE-NEXT: role: Add | NOTIFY | NULL | [[@LINE-1]]
	// ROLE-NEXT: role: Dpc | NOTIFY | NULL | [[@LINE-2]]
	KeRegisterBugCheckReasonCallback(context, V, 1, "roles");
	// ROLE-NEXT: role: V | BUG_CHECK | NULL | [[@LINE-1]]
	IoConnectInterrupt(handle, Isr, context);
	// ROLE-NEXT: role: Isr | ISR | NULL | [[@LINE-1]]
	parameters->MessageBased.MessageServiceRoutine = MessageIsr;
	// ROLE-NEXT: role: MessageIsr | ISR | NULL | [[@LINE-1]]
	parameters->LineBased.ServiceRoutine = (PVOID)Fast;
	// ROLE-NEXT: role: Fast | ISR | NULL | [[@LINE-1]]
	stream->FreeCallback = V;
	// ROLE-NEXT: role: V | FREE | NULL | [[@LINE-1]]
	// ROLE-NEXT: role: end
}
// SLOTROLE-NEXT: slot_role: end

NTKERNELAPI NTSTATUS FltRegisterFilter(PDRIVER_OBJECT Driver, const VOID *Registration, PVOID *Filter);
static NTSTATUS WdfDriverCreate(PDRIVER_OBJECT driver)
{
	return STATUS_SUCCESS;
}
NTSTATUS frameworks(PDRIVER_OBJECT driver, PVOID *filter)
{
	WdfDriverCreate(driver);
	return FltRegisterFilter(driver, &Operations, filter);
}
// FRAMEWORK:      framework: KMDF | WdfDriverCreate
// FRAMEWORK-NEXT: framework: the filter manager | FltRegisterFilter
// FRAMEWORK-NEXT: framework: end

/* ---- routines in structures of the driver ---- */
typedef struct _OPS {
	ULONG Version;
	VOID (*Start)(PVOID Context);
	VOID (*Stop[2])(PVOID Context);
	struct {
		VOID (*Pause)(PVOID Context);
	} Extra;
} OPS;
static const OPS Ops = {30, .Stop = {V, (PVOID)Unload}, .Extra = {.Pause = V}};
VOID (*g_Callback)(PVOID Context);
PVOID g_Memory;

static void each(LIST_ENTRY *head, VOID (*call)(PVOID))
{
	call(head);
	// CALL:      slot_call: each | roles.c:each#1 | [[@LINE-1]]
}

void through(OPS *ops, PDEVICE_OBJECT device, VOID (*given)(PVOID))
{
	VOID (*local)(PVOID) = ops->Start;

	ops->Start = V;
	g_Callback = given;
	ops->Start(g_Memory);
	// CALL-NEXT: slot_call: through | OPS.Start | [[@LINE-1]]
	(*ops->Stop[1])(device->DeviceExtension);
	// CALL-NEXT: slot_call: through | OPS.Stop | [[@LINE-1]]
	(ops->Version ? g_Callback : local)(ops);
	// CALL-NEXT: slot_call: through | ::g_Callback | [[@LINE-1]]
	// CALL-NEXT: slot_call: through | through:local | [[@LINE-2]]
	ops->Extra.Pause(0);
	// CALL-NEXT: slot_call: through | OPS.Extra.Pause | [[@LINE-1]]
	each(0, given);
	each(0, V);
}
// CALL-NEXT: slot_call: end

// ARG:      slot_call_arg: each | roles.c:each#1 | 0 | param 0
// ARG-NEXT: slot_call_arg: through | ::g_Callback | 0 | param 0
// ARG-NEXT: slot_call_arg: through | OPS.Start | 0 | ::g_Memory
// ARG-NEXT: slot_call_arg: through | OPS.Stop | 0 | DEVICE_OBJECT.DeviceExtension
// ARG-NEXT: slot_call_arg: through | through:local | 0 | param 0
// ARG-NEXT: slot_call_arg: end

// ROUTINE:      routine: roles.c:each#1 | V | NULL
// ROUTINE-NEXT: routine: roles.c:set#2 | C | NULL
// ROUTINE-NEXT: routine: ::roles.c:Array | A | 0
// ROUTINE-NEXT: routine: ::roles.c:Array | B | 2
// ROUTINE-NEXT: routine: ::roles.c:Unnamed.Routine | A | 0
// ROUTINE-NEXT: routine: ::roles.c:Unnamed.Routine | B | 27
// ROUTINE-NEXT: routine: ENTRY.Routine | A | 0
// ROUTINE-NEXT: routine: ENTRY.Routine | C | 2
// ROUTINE-NEXT: routine: OPS.Extra.Pause | V | NULL
// ROUTINE-NEXT: routine: OPS.Start | V | NULL
// ROUTINE-NEXT: routine: OPS.Stop | V | 0
// ROUTINE-NEXT: routine: OPS.Stop | Unload | 1
// ROUTINE-NEXT: routine: tables:routine | A | NULL
// ROUTINE-NEXT: routine: end

// FLOW:      routine_flow: roles.c:each#1 | through#2
// FLOW-NEXT: routine_flow: roles.c:set#2 | ENTRY.Routine
// FLOW-NEXT: routine_flow: ::g_Callback | through#2
// FLOW-NEXT: routine_flow: through:local | OPS.Start
// FLOW-NEXT: routine_flow: end
