/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Callback objects, by name: who creates one, who registers with it, who notifies.
 * The system's own are made when they are asked for, and notify of nothing here.
 */
#include "ob.h"

struct _CALLBACK_OBJECT {
	struct _CALLBACK_OBJECT *next;
	UNICODE_STRING name; /* empty: none */
	BOOLEAN several;
	struct registration *first;
};
struct registration {
	struct registration *next;
	struct _CALLBACK_OBJECT *object; /* with a reference */
	PCALLBACK_FUNCTION routine;
	PVOID context;
};

static struct _CALLBACK_OBJECT *all;

static void destroy(PVOID body)
{
	struct _CALLBACK_OBJECT **link = &all, *object = body;

	while (*link != object)
		link = &(*link)->next;
	*link = object->next;
	l62_host_free(object->name.Buffer);
	l62_host_free(object);
}

static struct _OBJECT_TYPE type = {&type, "Callback", NULL, destroy};

/* The documented ones. */
static BOOLEAN is_of_system(PCUNICODE_STRING name)
{
	static const WCHAR *const names[] = {L"\\Callback\\SetSystemTime",
	                                     L"\\Callback\\PowerState",
	                                     L"\\Callback\\ProcessorAdd"};
	UNICODE_STRING own;

	for (ULONG i = 0; name && i < RTL_NUMBER_OF(names); i++) {
		RtlInitUnicodeString(&own, names[i]);
		if (RtlEqualUnicodeString(&own, name, TRUE))
			return TRUE;
	}
	return FALSE;
}

NTSTATUS NTAPI ExCreateCallback(PCALLBACK_OBJECT *result, POBJECT_ATTRIBUTES attributes,
                                BOOLEAN create, BOOLEAN several)
{
	PUNICODE_STRING name = attributes ? attributes->ObjectName : NULL;
	struct _CALLBACK_OBJECT *object = name && name->Length ? all : NULL;

	*result = NULL;
	while (object && !RtlEqualUnicodeString(&object->name, name, TRUE))
		object = object->next;
	if (object) {
		ObfReferenceObject(object);
		*result = object;
		return STATUS_SUCCESS;
	}
	/* Documented: one without a name can only be created. */
	if (!create && !is_of_system(name))
		return name ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_UNSUCCESSFUL;
	object = l62_host_alloc(sizeof(*object));
	object->several = several || is_of_system(name);
	if (name && name->Length) {
		object->name.Buffer = l62_host_alloc(name->Length);
		object->name.Length = object->name.MaximumLength = name->Length;
		RtlCopyMemory(object->name.Buffer, name->Buffer, name->Length);
	}
	object->next = all;
	all = object;
	l62_object_insert(object, &type);
	if (is_of_system(name))
		ObfReferenceObject(object); /* the first one is the system's */
	*result = object;
	return STATUS_SUCCESS;
}

PVOID NTAPI ExRegisterCallback(PCALLBACK_OBJECT object, PCALLBACK_FUNCTION routine,
                               PVOID context)
{
	struct registration *one, **link = &object->first;

	if (object->first && !object->several)
		return NULL;
	one = l62_host_alloc(sizeof(*one));
	one->object = object;
	one->routine = routine;
	one->context = context;
	ObfReferenceObject(object);
	while (*link)
		link = &(*link)->next;
	*link = one;
	return one;
}

VOID NTAPI ExUnregisterCallback(PVOID handle)
{
	struct _CALLBACK_OBJECT *object = all;
	struct registration **link = NULL, *one;

	for (; object; object = object->next) {
		for (link = &object->first; *link && *link != handle;)
			link = &(*link)->next;
		if (*link)
			break;
	}
	if (!object)
		l62_end_incomplete("ExUnregisterCallback is given what ExRegisterCallback has "
		                   "not returned, or twice");
	one = *link;
	*link = one->next;
	l62_host_free(one);
	ObfDereferenceObject(object);
}

VOID NTAPI ExNotifyCallback(PCALLBACK_OBJECT object, PVOID argument1, PVOID argument2)
{
	struct registration *one = object->first, *next;

	for (; one; one = next) {
		const uint64_t args[] = {(ULONG_PTR)one->context, (ULONG_PTR)argument1,
		                         (ULONG_PTR)argument2};

		/* The routine may unregister itself. */
		next = one->next;
		l62_invoke((PVOID)one->routine, args, 3, NULL);
	}
}
