/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Contexts of all sorts of routines, the IRP of a completion routine, and members. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
// RUN: %dump %t.db path_rule path_step role | FileCheck %s
#include <ntddk.h>

typedef struct _WORK_QUEUE_ITEM {
	LIST_ENTRY List;
	VOID (*WorkerRoutine)(PVOID Parameter);
	PVOID Parameter;
} WORK_QUEUE_ITEM, *PWORK_QUEUE_ITEM;
#define ExInitializeWorkItem(Item, Routine, Context)                                               \
	{                                                                                          \
		(Item)->WorkerRoutine = Routine;                                                   \
		(Item)->Parameter = Context;                                                       \
		(Item)->List.Flink = NULL;                                                         \
	}
typedef struct {
	PVOID Reserved[8];
} KTIMER, KEVENT;
typedef union {
	long long QuadPart;
} LARGE_INTEGER;
NTKERNELAPI VOID ExQueueWorkItem(PWORK_QUEUE_ITEM Item, int Queue);
NTKERNELAPI VOID KeInitializeTimer(KTIMER *Timer);
NTKERNELAPI BOOLEAN KeSetTimer(KTIMER *Timer, LARGE_INTEGER Due, PKDPC Dpc);
NTKERNELAPI BOOLEAN KeSetTimerEx(KTIMER *Timer, LARGE_INTEGER Due, LONG Period, PKDPC Dpc);
NTKERNELAPI VOID KeInitializeEvent(KEVENT *Event, int Type, BOOLEAN State);
NTKERNELAPI LONG KeSetEvent(KEVENT *Event, LONG Increment, BOOLEAN Wait);
NTKERNELAPI NTSTATUS KeWaitForSingleObject(PVOID Object, int Reason, CHAR Mode, BOOLEAN Alertable,
					   PVOID Timeout);
typedef VOID IO_WORKITEM_ROUTINE_EX(PVOID Object, PVOID Context, PIO_WORKITEM Item);
NTKERNELAPI VOID IoQueueWorkItemEx(PIO_WORKITEM Item, IO_WORKITEM_ROUTINE_EX *Routine, int Queue,
				   PVOID Context);

struct job {
	WORK_QUEUE_ITEM item;
	KDPC dpc;
	KTIMER timer;
	KEVENT done;
	LIST_ENTRY entry;
	PIO_WORKITEM work;
	char *text;
	int n;
};

struct extension {
	KDPC dpc;
	struct job *job;
	LIST_ENTRY jobs;
};

void use(int n);

/* ---- ExQueueWorkItem: the item lies in the context, or is all of it ---- */
static VOID item_forgets(PVOID parameter)
{
	struct job *j = parameter;

	use(j->n);
	return; // expected-warning{{leak in callback: 'j' from ExAllocatePool (}}
}
// CHECK:      path_rule: [[@LINE-2]] | LeakInCallback | item_forgets

static VOID item_forgets_sometimes(PVOID parameter)
{
	struct job *j = parameter;

	if (j->n > 4)
		return; // expected-warning{{leak in callback: 'j' from ExAllocatePool (}}
	ExFreePool(j);
}

static VOID item_frees(PVOID parameter)
{
	ExFreePool(parameter);
}

static VOID item_alone_forgets(PVOID parameter)
{
	PWORK_QUEUE_ITEM item = parameter;

	use(item->List.Flink == NULL);
	return; // expected-warning{{leak in callback: 'item' from ExAllocatePool (32 bytes), which queues_item_alone gives to work item routine item_alone_forgets, is not freed on this path}}
}

#define QUEUES_ITEM(name, routine)                                                                 \
	int name(int n)                                                                            \
	{                                                                                          \
		struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));                          \
                                                                                                   \
		if (!j)                                                                            \
			return -1;                                                                 \
		j->n = n;                                                                          \
		ExInitializeWorkItem(&j->item, routine, j);                                        \
		ExQueueWorkItem(&j->item, 1);                                                      \
		return 0;                                                                          \
	}
QUEUES_ITEM(queues_item_forgets, item_forgets)
// CHECK-DAG: path_step: {{.*}} | [[@LINE-1]] | ExAllocatePool allocates {{.*}} bytes of pool
// CHECK-DAG: path_step: {{.*}} | [[@LINE-2]] | queues_item_forgets gives to work item routine item_forgets here
// CHECK-DAG: role: item_forgets | WORK_ITEM | NULL | [[@LINE-3]]
QUEUES_ITEM(queues_item_forgets_sometimes, item_forgets_sometimes)
QUEUES_ITEM(queues_item_frees, item_frees)

int queues_item_alone(void)
{
	PWORK_QUEUE_ITEM item = ExAllocatePool(NonPagedPool, 32);

	if (!item)
		return -1;
	ExInitializeWorkItem(item, item_alone_forgets, item);
	ExQueueWorkItem(item, 1);
	return 0;
}

/* What follows in the same block is the block's own. */
static VOID item_with_text(PVOID parameter)
{
	struct job *j = parameter;

	use(j->text[0]);
	return; // expected-warning{{leak in callback: 'j' from ExAllocatePool, which queues_item_with_text gives}}
}
int queues_item_with_text(const char *text, int n)
{
	struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j) + n);

	if (!j)
		return -1;
	j->text = (char *)(j + 1);
	RtlCopyMemory(j + 1, text, n);
	ExInitializeWorkItem(&j->item, item_with_text, j);
	ExQueueWorkItem(&j->item, 1);
	return 0;
}

/* What the extension knows of leads back to it. */
static VOID item_known_within(PVOID parameter)
{
	use(((struct job *)parameter)->n);
}
int queues_item_known_within(struct extension *ext, struct job *other)
{
	struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));

	if (!j)
		return -1;
	other->text = (char *)(j + 1);
	ExInitializeWorkItem(&j->item, item_known_within, j);
	ExQueueWorkItem(&j->item, 1);
	return 0;
}

/* Set up and not queued: who knows when it runs. */
static VOID item_not_queued(PVOID parameter)
{
	use(((struct job *)parameter)->n);
}
int sets_up_item(struct extension *ext)
{
	struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));

	if (!j)
		return -1;
	ExInitializeWorkItem(&j->item, item_not_queued, j);
	ext->job = j;
	return 0;
}

/* The extension keeps it. */
static VOID item_kept(PVOID parameter)
{
	use(((struct job *)parameter)->n);
}
int queues_item_kept(struct extension *ext)
{
	struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));

	if (!j)
		return -1;
	ext->job = j;
	ExInitializeWorkItem(&j->item, item_kept, j);
	ExQueueWorkItem(&j->item, 1);
	return 0;
}

/* A list keeps it. */
static VOID item_listed(PVOID parameter)
{
	use(((struct job *)parameter)->n);
}
int queues_item_listed(struct extension *ext)
{
	struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));

	if (!j)
		return -1;
	InsertTailList(&ext->jobs, &j->entry);
	ExInitializeWorkItem(&j->item, item_listed, j);
	ExQueueWorkItem(&j->item, 1);
	return 0;
}

/* Who queues it waits for it. */
static VOID item_waited_for(PVOID parameter)
{
	KeSetEvent(&((struct job *)parameter)->done, 0, FALSE);
}
int queues_item_and_waits(void)
{
	struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));

	if (!j)
		return -1;
	KeInitializeEvent(&j->done, 0, FALSE);
	ExInitializeWorkItem(&j->item, item_waited_for, j);
	ExQueueWorkItem(&j->item, 1);
	KeWaitForSingleObject(&j->done, 0, 0, FALSE, NULL);
	ExFreePool(j);
	return 0;
}

/* A routine in a table has other callers. */
static VOID item_in_table(PVOID parameter)
{
	use(((struct job *)parameter)->n);
}
VOID (*const table[])(PVOID) = {item_in_table};
QUEUES_ITEM(queues_item_in_table, item_in_table)

/* ---- DPC and timer, once ---- */
static VOID dpc_forgets(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	struct job *j = context;

	use(j->n);
	return; // expected-warning{{leak in callback: 'j' from ExAllocatePool (}}
}
static VOID dpc_frees(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	ExFreePool(context);
}
static VOID timer_forgets(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	struct job *j = context;

	if (!j->n)
		return; // expected-warning{{leak in callback: 'j' from ExAllocatePool (}}
	ExFreePool(j);
}

#define QUEUES_DPC(name, routine, start)                                                           \
	int name(int n)                                                                            \
	{                                                                                          \
		struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));                          \
		LARGE_INTEGER due = {-10000};                                                      \
                                                                                                   \
		if (!j)                                                                            \
			return -1;                                                                 \
		j->n = n;                                                                          \
		KeInitializeTimer(&j->timer);                                                      \
		KeInitializeDpc(&j->dpc, routine, j);                                              \
		start;                                                                             \
		return 0;                                                                          \
	}
QUEUES_DPC(queues_dpc_forgets, dpc_forgets, KeInsertQueueDpc(&j->dpc, NULL, NULL))
QUEUES_DPC(queues_dpc_frees, dpc_frees, KeInsertQueueDpc(&j->dpc, NULL, NULL))
/* One that cannot be queued is its maker's. */
static VOID dpc_refused(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	use(((struct job *)context)->n);
	return; // expected-warning{{leak in callback: 'j' from ExAllocatePool (}}
}
QUEUES_DPC(queues_dpc_refused, dpc_refused, if (!KeInsertQueueDpc(&j->dpc, NULL, NULL)) {
	ExFreePool(j);
	return -1;
})
/* One that has run is freed by whoever has queued it. */
static VOID dpc_flushed(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	use(((struct job *)context)->n);
}
void KeFlushQueuedDpcs(void);
QUEUES_DPC(queues_dpc_flushed, dpc_flushed, if (KeInsertQueueDpc(&j->dpc, NULL, NULL))
	KeFlushQueuedDpcs(); ExFreePool(j))
QUEUES_DPC(sets_timer_forgets, timer_forgets, KeSetTimer(&j->timer, due, &j->dpc))

/* One that starts itself again, with the same context. */
static VOID timer_again(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	struct job *j = context;
	LARGE_INTEGER due = {-10000};

	if (j->n--) {
		KeSetTimer(&j->timer, due, &j->dpc);
		return;
	}
	ExFreePool(j);
}
QUEUES_DPC(sets_timer_again, timer_again, KeSetTimer(&j->timer, due, &j->dpc))

/* Over and over again. */
static VOID timer_periodic(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	use(((struct job *)context)->n);
}
QUEUES_DPC(sets_timer_periodic, timer_periodic, KeSetTimerEx(&j->timer, due, 100, &j->dpc))
static VOID timer_ex_once(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	use(((struct job *)context)->n);
	return; // expected-warning{{leak in callback: 'j' from ExAllocatePool (}}
}
QUEUES_DPC(sets_timer_ex_once, timer_ex_once, KeSetTimerEx(&j->timer, due, 0, &j->dpc))

/* A DPC of the device, which others queue as well. */
static VOID dpc_of_device(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	use(((struct job *)context)->n);
}
int queues_dpc_of_device(struct extension *ext)
{
	struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));

	if (!j)
		return -1;
	KeInitializeDpc(&ext->dpc, dpc_of_device, j);
	KeInsertQueueDpc(&ext->dpc, NULL, NULL);
	return 0;
}

/* ---- completion: the context ---- */
static NTSTATUS completion_forgets(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct job *j = context;

	use(j->n);
	return STATUS_SUCCESS; // expected-warning{{leak in callback: 'j' from ExAllocatePool (}}
}
static NTSTATUS completion_forgets_sometimes(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct job *j = context;

	if (!NT_SUCCESS(irp->IoStatus.Status))
		return STATUS_SUCCESS; // expected-warning{{leak in callback: 'j' from ExAllocatePool (}}
	ExFreePool(j);
	return STATUS_SUCCESS;
}
static NTSTATUS completion_frees(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	ExFreePool(context);
	return STATUS_SUCCESS;
}
static NTSTATUS completion_waited_for(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	KeSetEvent(&((struct job *)context)->done, 0, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

#define PASSES(name, routine)                                                                      \
	NTSTATUS name(PDEVICE_OBJECT lower, PIRP irp)                                              \
	{                                                                                          \
		struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));                          \
                                                                                                   \
		if (!j)                                                                            \
			return STATUS_INSUFFICIENT_RESOURCES;                                      \
		j->n = 1;                                                                          \
		IoSetCompletionRoutine(irp, routine, j, TRUE, TRUE, TRUE);                         \
		return IoCallDriver(lower, irp);                                                   \
	}
PASSES(passes_forgets, completion_forgets)
PASSES(passes_forgets_sometimes, completion_forgets_sometimes)
PASSES(passes_frees, completion_frees)

NTSTATUS passes_and_waits(PDEVICE_OBJECT lower, PIRP irp)
{
	struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));
	NTSTATUS status;

	if (!j)
		return STATUS_INSUFFICIENT_RESOURCES;
	KeInitializeEvent(&j->done, 0, FALSE);
	IoSetCompletionRoutine(irp, completion_waited_for, j, TRUE, TRUE, TRUE);
	status = IoCallDriver(lower, irp);
	KeWaitForSingleObject(&j->done, 0, 0, FALSE, NULL);
	ExFreePool(j);
	return status;
}

/* Who waits and forgets it is another one. */
static NTSTATUS completion_signals(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	KeSetEvent(&((struct job *)context)->done, 0, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}
NTSTATUS passes_waits_forgets(PDEVICE_OBJECT lower, PIRP irp)
{
	struct job *j = ExAllocatePool(NonPagedPool, 512);
	NTSTATUS status;

	if (!j)
		return STATUS_INSUFFICIENT_RESOURCES;
	KeInitializeEvent(&j->done, 0, FALSE);
	IoSetCompletionRoutine(irp, completion_signals, j, TRUE, TRUE, TRUE);
	status = IoCallDriver(lower, irp);
	KeWaitForSingleObject(&j->done, 0, 0, FALSE, NULL);
	return status; // expected-warning{{leak: 'j' from ExAllocatePool (512 bytes) is not freed on this path}}
}

/* ---- completion: an IRP of one's own ---- */
static NTSTATUS irp_forgets(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	use(irp->IoStatus.Status);
	return STATUS_MORE_PROCESSING_REQUIRED; // expected-warning{{leak in callback: 'own' from IoAllocateIrp (tag Irp ), which sends_irp_forgets gives to completion routine irp_forgets, is not freed on this path}}
}
static NTSTATUS irp_forgets_sometimes(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	if (!NT_SUCCESS(irp->IoStatus.Status))
		return STATUS_MORE_PROCESSING_REQUIRED; // expected-warning{{leak in callback: 'own' from IoAllocateIrp}}
	IoFreeIrp(irp);
	return STATUS_MORE_PROCESSING_REQUIRED;
}
static NTSTATUS irp_frees(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	IoFreeIrp(irp);
	return STATUS_MORE_PROCESSING_REQUIRED;
}
static NTSTATUS irp_goes_on(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	return STATUS_SUCCESS;
}
static NTSTATUS irp_waited_for(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	KeSetEvent(context, 0, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

#define SENDS(name, routine)                                                                       \
	NTSTATUS name(PDEVICE_OBJECT lower)                                                        \
	{                                                                                          \
		PIRP own = IoAllocateIrp(1, FALSE);                                                \
                                                                                                   \
		if (!own)                                                                          \
			return STATUS_INSUFFICIENT_RESOURCES;                                      \
		own->UserBuffer = NULL;                                                            \
		IoSetCompletionRoutine(own, routine, NULL, TRUE, TRUE, TRUE);                      \
		return IoCallDriver(lower, own);                                                   \
	}
SENDS(sends_irp_forgets, irp_forgets)
SENDS(sends_irp_forgets_sometimes, irp_forgets_sometimes)
SENDS(sends_irp_frees, irp_frees)
SENDS(sends_irp_goes_on, irp_goes_on)

NTSTATUS sends_irp_and_waits(PDEVICE_OBJECT lower)
{
	PIRP own = IoAllocateIrp(1, FALSE);
	NTSTATUS status;
	KEVENT event;

	if (!own)
		return STATUS_INSUFFICIENT_RESOURCES;
	KeInitializeEvent(&event, 0, FALSE);
	IoSetCompletionRoutine(own, irp_waited_for, &event, TRUE, TRUE, TRUE);
	IoCallDriver(lower, own);
	KeWaitForSingleObject(&event, 0, 0, FALSE, NULL);
	status = own->IoStatus.Status;
	IoFreeIrp(own);
	return status;
}

static NTSTATUS irp_signals(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	KeSetEvent(context, 0, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}
NTSTATUS sends_irp_waits_forgets(PDEVICE_OBJECT lower)
{
	PIRP own = IoAllocateIrp(1, FALSE);
	KEVENT event;

	if (!own)
		return STATUS_INSUFFICIENT_RESOURCES;
	KeInitializeEvent(&event, 0, FALSE);
	IoSetCompletionRoutine(own, irp_signals, &event, TRUE, TRUE, TRUE);
	IoCallDriver(lower, own);
	KeWaitForSingleObject(&event, 0, 0, FALSE, NULL);
	return STATUS_SUCCESS; // expected-warning{{leak: 'own' from IoAllocateIrp (tag Irp ) is not freed on this path}}
}

/* ---- what the context holds ---- */
static VOID member_forgets(PDEVICE_OBJECT device, PVOID context)
{
	struct job *j = context;

	IoFreeWorkItem(j->work);
	if (!j->n) {
		ExFreePool(j);
		return; // expected-warning{{leak in callback: 'j->text' from ExAllocatePoolWithTag (tag test, 9 bytes), which queues_member_forgets gives to work item routine member_forgets, is not freed on this path}}
	}
	ExFreePool(j->text);
	ExFreePool(j);
}
static VOID member_frees(PDEVICE_OBJECT device, PVOID context)
{
	struct job *j = context;

	IoFreeWorkItem(j->work);
	if (j->text)
		ExFreePool(j->text);
	ExFreePool(j);
}
static void free_job(struct job *j)
{
	IoFreeWorkItem(j->work);
	ExFreePool(j->text);
	ExFreePool(j);
}
static VOID member_helper_frees(PDEVICE_OBJECT device, PVOID context)
{
	free_job(context);
}
void free_job_elsewhere(struct job *j);
static VOID member_goes_elsewhere(PDEVICE_OBJECT device, PVOID context)
{
	free_job_elsewhere(context);
}
static VOID member_with_all(PDEVICE_OBJECT device, PVOID context)
{
	struct job *j = context;

	use(j->n);
	return; // expected-warning{{leak in callback: 'j' from ExAllocatePoolWithTag}}
}

#define QUEUES_MEMBER(name, routine, more)                                                         \
	int name(PDEVICE_OBJECT device, int n)                                                     \
	{                                                                                          \
		struct job *j = ExAllocatePoolWithTag(NonPagedPool, sizeof(*j), 'tset');           \
                                                                                                   \
		if (!j)                                                                            \
			return -1;                                                                 \
		j->work = IoAllocateWorkItem(device);                                              \
		if (!j->work) {                                                                    \
			ExFreePool(j);                                                             \
			return -1;                                                                 \
		}                                                                                  \
		j->text = ExAllocatePoolWithTag(NonPagedPool, 9, 'tset');                          \
		if (!j->text) {                                                                    \
			IoFreeWorkItem(j->work);                                                   \
			ExFreePool(j);                                                             \
			return -1;                                                                 \
		}                                                                                  \
		j->text[0] = 0;                                                                    \
		j->n = n;                                                                          \
		more;                                                                              \
		IoQueueWorkItem(j->work, routine, 1, j);                                           \
		return 0;                                                                          \
	}
int queues_member_forgets(PDEVICE_OBJECT device, int n)
{
	struct job *j = ExAllocatePoolWithTag(NonPagedPool, sizeof(*j), 'tset');

	if (!j)
		return -1;
	j->work = IoAllocateWorkItem(device);
	j->text = ExAllocatePoolWithTag(NonPagedPool, 9, 'tset');
	if (!j->work || !j->text) {
		if (j->text)
			ExFreePool(j->text);
		if (j->work)
			IoFreeWorkItem(j->work);
		ExFreePool(j);
		return -1;
	}
	j->text[0] = 0;
	j->n = n;
	IoQueueWorkItem(j->work, member_forgets, 1, j);
	return 0;
}
QUEUES_MEMBER(queues_member_frees, member_frees, )
QUEUES_MEMBER(queues_member_helper_frees, member_helper_frees, )
QUEUES_MEMBER(queues_member_goes_elsewhere, member_goes_elsewhere, )
QUEUES_MEMBER(queues_member_with_all, member_with_all, )

/* Known in a second place. */
char *last_text;
static VOID member_kept(PDEVICE_OBJECT device, PVOID context)
{
	struct job *j = context;

	IoFreeWorkItem(j->work);
	ExFreePool(j);
}
QUEUES_MEMBER(queues_member_kept, member_kept, last_text = j->text)

/* Not always there. */
static VOID member_perhaps(PDEVICE_OBJECT device, PVOID context)
{
	struct job *j = context;

	IoFreeWorkItem(j->work);
	if (j->n)
		ExFreePool(j->text);
	ExFreePool(j);
}
int queues_member_perhaps(PDEVICE_OBJECT device, int n)
{
	struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));

	if (!j)
		return -1;
	j->work = IoAllocateWorkItem(device);
	if (!j->work) {
		ExFreePool(j);
		return -1;
	}
	j->n = 0;
	if (n) {
		j->text = ExAllocatePool(NonPagedPool, 9);
		j->n = j->text != NULL;
	}
	IoQueueWorkItem(j->work, member_perhaps, 1, j);
	return 0;
}

/* The work item comes as a parameter as well. */
static VOID item_as_parameter(PVOID object, PVOID context, PIO_WORKITEM item)
{
	IoFreeWorkItem(item);
	ExFreePool(context);
}
static VOID item_as_parameter_forgets(PVOID object, PVOID context, PIO_WORKITEM item)
{
	IoFreeWorkItem(item);
	use(((struct job *)context)->n);
	return; // expected-warning{{leak in callback: 'j' from ExAllocatePool (}}
}

#define QUEUES_EX(name, routine)                                                                   \
	int name(PDEVICE_OBJECT device)                                                            \
	{                                                                                          \
		struct job *j = ExAllocatePool(NonPagedPool, sizeof(*j));                          \
                                                                                                   \
		if (!j)                                                                            \
			return -1;                                                                 \
		j->work = IoAllocateWorkItem(device);                                              \
		if (!j->work) {                                                                    \
			ExFreePool(j);                                                             \
			return -1;                                                                 \
		}                                                                                  \
		IoQueueWorkItemEx(j->work, routine, 1, j);                                         \
		return 0;                                                                          \
	}
QUEUES_EX(queues_ex, item_as_parameter)
QUEUES_EX(queues_ex_forgets, item_as_parameter_forgets)
