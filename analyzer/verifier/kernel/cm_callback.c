/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Registry callbacks.  Before an operation, from the highest altitude down: one that
 * fails ends it with its status, STATUS_CALLBACK_BYPASS with success.  After it, those that
 * let it pass, upwards.  What a callback does to the registry itself is told those below it.
 * Source: "Filtering Registry Calls", "Supporting Layered Registry Filtering Drivers".
 */
#include "cm_callback.h"

enum { CALLBACKS_MOST = 64, VERSION_MAJOR = 1, VERSION_MINOR = 0 };

struct callback {
	struct callback *next; /* of a lower altitude */
	LONGLONG cookie;
	PEX_CALLBACK_FUNCTION routine;
	PVOID context;
	UNICODE_STRING altitude;
};
struct l62_key_context {
	struct l62_key_context *next;
	LONGLONG cookie;
	PVOID context;
};

static struct callback *callbacks;

VOID NTAPI CmGetCallbackVersion(PULONG major, PULONG minor)
{
	if (major)
		*major = VERSION_MAJOR;
	if (minor)
		*minor = VERSION_MINOR;
}

static NTSTATUS add(PEX_CALLBACK_FUNCTION routine, PCUNICODE_STRING altitude, PVOID context,
                    PLARGE_INTEGER cookie)
{
	static LONGLONG last;
	struct callback *new, **link = &callbacks;
	LONG order;

	/* Documented: those of the old kind are at the top, in the order they came. */
	while (*link && !(*link)->altitude.Length)
		link = &(*link)->next;
	for (; *link && altitude->Length; link = &(*link)->next) {
		order = l62_altitude_compare(&(*link)->altitude, altitude);
		if (order == 0)
			return STATUS_FLT_INSTANCE_ALTITUDE_COLLISION;
		if (order < 0)
			break;
	}
	new = l62_host_alloc(sizeof(*new) + altitude->Length);
	new->altitude.Buffer = (PWSTR)(new + 1);
	new->altitude.Length = new->altitude.MaximumLength = altitude->Length;
	RtlCopyMemory(new->altitude.Buffer, altitude->Buffer, altitude->Length);
	new->cookie = cookie->QuadPart = ++last;
	new->routine = routine;
	new->context = context;
	new->next = *link;
	*link = new;
	l62_root_add(&new->context, sizeof(new->context), "the context of a registry callback");
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI CmRegisterCallbackEx(PEX_CALLBACK_FUNCTION routine, PCUNICODE_STRING altitude,
                                    PVOID driver, PVOID context, PLARGE_INTEGER cookie,
                                    PVOID reserved)
{
	if (!routine || !altitude || !altitude->Length || !driver || reserved)
		return STATUS_INVALID_PARAMETER;
	return add(routine, altitude, context, cookie);
}

/* Of the old kind. */
NTSTATUS NTAPI CmRegisterCallback(PEX_CALLBACK_FUNCTION routine, PVOID context,
                                  PLARGE_INTEGER cookie)
{
	static const UNICODE_STRING none;

	return add(routine, &none, context, cookie);
}

static struct callback *find(LONGLONG cookie)
{
	struct callback *one = callbacks;

	while (one && one->cookie != cookie)
		one = one->next;
	return one;
}

static struct l62_key_context **context_of(struct l62_open_key *body, LONGLONG cookie)
{
	struct l62_key_context **link = &body->set;

	while (*link && (*link)->cookie != cookie)
		link = &(*link)->next;
	return link;
}

static void clean(PVOID routine, PVOID driver_context, PVOID object,
                  struct l62_key_context *context)
{
	REG_CALLBACK_CONTEXT_CLEANUP_INFORMATION info = {.Object = object,
	                                                 .ObjectContext = context->context};
	const uint64_t args[] = {(ULONG_PTR)driver_context, RegNtCallbackObjectContextCleanup,
	                         (ULONG_PTR)&info};

	if (context->context)
		l62_invoke(routine, args, 3, NULL);
	l62_host_free(context);
}

static void remove_context(struct l62_open_key *body, LONGLONG cookie, PVOID routine,
                           PVOID driver_context)
{
	struct l62_key_context **link = context_of(body, cookie), *context = *link;

	if (!context)
		return;
	*link = context->next;
	clean(routine, driver_context, body, context);
}

NTSTATUS NTAPI CmUnRegisterCallback(LARGE_INTEGER cookie)
{
	struct callback *one = find(cookie.QuadPart), **link = &callbacks;

	if (!one)
		return STATUS_INVALID_PARAMETER;
	while (*link != one)
		link = &(*link)->next;
	*link = one->next;
	for (struct l62_open_key *body = l62_open_keys; body; body = body->next)
		remove_context(body, cookie.QuadPart, (PVOID)one->routine, one->context);
	l62_root_remove(&one->context);
	l62_host_free(one);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI CmSetCallbackObjectContext(PVOID object, PLARGE_INTEGER cookie, PVOID context,
                                          PVOID *old)
{
	struct l62_key_context **link;

	if (!find(cookie->QuadPart) || l62_object_type(object) != l62_type_key)
		return STATUS_INVALID_PARAMETER;
	link = context_of(object, cookie->QuadPart);
	if (!*link) {
		*link = l62_host_alloc(sizeof(**link));
		(*link)->cookie = cookie->QuadPart;
	}
	if (old)
		*old = (*link)->context;
	(*link)->context = context;
	return STATUS_SUCCESS;
}

void l62_key_contexts_end(struct l62_open_key *body)
{
	while (body->set) {
		struct l62_key_context *context = body->set;
		struct callback *one = find(context->cookie);

		body->set = context->next;
		if (one)
			clean((PVOID)one->routine, one->context, body, context);
		else
			l62_host_free(context);
	}
}

/* Numbers that last as long as the key. */
NTSTATUS NTAPI CmCallbackGetKeyObjectID(PLARGE_INTEGER cookie, PVOID object, PULONG_PTR id,
                                        PCUNICODE_STRING *name)
{
	struct l62_open_key *body = object;

	if (!find(cookie->QuadPart) || l62_object_type(object) != l62_type_key)
		return STATUS_INVALID_PARAMETER;
	if (id)
		*id = (ULONG_PTR)body->key;
	if (name)
		*name = &body->key->path;
	return STATUS_SUCCESS;
}

/* The name is the driver's to release. */
NTSTATUS NTAPI CmCallbackGetKeyObjectIDEx(PLARGE_INTEGER cookie, PVOID object, PULONG_PTR id,
                                          PCUNICODE_STRING *name, ULONG flags)
{
	PUNICODE_STRING copy;
	PCUNICODE_STRING own;
	NTSTATUS status = CmCallbackGetKeyObjectID(cookie, object, id, &own);

	if (flags)
		return STATUS_INVALID_PARAMETER;
	if (!NT_SUCCESS(status) || !name)
		return status;
	copy = l62_host_alloc(sizeof(*copy) + own->Length);
	copy->Buffer = (PWSTR)(copy + 1);
	copy->Length = copy->MaximumLength = own->Length;
	RtlCopyMemory(copy->Buffer, own->Buffer, own->Length);
	*name = copy;
	return STATUS_SUCCESS;
}

VOID NTAPI CmCallbackReleaseKeyObjectIDEx(PCUNICODE_STRING name)
{
	l62_host_free((PVOID)name);
}

PVOID NTAPI CmGetBoundTransaction(PLARGE_INTEGER cookie, PVOID object)
{
	struct l62_open_key *body = object;

	if (!find(cookie->QuadPart) || l62_object_type(object) != l62_type_key)
		return NULL;
	return body->transaction;
}

struct call {
	LONGLONG cookie;
	PVOID routine, context, call_context;
};

/* Callbacks that have been called and have not returned. */
struct inside {
	struct inside *next;
	PKTHREAD thread;
	LONGLONG cookie;
};
static struct inside *inside;

/* Those below the one that this thread is in, or all. */
static ULONG collect(struct call *calls)
{
	struct callback *first = callbacks;
	struct inside *now = inside;
	ULONG count = 0;

	while (now && now->thread != l62_nt_thread())
		now = now->next;
	if (now && find(now->cookie))
		first = find(now->cookie)->next;
	for (struct callback *one = first; one && count < CALLBACKS_MOST; one = one->next)
		calls[count++] =
		        (struct call){one->cookie, (PVOID)one->routine, one->context, NULL};
	return count;
}

static PVOID object_context(PVOID object, LONGLONG cookie)
{
	struct l62_key_context *context;

	if (!object || l62_object_type(object) != l62_type_key)
		return NULL;
	context = *context_of(object, cookie);
	return context ? context->context : NULL;
}

static NTSTATUS tell(const struct call *call, REG_NOTIFY_CLASS class, PVOID info)
{
	const uint64_t args[] = {(ULONG_PTR)call->context, (uint64_t)class, (ULONG_PTR)info};
	struct inside *now = l62_host_alloc(sizeof(*now)), **link = &inside;
	NTSTATUS status;

	*now = (struct inside){inside, l62_nt_thread(), call->cookie};
	inside = now;
	status = (NTSTATUS)l62_invoke(call->routine, args, 3, NULL);
	while (*link != now)
		link = &(*link)->next;
	*link = now->next;
	l62_host_free(now);
	return status;
}

/* The object after a create or an open is the one that it gave. */
static PVOID result_of(const struct l62_key_operation *operation, NTSTATUS status)
{
	PREG_CREATE_KEY_INFORMATION info = operation->info;

	if (operation->after != RegNtPostCreateKeyEx && operation->after != RegNtPostOpenKeyEx)
		return operation->object;
	return NT_SUCCESS(status) ? *info->ResultObject : NULL;
}

NTSTATUS l62_key_operate(const struct l62_key_operation *operation)
{
	PVOID *contexts = (PVOID *)((PUCHAR)operation->info + operation->contexts);
	struct call calls[CALLBACKS_MOST];
	ULONG count = collect(calls), told;
	NTSTATUS status = STATUS_SUCCESS, answer;

	for (told = 0; told < count; told++) {
		contexts[0] = NULL;
		contexts[1] = object_context(operation->object, calls[told].cookie);
		status = tell(&calls[told], operation->before, operation->info);
		calls[told].call_context = contexts[0];
		if (!NT_SUCCESS(status))
			break;
	}
	if (NT_SUCCESS(status))
		status = operation->perform(operation->info);
	else if (status == STATUS_CALLBACK_BYPASS)
		status = STATUS_SUCCESS;
	while (told-- > 0) {
		REG_POST_OPERATION_INFORMATION info = {
		        .Object = result_of(operation, status),
		        .Status = status,
		        .PreInformation = operation->info,
		        .ReturnStatus = status,
		        .CallContext = calls[told].call_context,
		};

		info.ObjectContext = object_context(info.Object, calls[told].cookie);
		if (!find(calls[told].cookie))
			continue; /* unregistered meanwhile */
		answer = tell(&calls[told], operation->after, &info);
		if (answer == STATUS_CALLBACK_BYPASS)
			status = info.ReturnStatus;
		else if (!NT_SUCCESS(answer) && NT_SUCCESS(status))
			status = answer;
	}
	return status;
}
