/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Directories of the object manager's names.  A temporary one goes with its last handle, a
 * permanent one stays until it is made temporary; as documented, what is named below it does
 * not need it to be there.
 */
#include "ob.h"

struct directory {
	CSHORT type; /* 0: no device */
	BOOLEAN permanent;
	UNICODE_STRING name; /* Buffer NULL: none */
};

static void destroy(PVOID body)
{
	struct directory *directory = body;

	if (directory->name.Buffer)
		l62_name_remove(&directory->name);
	l62_host_free(body);
}

static struct _OBJECT_TYPE directory_type = {&directory_type, "Directory", NULL, destroy};

static NTSTATUS make(PUNICODE_STRING name, BOOLEAN permanent, struct directory **made)
{
	USHORT length = name ? name->Length : 0;
	struct directory *new = l62_host_alloc(sizeof(*new) + length);
	NTSTATUS status;

	RtlZeroMemory(new, sizeof(*new));
	if (length) {
		new->name.Buffer = (PWSTR)(new + 1);
		new->name.Length = new->name.MaximumLength = length;
		RtlCopyMemory(new->name.Buffer, name->Buffer, length);
		status = l62_name_insert(&new->name, new);
		if (!NT_SUCCESS(status)) {
			l62_host_free(new);
			return status;
		}
	}
	l62_object_insert(new, &directory_type);
	new->permanent = permanent;
	if (permanent)
		ObfReferenceObject(new);
	*made = new;
	return STATUS_SUCCESS;
}

/* With a reference for the caller. */
static NTSTATUS find(PCUNICODE_STRING name, PVOID *body)
{
	*body = l62_name_find(name);
	if (!*body)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (l62_object_type(*body) != &directory_type)
		return STATUS_OBJECT_TYPE_MISMATCH;
	ObfReferenceObject(*body);
	return STATUS_SUCCESS;
}

static void check(POBJECT_ATTRIBUTES attributes, const char *text)
{
	if (attributes && attributes->RootDirectory)
		l62_end_incomplete(text);
}

NTSTATUS NTAPI ZwCreateDirectoryObject(PHANDLE handle, ACCESS_MASK access,
                                       POBJECT_ATTRIBUTES attributes)
{
	PUNICODE_STRING name = attributes ? attributes->ObjectName : NULL;
	ULONG flags = attributes ? attributes->Attributes : 0;
	struct directory *body;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(access);
	check(attributes, "ZwCreateDirectoryObject is given a directory to begin at");
	if (name && l62_name_find(name))
		status = flags & OBJ_OPENIF ? find(name, (PVOID *)&body)
		                            : STATUS_OBJECT_NAME_COLLISION;
	else
		status = make(name, (flags & OBJ_PERMANENT) != 0, &body);
	if (!NT_SUCCESS(status))
		return status;
	*handle = l62_handle_create(body, flags);
	ObfDereferenceObject(body);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwOpenDirectoryObject(PHANDLE handle, ACCESS_MASK access,
                                     POBJECT_ATTRIBUTES attributes)
{
	PVOID body;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(access);
	check(attributes, "ZwOpenDirectoryObject is given a directory to begin at");
	status = find(attributes->ObjectName, &body);
	if (!NT_SUCCESS(status))
		return status;
	*handle = l62_handle_create(body, attributes->Attributes);
	ObfDereferenceObject(body);
	return STATUS_SUCCESS;
}

/* Of other objects none is permanent. */
NTSTATUS NTAPI ZwMakeTemporaryObject(HANDLE handle)
{
	struct directory *body;
	NTSTATUS status = l62_handle_reference(handle, NULL, (PVOID *)&body);

	if (!NT_SUCCESS(status))
		return status;
	if (l62_object_type(body) == &directory_type && body->permanent) {
		body->permanent = FALSE;
		ObfDereferenceObject(body);
	}
	ObfDereferenceObject(body);
	return STATUS_SUCCESS;
}
