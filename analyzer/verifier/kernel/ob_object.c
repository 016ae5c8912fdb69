/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Objects and their references.  Devices and drivers become objects when they are
 * referenced for the first time; their makers' own reference is never given back here.
 */
#include "ob.h"

struct object {
	struct object *next;
	PVOID body;
	POBJECT_TYPE type;
	LONG_PTR references;
	LONG_PTR handles;
};
struct handle {
	struct object *object; /* NULL: free */
	ULONG_PTR value;
};

enum { HANDLE_STEP = 4, ROUND = 0x100000, BUCKETS = 256 };
#define KERNEL_HANDLES 0xffffffff80000000ull

static struct object *objects[BUCKETS];
static struct handle *handles;
static ULONG handles_used, handles_room;

static struct object **bucket_of(PVOID body)
{
	return &objects[((ULONG_PTR)body >> 4) % BUCKETS];
}

static struct object *find(PVOID body)
{
	struct object *object = *bucket_of(body);

	while (object && object->body != body)
		object = object->next;
	return object;
}

static struct object *insert(PVOID body, POBJECT_TYPE type)
{
	struct object *object = l62_host_alloc(sizeof(*object)), **bucket = bucket_of(body);

	object->body = body;
	object->type = type;
	object->references = 1;
	object->next = *bucket;
	*bucket = object;
	return object;
}

void l62_object_insert(PVOID body, POBJECT_TYPE type)
{
	insert(body, type);
}

POBJECT_TYPE l62_object_type(PVOID body)
{
	struct object *object = find(body);

	return object ? object->type : NULL;
}

void l62_ledger_add_name(uint32_t kind, uint64_t address, uint64_t size, PCUNICODE_STRING name)
{
	char text[96];
	ULONG length = name ? name->Length / sizeof(WCHAR) : 0, i;

	for (i = 0; i < length && i + 1 < sizeof(text); i++)
		text[i] = name->Buffer[i] >= L' ' && name->Buffer[i] < 0x7f
		                  ? (char)name->Buffer[i]
		                  : '?';
	text[i] = '\0';
	l62_ledger_add(kind, address, size, text);
}

LONG_PTR FASTCALL ObfReferenceObject(PVOID body)
{
	struct object *object = find(body);

	if (!object)
		object = insert(body, NULL);
	return ++object->references;
}

LONG_PTR FASTCALL ObfDereferenceObject(PVOID body)
{
	struct object *object = find(body), **link = bucket_of(body);

	/* The last reference to what the system made is the system's. */
	if (!object || (!object->type && object->references == 1))
		l62_end_bugcheck(REFERENCE_BY_POINTER, 0, (ULONG_PTR)body, 0,
		                 object ? 0 : (uint64_t)-1);
	if (--object->references)
		return object->references;
	while (*link != object)
		link = &(*link)->next;
	*link = object->next;
	if (object->type->destroy)
		object->type->destroy(body);
	l62_host_free(object);
	return 0;
}

VOID NTAPI ObDereferenceObjectDeferDelete(PVOID body)
{
	ObfDereferenceObject(body);
}

NTSTATUS NTAPI ObReferenceObjectByPointer(PVOID body, ACCESS_MASK access, POBJECT_TYPE type,
                                          KPROCESSOR_MODE mode)
{
	UNREFERENCED_PARAMETER(access);
	if (type && l62_object_type(body) != type)
		return STATUS_OBJECT_TYPE_MISMATCH;
	if (!type && mode != KernelMode)
		return STATUS_OBJECT_TYPE_MISMATCH;
	ObfReferenceObject(body);
	return STATUS_SUCCESS;
}

static struct handle *free_slot(void)
{
	struct handle *more;

	for (ULONG i = 0; i < handles_used; i++) {
		if (!handles[i].object)
			return &handles[i];
	}
	if (handles_used == handles_room) {
		handles_room = handles_room ? handles_room * 2 : 64;
		more = l62_host_alloc(handles_room * sizeof(*more));
		if (handles)
			RtlCopyMemory(more, handles, handles_used * sizeof(*more));
		l62_host_free(handles);
		handles = more;
	}
	return &handles[handles_used++];
}

static struct handle *lookup(HANDLE value)
{
	for (ULONG i = 0; i < handles_used; i++) {
		if (handles[i].object && handles[i].value == (ULONG_PTR)value)
			return &handles[i];
	}
	return NULL;
}

static void refer(struct handle *handle, PVOID body, ULONG_PTR value)
{
	ObfReferenceObject(body);
	handle->object = find(body);
	handle->object->handles++;
	handle->value = value;
}

NTSTATUS l62_handle_of_program(PVOID body, ULONG_PTR value)
{
	if (lookup((HANDLE)value))
		return STATUS_INVALID_PARAMETER;
	refer(free_slot(), body, value);
	return STATUS_SUCCESS;
}

HANDLE l62_handle_create(PVOID body, ULONG attributes)
{
	struct handle *handle = free_slot();
	ULONG_PTR value = (ULONG_PTR)(handle - handles + 1) * HANDLE_STEP;

	if (attributes & OBJ_KERNEL_HANDLE)
		value |= KERNEL_HANDLES;
	/* The scenario chose those of the program. */
	while (lookup((HANDLE)value))
		value += ROUND;
	refer(handle, body, value);
	l62_ledger_add(L62_LEDGER_HANDLE, handle->value, 0,
	               handle->object->type ? handle->object->type->name : NULL);
	return (HANDLE)handle->value;
}

NTSTATUS l62_handle_reference(HANDLE value, POBJECT_TYPE type, PVOID *body)
{
	struct handle *handle = lookup(value);

	*body = NULL;
	if (value == ZwCurrentThread())
		*body = l62_nt_thread();
	else if (value == ZwCurrentProcess())
		*body = PsGetCurrentProcess();
	else if (handle)
		*body = handle->object->body;
	else
		return STATUS_INVALID_HANDLE;
	if (type && l62_object_type(*body) != type) {
		*body = NULL;
		return STATUS_OBJECT_TYPE_MISMATCH;
	}
	ObfReferenceObject(*body);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ObReferenceObjectByHandle(HANDLE handle, ACCESS_MASK access, POBJECT_TYPE type,
                                         KPROCESSOR_MODE mode, PVOID *body,
                                         POBJECT_HANDLE_INFORMATION information)
{
	UNREFERENCED_PARAMETER(mode);
	if (information) {
		information->HandleAttributes = 0;
		information->GrantedAccess = access;
	}
	return l62_handle_reference(handle, type, body);
}

NTSTATUS NTAPI ObOpenObjectByPointer(PVOID body, ULONG attributes, PACCESS_STATE state,
                                     ACCESS_MASK access, POBJECT_TYPE type,
                                     KPROCESSOR_MODE mode, PHANDLE handle)
{
	NTSTATUS status = ObReferenceObjectByPointer(body, access, type, mode);

	UNREFERENCED_PARAMETER(state);
	if (!NT_SUCCESS(status))
		return status;
	l62_object_opening(body, l62_object_type(body), access,
	                   (attributes & OBJ_KERNEL_HANDLE) != 0);
	*handle = l62_handle_create(body, attributes);
	ObfDereferenceObject(body);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwClose(HANDLE value)
{
	struct handle *handle = lookup(value);
	struct object *object;

	/* Documented: a bug check for a kernel handle, for it is the kernel's mistake. */
	if (!handle && (ULONG_PTR)value >= KERNEL_HANDLES && value != ZwCurrentProcess() &&
	    value != ZwCurrentThread())
		l62_end_bugcheck(INVALID_KERNEL_HANDLE, (ULONG_PTR)value, 1, 0, 0);
	if (!handle)
		return STATUS_INVALID_HANDLE;
	object = handle->object;
	l62_ledger_remove(L62_LEDGER_HANDLE, handle->value);
	handle->object = NULL;
	if (--object->handles == 0 && object->type && object->type->close)
		object->type->close(object->body);
	ObfDereferenceObject(object->body);
	return STATUS_SUCCESS;
}

#undef ObCloseHandle
NTSTATUS NTAPI ObCloseHandle(HANDLE handle, KPROCESSOR_MODE mode)
{
	UNREFERENCED_PARAMETER(mode);
	return ZwClose(handle);
}
