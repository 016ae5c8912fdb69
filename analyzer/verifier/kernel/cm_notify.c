/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * ZwNotifyChangeKey: told once, when the key changes or its handle is closed, by an event,
 * by a work item in the place of an APC, or by returning.
 */
#include "cm_callback.h"

struct notification {
	struct notification *next;
	struct l62_open_key *body;
	ULONG filter;
	BOOLEAN tree;
	PKEVENT event; /* with a reference; NULL: none */
	PWORK_QUEUE_ITEM item;
	WORK_QUEUE_TYPE queue;
	PIO_STATUS_BLOCK result;
	PKEVENT done; /* of who waits */
};

static struct notification *all;

static void complete(struct notification *one, NTSTATUS status)
{
	one->result->Status = status;
	one->result->Information = 0;
	if (one->event) {
		KeSetEvent(one->event, 0, FALSE);
		ObfDereferenceObject(one->event);
	}
	if (one->item)
		ExQueueWorkItem(one->item, one->queue);
	if (one->done)
		KeSetEvent(one->done, 0, FALSE);
	l62_host_free(one);
}

static BOOLEAN is_below(const struct l62_key *key, const struct notification *one)
{
	PCUNICODE_STRING of = &one->body->key->path;

	if (key == one->body->key)
		return TRUE;
	return one->tree && key->path.Length > of->Length &&
	       key->path.Buffer[of->Length / sizeof(WCHAR)] == L'\\' &&
	       RtlPrefixUnicodeString(of, &key->path, TRUE);
}

/* key NULL: the handle that body belongs to is closed. */
static void finish(const struct l62_key *key, const struct l62_open_key *body, ULONG change)
{
	struct notification **link = &all, *one;

	while ((one = *link)) {
		if (key ? one->filter & change && is_below(key, one) : one->body == body) {
			*link = one->next;
			complete(one, key ? STATUS_NOTIFY_ENUM_DIR : STATUS_NOTIFY_CLEANUP);
			link = &all;
		} else {
			link = &one->next;
		}
	}
}

void l62_key_changed(const struct l62_key *key, ULONG change)
{
	finish(key, NULL, change);
}

void l62_key_closed(const struct l62_open_key *body)
{
	finish(NULL, body, 0);
}

NTSTATUS NTAPI ZwNotifyChangeKey(HANDLE handle, HANDLE event, PIO_APC_ROUTINE item, PVOID queue,
                                 PIO_STATUS_BLOCK result, ULONG filter, BOOLEAN tree,
                                 PVOID buffer, ULONG size, BOOLEAN asynchronous)
{
	struct notification *one;
	struct l62_open_key *body;
	KEVENT done;
	NTSTATUS status = l62_handle_reference(handle, l62_type_key, (PVOID *)&body);

	UNREFERENCED_PARAMETER(buffer);
	UNREFERENCED_PARAMETER(size);
	if (!NT_SUCCESS(status))
		return status;
	one = l62_host_alloc(sizeof(*one));
	if (event)
		status = l62_handle_reference(event, l62_type_event, (PVOID *)&one->event);
	ObfDereferenceObject(body); /* closing its handle ends the wait */
	if (!NT_SUCCESS(status)) {
		l62_host_free(one);
		return status;
	}
	one->body = body;
	one->filter = filter;
	one->tree = tree;
	/* Documented: a work item, and the queue that it goes to. */
	one->item = (PWORK_QUEUE_ITEM)(PVOID)item;
	one->queue = (WORK_QUEUE_TYPE)(ULONG_PTR)queue;
	one->result = result;
	one->next = all;
	all = one;
	if (asynchronous)
		return STATUS_PENDING;
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	one->done = &done;
	l62_wait(&done.Header, "ZwNotifyChangeKey", NULL);
	return result->Status;
}
