/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The kernel transaction manager.  What is done in a transaction is done at once and
 * undone if it is rolled back.  Others do not see its new keys before it is committed; values
 * they do see.
 *
 *   ACTIVE -> commit:   PREPREPARE, PREPARE, COMMIT to the enlisted, -> COMMITTED
 *          -> rollback: ROLLBACK to the enlisted, undone             -> ABORTED
 *   An active transaction whose last handle is closed is rolled back.
 */
#include "tm.h"

enum state { ACTIVE, COMMITTED, ABORTED };

struct undo {
	struct undo *next;
	void (*routine)(PVOID arg, BOOLEAN committed);
	PVOID arg;
};
struct _KTRANSACTION {
	enum state state;
	struct undo *undo; /* the last first */
	struct _KENLISTMENT *enlisted;
};
struct _KTM {
	ULONG options;
};
struct _KRESOURCEMANAGER {
	PTM_RM_NOTIFICATION routine;
	PVOID key;
};
struct _KENLISTMENT {
	struct _KENLISTMENT *next; /* of the transaction */
	struct _KTRANSACTION *transaction;
	struct _KRESOURCEMANAGER *rm; /* with a reference */
	PVOID key;
	NOTIFICATION_MASK mask;
	NOTIFICATION_MASK waiting; /* what it has been told and not answered */
	KEVENT answered;
};

static void close_transaction(PVOID body);

static void free_body(PVOID body)
{
	l62_host_free(body);
}

static void free_transaction(PVOID body)
{
	struct _KTRANSACTION *transaction = body;

	while (transaction->enlisted) {
		struct _KENLISTMENT *one = transaction->enlisted;

		transaction->enlisted = one->next;
		one->transaction = NULL;
	}
	l62_host_free(transaction);
}

static void free_enlistment(PVOID body)
{
	struct _KENLISTMENT *enlistment = body, **link;

	if (enlistment->transaction) {
		link = &enlistment->transaction->enlisted;
		while (*link != enlistment)
			link = &(*link)->next;
		*link = enlistment->next;
	}
	ObfDereferenceObject(enlistment->rm);
	l62_host_free(enlistment);
}

static struct _OBJECT_TYPE transaction_type = {&transaction_type, "TmTx", close_transaction,
                                               free_transaction};
static struct _OBJECT_TYPE tm_type = {&tm_type, "TmTm", NULL, free_body};
static struct _OBJECT_TYPE rm_type = {&rm_type, "TmRm", NULL, free_body};
static struct _OBJECT_TYPE enlistment_type = {&enlistment_type, "TmEn", NULL, free_enlistment};
POBJECT_TYPE l62_type_transaction = &transaction_type, l62_type_tm = &tm_type,
             l62_type_rm = &rm_type, l62_type_enlistment = &enlistment_type;

static PVOID create(SIZE_T size, POBJECT_TYPE type, POBJECT_ATTRIBUTES attributes,
                    PHANDLE handle)
{
	PVOID body = l62_host_alloc(size);

	l62_object_insert(body, type);
	*handle = l62_handle_create(body, attributes ? attributes->Attributes : 0);
	ObfDereferenceObject(body);
	return body;
}

NTSTATUS NTAPI ZwCreateTransactionManager(PHANDLE handle, ACCESS_MASK access,
                                          POBJECT_ATTRIBUTES attributes, PUNICODE_STRING log,
                                          ULONG options, ULONG strength)
{
	UNREFERENCED_PARAMETER(access);
	UNREFERENCED_PARAMETER(strength);
	/* Documented: a log, or volatile. */
	if (!log && !(options & TRANSACTION_MANAGER_VOLATILE))
		return STATUS_INVALID_PARAMETER;
	((struct _KTM *)create(sizeof(struct _KTM), l62_type_tm, attributes, handle))->options =
	        options;
	return STATUS_SUCCESS;
}

/* 0 if handle stands for an object of the type; keeps no reference. */
static NTSTATUS check_handle(HANDLE handle, POBJECT_TYPE type)
{
	PVOID body;
	NTSTATUS status = l62_handle_reference(handle, type, &body);

	if (NT_SUCCESS(status))
		ObfDereferenceObject(body);
	return status;
}

NTSTATUS NTAPI ZwCreateResourceManager(PHANDLE handle, ACCESS_MASK access, HANDLE tm,
                                       LPGUID guid, POBJECT_ATTRIBUTES attributes,
                                       ULONG options, PUNICODE_STRING description)
{
	NTSTATUS status = check_handle(tm, l62_type_tm);

	UNREFERENCED_PARAMETER(access);
	UNREFERENCED_PARAMETER(options);
	UNREFERENCED_PARAMETER(description);
	if (!guid)
		return STATUS_INVALID_PARAMETER;
	if (NT_SUCCESS(status))
		create(sizeof(struct _KRESOURCEMANAGER), l62_type_rm, attributes, handle);
	return status;
}

NTSTATUS NTAPI ZwCreateTransaction(PHANDLE handle, ACCESS_MASK access,
                                   POBJECT_ATTRIBUTES attributes, LPGUID uow, HANDLE tm,
                                   ULONG options, ULONG isolation, ULONG flags,
                                   PLARGE_INTEGER timeout, PUNICODE_STRING description)
{
	NTSTATUS status = tm ? check_handle(tm, l62_type_tm) : STATUS_SUCCESS;

	UNREFERENCED_PARAMETER(access);
	UNREFERENCED_PARAMETER(uow);
	UNREFERENCED_PARAMETER(options);
	UNREFERENCED_PARAMETER(timeout);
	UNREFERENCED_PARAMETER(description);
	/* Documented: must be zero. */
	if (isolation || flags)
		return STATUS_INVALID_PARAMETER;
	if (NT_SUCCESS(status))
		create(sizeof(struct _KTRANSACTION), l62_type_transaction, attributes, handle);
	return status;
}

NTSTATUS NTAPI ZwCreateEnlistment(PHANDLE handle, ACCESS_MASK access, HANDLE rm, HANDLE wanted,
                                  POBJECT_ATTRIBUTES attributes, ULONG options,
                                  NOTIFICATION_MASK mask, PVOID key)
{
	struct _KENLISTMENT *enlistment;
	struct _KRESOURCEMANAGER *manager;
	struct _KTRANSACTION *transaction;
	NTSTATUS status = l62_handle_reference(rm, l62_type_rm, (PVOID *)&manager);

	UNREFERENCED_PARAMETER(access);
	UNREFERENCED_PARAMETER(options);
	if (!NT_SUCCESS(status))
		return status;
	status = l62_handle_reference(wanted, l62_type_transaction, (PVOID *)&transaction);
	if (!NT_SUCCESS(status)) {
		ObfDereferenceObject(manager);
		return status;
	}
	status = l62_transaction_check(transaction);
	/* Documented: none of them is no notification. */
	if (NT_SUCCESS(status) && (!mask || mask & ~(ULONG)TRANSACTION_NOTIFY_MASK))
		status = STATUS_INVALID_PARAMETER;
	if (NT_SUCCESS(status)) {
		enlistment =
		        create(sizeof(*enlistment), l62_type_enlistment, attributes, handle);
		enlistment->rm = manager;
		enlistment->key = key;
		enlistment->mask = mask;
		enlistment->transaction = transaction;
		enlistment->next = transaction->enlisted;
		transaction->enlisted = enlistment;
		KeInitializeEvent(&enlistment->answered, NotificationEvent, FALSE);
	} else {
		ObfDereferenceObject(manager);
	}
	ObfDereferenceObject(transaction);
	return status;
}

NTSTATUS NTAPI TmEnableCallbacks(PKRESOURCEMANAGER rm, PTM_RM_NOTIFICATION routine, PVOID key)
{
	if (!routine || rm->routine)
		return STATUS_INVALID_PARAMETER;
	rm->routine = routine;
	rm->key = key;
	return STATUS_SUCCESS;
}

static NTSTATUS answer(PKENLISTMENT enlistment, NOTIFICATION_MASK to)
{
	if (!(enlistment->waiting & to))
		return STATUS_TRANSACTION_REQUEST_NOT_VALID;
	enlistment->waiting &= ~to;
	KeSetEvent(&enlistment->answered, 0, FALSE);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI TmPrepareComplete(PKENLISTMENT enlistment, PLARGE_INTEGER clock)
{
	UNREFERENCED_PARAMETER(clock);
	return answer(enlistment, TRANSACTION_NOTIFY_PREPARE);
}

NTSTATUS NTAPI l62_nt_preprepare_complete(PKENLISTMENT enlistment, PLARGE_INTEGER clock)
{
	UNREFERENCED_PARAMETER(clock);
	return answer(enlistment, TRANSACTION_NOTIFY_PREPREPARE);
}

NTSTATUS NTAPI TmCommitComplete(PKENLISTMENT enlistment, PLARGE_INTEGER clock)
{
	UNREFERENCED_PARAMETER(clock);
	return answer(enlistment, TRANSACTION_NOTIFY_COMMIT);
}

NTSTATUS NTAPI TmRollbackComplete(PKENLISTMENT enlistment, PLARGE_INTEGER clock)
{
	UNREFERENCED_PARAMETER(clock);
	return answer(enlistment, TRANSACTION_NOTIFY_ROLLBACK);
}

/* Tells those that want to know, and waits for their answers. */
static void notify(struct _KTRANSACTION *transaction, NOTIFICATION_MASK what)
{
	for (struct _KENLISTMENT *one = transaction->enlisted, *next; one; one = next) {
		LARGE_INTEGER clock = {.QuadPart = l62_sched_now()};
		const uint64_t args[] = {(ULONG_PTR)one,
		                         (ULONG_PTR)one->rm->key,
		                         (ULONG_PTR)one->key,
		                         what,
		                         (ULONG_PTR)&clock,
		                         0,
		                         0};

		next = one->next;
		if (!(one->mask & what) || !one->rm->routine)
			continue;
		ObfReferenceObject(one);
		one->waiting |= what;
		KeClearEvent(&one->answered);
		l62_invoke((PVOID)one->rm->routine, args, 7, NULL);
		if (one->waiting & what)
			l62_wait(&one->answered.Header, "a resource manager's answer", NULL);
		next = one->next;
		ObfDereferenceObject(one);
	}
}

NTSTATUS l62_transaction_check(PVOID body)
{
	return ((struct _KTRANSACTION *)body)->state == ACTIVE ? STATUS_SUCCESS
	                                                       : STATUS_TRANSACTION_NOT_ACTIVE;
}

void l62_transaction_log(PVOID body, void (*routine)(PVOID arg, BOOLEAN committed), PVOID arg)
{
	struct _KTRANSACTION *transaction = body;
	struct undo *undo = l62_host_alloc(sizeof(*undo));

	*undo = (struct undo){transaction->undo, routine, arg};
	transaction->undo = undo;
}

static void finish(struct _KTRANSACTION *transaction, enum state state)
{
	transaction->state = state;
	while (transaction->undo) {
		struct undo *undo = transaction->undo;

		transaction->undo = undo->next;
		undo->routine(undo->arg, state == COMMITTED);
		l62_host_free(undo->arg);
		l62_host_free(undo);
	}
}

static void roll_back(struct _KTRANSACTION *transaction)
{
	notify(transaction, TRANSACTION_NOTIFY_ROLLBACK);
	finish(transaction, ABORTED);
}

static void close_transaction(PVOID body)
{
	struct _KTRANSACTION *transaction = body;

	if (transaction->state == ACTIVE)
		roll_back(transaction);
}

static NTSTATUS end(HANDLE handle, BOOLEAN commit)
{
	struct _KTRANSACTION *transaction;
	NTSTATUS status =
	        l62_handle_reference(handle, l62_type_transaction, (PVOID *)&transaction);

	if (!NT_SUCCESS(status))
		return status;
	if (transaction->state != ACTIVE) {
		status = transaction->state == COMMITTED ? STATUS_TRANSACTION_ALREADY_COMMITTED
		                                         : STATUS_TRANSACTION_ALREADY_ABORTED;
	} else if (commit) {
		notify(transaction, TRANSACTION_NOTIFY_PREPREPARE);
		notify(transaction, TRANSACTION_NOTIFY_PREPARE);
		notify(transaction, TRANSACTION_NOTIFY_COMMIT);
		finish(transaction, COMMITTED);
	} else {
		roll_back(transaction);
	}
	ObfDereferenceObject(transaction);
	return status;
}

NTSTATUS NTAPI ZwCommitTransaction(HANDLE handle, BOOLEAN wait)
{
	UNREFERENCED_PARAMETER(wait);
	return end(handle, TRUE);
}

NTSTATUS NTAPI ZwRollbackTransaction(HANDLE handle, BOOLEAN wait)
{
	UNREFERENCED_PARAMETER(wait);
	return end(handle, FALSE);
}
