/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Events by handle, and waiting for what a handle stands for. */
#include "drive.h"
#include "ob.h"

static void free_body(PVOID body)
{
	l62_host_free(body);
}

static struct _OBJECT_TYPE event = {&event, "Event", NULL, free_body};
static struct _OBJECT_TYPE semaphore = {&semaphore, "Semaphore", NULL, free_body};
POBJECT_TYPE l62_type_event = &event, l62_type_semaphore = &semaphore;

/* An event that has a name stays as long as somebody has it open. */
static NTSTATUS create(PUNICODE_STRING name, EVENT_TYPE type, BOOLEAN state, ULONG attributes,
                       PKEVENT *out, PHANDLE handle)
{
	PKEVENT body = name ? l62_name_find(name) : NULL;

	if (body && l62_object_type(body) != l62_type_event)
		return STATUS_OBJECT_TYPE_MISMATCH;
	if (!body) {
		body = l62_host_alloc(sizeof(*body));
		KeInitializeEvent(body, type, state);
		l62_object_insert(body, l62_type_event);
		if (name)
			l62_name_insert(name, body); /* keeps the first reference */
		*handle = l62_handle_create(body, attributes);
		if (!name)
			ObfDereferenceObject(body);
	} else {
		*handle = l62_handle_create(body, attributes);
	}
	if (out)
		*out = body;
	return STATUS_SUCCESS;
}

NTSTATUS l62_event_of_program(ULONG_PTR handle)
{
	PKEVENT body = l62_host_alloc(sizeof(*body));
	NTSTATUS status;

	KeInitializeEvent(body, NotificationEvent, FALSE);
	l62_object_insert(body, l62_type_event);
	status = l62_handle_of_program(body, handle);
	ObfDereferenceObject(body);
	return NT_SUCCESS(status) ? status
	                          : l62_drive_cannot("there is a handle of this value already");
}

NTSTATUS NTAPI ZwCreateEvent(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                             EVENT_TYPE type, BOOLEAN state)
{
	PUNICODE_STRING name = attributes ? attributes->ObjectName : NULL;

	UNREFERENCED_PARAMETER(access);
	if (name && l62_name_find(name) && !(attributes->Attributes & OBJ_OPENIF))
		return STATUS_OBJECT_NAME_COLLISION;
	return create(name, type, state, attributes ? attributes->Attributes : 0, NULL, handle);
}

static PKEVENT named(PUNICODE_STRING name, EVENT_TYPE type, PHANDLE handle)
{
	PKEVENT body = NULL;

	/* Documented: signaled when it is made. */
	if (!NT_SUCCESS(create(name, type, TRUE, OBJ_KERNEL_HANDLE, &body, handle)))
		return NULL;
	return body;
}

PKEVENT NTAPI IoCreateNotificationEvent(PUNICODE_STRING name, PHANDLE handle)
{
	return named(name, NotificationEvent, handle);
}

PKEVENT NTAPI IoCreateSynchronizationEvent(PUNICODE_STRING name, PHANDLE handle)
{
	return named(name, SynchronizationEvent, handle);
}

NTSTATUS NTAPI ZwSetEvent(HANDLE handle, PLONG previous)
{
	PKEVENT body;
	NTSTATUS status = l62_handle_reference(handle, l62_type_event, (PVOID *)&body);
	LONG old;

	if (!NT_SUCCESS(status))
		return status;
	old = KeSetEvent(body, EVENT_INCREMENT, FALSE);
	if (previous)
		*previous = old;
	ObfDereferenceObject(body);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwWaitForSingleObject(HANDLE handle, BOOLEAN alertable, PLARGE_INTEGER timeout)
{
	PVOID body;
	NTSTATUS status = l62_handle_reference(handle, NULL, &body);
	POBJECT_TYPE type;

	UNREFERENCED_PARAMETER(alertable);
	if (!NT_SUCCESS(status))
		return status;
	type = l62_object_type(body);
	if (type == l62_type_file)
		status = l62_wait(&((PFILE_OBJECT)body)->Event.Header, "ZwWaitForSingleObject",
		                  timeout);
	else if (type == l62_type_event || type == l62_type_semaphore ||
	         type == l62_type_thread || type == l62_type_process)
		status = l62_wait(body, "ZwWaitForSingleObject", timeout);
	else
		status = STATUS_OBJECT_TYPE_MISMATCH;
	ObfDereferenceObject(body);
	return status;
}
