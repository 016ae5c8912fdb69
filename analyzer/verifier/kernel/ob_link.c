/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Symbolic links between the object manager's names. */
#include "ob.h"

enum { DEPTH_MOST = 32 };

struct link {
	CSHORT type; /* 0: no device */
	UNICODE_STRING target;
};

static void destroy(PVOID body)
{
	l62_host_free(body);
}

static struct _OBJECT_TYPE link_type = {&link_type, "SymbolicLink", NULL, destroy};
POBJECT_TYPE l62_type_link = &link_type;

NTSTATUS NTAPI IoCreateSymbolicLink(PUNICODE_STRING name, PUNICODE_STRING target)
{
	struct link *link = l62_host_alloc(sizeof(*link) + target->Length);
	NTSTATUS status = l62_name_insert(name, link);

	if (!NT_SUCCESS(status)) {
		l62_host_free(link);
		return status;
	}
	link->target.Buffer = (PWSTR)(link + 1);
	link->target.Length = link->target.MaximumLength = target->Length;
	RtlCopyMemory(link->target.Buffer, target->Buffer, target->Length);
	l62_object_insert(link, l62_type_link);
	l62_ledger_add_name(L62_LEDGER_LINK, l62_name_hash(name), 0, name);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoCreateUnprotectedSymbolicLink(PUNICODE_STRING name, PUNICODE_STRING target)
{
	return IoCreateSymbolicLink(name, target);
}

NTSTATUS NTAPI IoDeleteSymbolicLink(PUNICODE_STRING name)
{
	PVOID link = l62_name_find(name);

	if (!link)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (l62_object_type(link) != l62_type_link)
		return STATUS_OBJECT_TYPE_MISMATCH;
	l62_ledger_remove(L62_LEDGER_LINK, l62_name_hash(name));
	l62_name_remove(name);
	ObfDereferenceObject(link);
	return STATUS_SUCCESS;
}

PVOID l62_name_resolve(PCUNICODE_STRING name)
{
	PVOID object = l62_name_find(name);

	for (int i = 0; i < DEPTH_MOST && object && l62_object_type(object) == l62_type_link;
	     i++)
		object = l62_name_find(&((struct link *)object)->target);
	return object;
}

NTSTATUS NTAPI ZwOpenSymbolicLinkObject(PHANDLE handle, ACCESS_MASK access,
                                        POBJECT_ATTRIBUTES attributes)
{
	PVOID link = l62_name_find(attributes->ObjectName);

	UNREFERENCED_PARAMETER(access);
	if (!link)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (l62_object_type(link) != l62_type_link)
		return STATUS_OBJECT_TYPE_MISMATCH;
	*handle = l62_handle_create(link, attributes->Attributes);
	return STATUS_SUCCESS;
}

/* Documented: too small, and what is needed; the NUL is not counted in Length. */
NTSTATUS NTAPI ZwQuerySymbolicLinkObject(HANDLE handle, PUNICODE_STRING target, PULONG needed)
{
	struct link *link;
	NTSTATUS status = l62_handle_reference(handle, l62_type_link, (PVOID *)&link);
	ULONG size;

	if (!NT_SUCCESS(status))
		return status;
	size = link->target.Length + (ULONG)sizeof(WCHAR);
	if (needed)
		*needed = size;
	if (target->MaximumLength < link->target.Length) {
		status = STATUS_BUFFER_TOO_SMALL;
	} else {
		target->Length = link->target.Length;
		RtlCopyMemory(target->Buffer, link->target.Buffer, link->target.Length);
		if (target->MaximumLength >= size)
			target->Buffer[target->Length / sizeof(WCHAR)] = 0;
	}
	ObfDereferenceObject(link);
	return status;
}
