/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * RtlQueryRegistryValues and its like: a key by path, and a table of what to read.
 * A value goes to the entry's routine, or (DIRECT) to where its EntryContext points:
 * strings to a UNICODE_STRING, whose buffer is made if there is none and is pool then.
 */
#include "cm.h"

static NTSTATUS find(ULONG relative, PCWSTR path, UNICODE_STRING *whole)
{
	static const PCWSTR roots[] = {
	        L"",
	        L"\\Registry\\Machine\\System\\CurrentControlSet\\Services",
	        L"\\Registry\\Machine\\System\\CurrentControlSet\\Control",
	        L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion",
	        L"\\Registry\\Machine\\Hardware\\DeviceMap",
	        L"\\Registry\\User\\.Default",
	};
	UNICODE_STRING root, rest;
	struct l62_key *key;
	NTSTATUS status;

	if (relative & RTL_REGISTRY_HANDLE) {
		status = l62_key_of((HANDLE)path, &key);
		if (!NT_SUCCESS(status))
			return status;
		root = key->path;
		RtlInitUnicodeString(&rest, L"");
	} else {
		relative &= ~(ULONG)RTL_REGISTRY_OPTIONAL;
		if (relative >= RTL_NUMBER_OF(roots))
			return STATUS_INVALID_PARAMETER;
		RtlInitUnicodeString(&root, roots[relative]);
		RtlInitUnicodeString(&rest, path);
	}
	l62_key_join(&root, &rest, whole);
	return STATUS_SUCCESS;
}

static NTSTATUS store(const RTL_QUERY_REGISTRY_TABLE *entry, ULONG type, PVOID data, ULONG size)
{
	PUNICODE_STRING to = entry->EntryContext;

	if (type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ) {
		if (!to->Buffer) {
			to->Buffer = l62_pool_allocate_type(
			        PagedPool, size ? size : sizeof(WCHAR), L62_TAG_KERNEL,
			        L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper));
			if (!to->Buffer)
				return STATUS_NO_MEMORY;
			to->MaximumLength = (USHORT)size;
		} else if (size > to->MaximumLength) {
			return STATUS_BUFFER_TOO_SMALL;
		}
		to->Length = (USHORT)(size >= sizeof(WCHAR) ? size - sizeof(WCHAR) : 0);
		RtlCopyMemory(to->Buffer, data, size);
		return STATUS_SUCCESS;
	}
	/* Documented: a long is stored as it is; more, with its size and type before it. */
	if (size <= sizeof(ULONG)) {
		RtlCopyMemory(entry->EntryContext, data, size);
		return STATUS_SUCCESS;
	}
	if (*(PLONG)entry->EntryContext < 0) {
		if (size > (ULONG) - *(PLONG)entry->EntryContext)
			return STATUS_BUFFER_TOO_SMALL;
		RtlCopyMemory(entry->EntryContext, data, size);
		return STATUS_SUCCESS;
	}
	if (size + 2 * sizeof(ULONG) > *(PULONG)entry->EntryContext)
		return STATUS_BUFFER_TOO_SMALL;
	((PULONG)entry->EntryContext)[0] = size;
	((PULONG)entry->EntryContext)[1] = type;
	RtlCopyMemory((PULONG)entry->EntryContext + 2, data, size);
	return STATUS_SUCCESS;
}

static NTSTATUS tell(const RTL_QUERY_REGISTRY_TABLE *entry, PCWSTR name, ULONG type, PVOID data,
                     ULONG size, PVOID context)
{
	const uint64_t args[] = {(ULONG_PTR)name,    type,
	                         (ULONG_PTR)data,    size,
	                         (ULONG_PTR)context, (ULONG_PTR)entry->EntryContext};

	return (NTSTATUS)l62_invoke((PVOID)entry->QueryRoutine, args, 6, NULL);
}

static NTSTATUS pass(const RTL_QUERY_REGISTRY_TABLE *entry, PCWSTR name, ULONG type, PVOID data,
                     ULONG size, PVOID context)
{
	PWSTR string = data, end = (PWSTR)((PUCHAR)data + size), next;
	NTSTATUS status = STATUS_SUCCESS;

	if (entry->Flags & RTL_QUERY_REGISTRY_DIRECT)
		return store(entry, type, data, size);
	if (type != REG_MULTI_SZ || entry->Flags & RTL_QUERY_REGISTRY_NOEXPAND)
		return tell(entry, name, type, data, size, context);
	/* Documented: once for each string of it. */
	for (; NT_SUCCESS(status) && string < end && *string; string = next) {
		for (next = string; next < end && *next; next++)
			;
		next++;
		status = tell(entry, name, REG_SZ, string,
		              (ULONG)((PUCHAR)next - (PUCHAR)string), context);
	}
	return status;
}

/* What is stored without a look at its type must be of the one that the driver expects. */
static void note_missing(PCUNICODE_STRING path, PCUNICODE_STRING name,
                         const RTL_QUERY_REGISTRY_TABLE *entry)
{
	ULONG type = entry->DefaultType >> RTL_QUERY_REGISTRY_TYPECHECK_SHIFT & 0xff;

	if (!type)
		type = entry->DefaultType & 0xff;
	if (type || !(entry->Flags & RTL_QUERY_REGISTRY_DIRECT))
		l62_registry_missing(path->Buffer, path->Length, name->Buffer, name->Length,
		                     type);
}

static NTSTATUS read_one(PCUNICODE_STRING path, struct l62_key *key,
                         const RTL_QUERY_REGISTRY_TABLE *entry, PVOID context)
{
	struct l62_value *value;
	UNICODE_STRING name;
	NTSTATUS status;

	if (entry->Flags & RTL_QUERY_REGISTRY_NOVALUE)
		return tell(entry, entry->Name, REG_NONE, NULL, 0, context);
	RtlInitUnicodeString(&name, entry->Name);
	value = key ? l62_value_find(key, &name) : NULL;
	if (value) {
		status = pass(entry, entry->Name, value->type, value->data, value->size,
		              context);
		if (NT_SUCCESS(status) && entry->Flags & RTL_QUERY_REGISTRY_DELETE)
			l62_value_delete(key, &name);
		return status;
	}
	note_missing(key ? &key->path : path, &name, entry);
	if (entry->Flags & RTL_QUERY_REGISTRY_REQUIRED)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (entry->DefaultType == REG_NONE)
		return STATUS_SUCCESS;
	return pass(entry, entry->Name, entry->DefaultType & 0xff, entry->DefaultData,
	            entry->DefaultLength, context);
}

static NTSTATUS read_all(struct l62_key *key, const RTL_QUERY_REGISTRY_TABLE *entry,
                         PVOID context)
{
	NTSTATUS status = STATUS_SUCCESS;

	for (struct l62_value *value = key->values; value && NT_SUCCESS(status);
	     value = value->next)
		status = pass(entry, value->name.Buffer, value->type, value->data, value->size,
		              context);
	return status;
}

NTSTATUS NTAPI RtlQueryRegistryValues(ULONG relative, PCWSTR path,
                                      PRTL_QUERY_REGISTRY_TABLE table, PVOID context,
                                      PVOID environment)
{
	UNICODE_STRING whole, name, below;
	struct l62_key *top, *key;
	NTSTATUS status = find(relative, path, &whole);

	UNREFERENCED_PARAMETER(environment);
	if (!NT_SUCCESS(status))
		return status;
	top = key = l62_key_find(&whole);
	if (!key)
		l62_registry_missing(whole.Buffer, whole.Length, NULL, 0, 0);
	if (!key && !(relative & RTL_REGISTRY_OPTIONAL))
		status = STATUS_OBJECT_NAME_NOT_FOUND;
	for (; NT_SUCCESS(status) && (table->QueryRoutine || table->Name); table++) {
		if (table->Flags & RTL_QUERY_REGISTRY_TOPKEY)
			key = top;
		if (table->Flags & RTL_QUERY_REGISTRY_SUBKEY) {
			RtlInitUnicodeString(&name, table->Name);
			l62_key_join(&whole, &name, &below);
			key = l62_key_find(&below);
			l62_host_free(below.Buffer);
			if (!key && table->Flags & RTL_QUERY_REGISTRY_REQUIRED)
				status = STATUS_OBJECT_NAME_NOT_FOUND;
			else if (key && table->QueryRoutine)
				status = read_all(key, table, context);
		} else if (!table->Name) {
			status = key ? read_all(key, table, context) : STATUS_SUCCESS;
		} else {
			status = read_one(&whole, key, table, context);
		}
	}
	l62_host_free(whole.Buffer);
	return status;
}

static NTSTATUS key_by_path(ULONG relative, PCWSTR path, struct l62_key **key)
{
	UNICODE_STRING whole;
	NTSTATUS status = find(relative, path, &whole);

	if (!NT_SUCCESS(status))
		return status;
	*key = l62_key_find(&whole);
	l62_host_free(whole.Buffer);
	return *key ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS NTAPI RtlCheckRegistryKey(ULONG relative, PWSTR path)
{
	struct l62_key *key;

	return key_by_path(relative, path, &key);
}

NTSTATUS NTAPI RtlWriteRegistryValue(ULONG relative, PCWSTR path, PCWSTR name, ULONG type,
                                     PVOID data, ULONG size)
{
	UNICODE_STRING string;
	struct l62_key *key;
	NTSTATUS status = key_by_path(relative, path, &key);

	RtlInitUnicodeString(&string, name);
	if (NT_SUCCESS(status))
		l62_value_set(key, &string, type, data, size);
	return status;
}

NTSTATUS NTAPI RtlDeleteRegistryValue(ULONG relative, PCWSTR path, PCWSTR name)
{
	UNICODE_STRING string;
	struct l62_key *key;
	NTSTATUS status = key_by_path(relative, path, &key);

	RtlInitUnicodeString(&string, name);
	if (!NT_SUCCESS(status))
		return status;
	return l62_value_delete(key, &string) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}
