/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Registry keys by handle. */
#include "cm.h"

struct open_key {
	struct l62_key *key;
};

static void free_body(PVOID body)
{
	l62_host_free(body);
}

static struct _OBJECT_TYPE key_type = {&key_type, "Key", NULL, free_body};
POBJECT_TYPE l62_type_key = &key_type;

static void check_irql(void)
{
	if (l62_cpu_irql() > PASSIVE_LEVEL)
		l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, 0, l62_cpu_irql(), 1, 0);
}

NTSTATUS l62_key_of(HANDLE handle, struct l62_key **key)
{
	struct open_key *body;
	NTSTATUS status = l62_handle_reference(handle, l62_type_key, (PVOID *)&body);

	check_irql();
	if (!NT_SUCCESS(status))
		return status;
	*key = body->key;
	ObfDereferenceObject(body);
	return STATUS_SUCCESS;
}

static HANDLE open(struct l62_key *key, ULONG attributes)
{
	struct open_key *body = l62_host_alloc(sizeof(*body));
	HANDLE handle;

	body->key = key;
	l62_object_insert(body, l62_type_key);
	handle = l62_handle_create(body, attributes);
	ObfDereferenceObject(body);
	return handle;
}

/* The whole path; its buffer must be freed. */
static NTSTATUS path_of(POBJECT_ATTRIBUTES attributes, PUNICODE_STRING path)
{
	static UNICODE_STRING none;
	struct l62_key *root = NULL;
	NTSTATUS status;

	check_irql();
	if (attributes->RootDirectory) {
		status = l62_key_of(attributes->RootDirectory, &root);
		if (!NT_SUCCESS(status))
			return status;
	}
	l62_key_join(root ? &root->path : &none, attributes->ObjectName, path);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwOpenKey(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes)
{
	UNICODE_STRING path;
	NTSTATUS status = path_of(attributes, &path);
	struct l62_key *key;

	UNREFERENCED_PARAMETER(access);
	if (!NT_SUCCESS(status))
		return status;
	key = l62_key_find(&path);
	l62_host_free(path.Buffer);
	if (!key)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	*handle = open(key, attributes->Attributes);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwCreateKey(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                           ULONG index, PUNICODE_STRING class, ULONG options,
                           PULONG disposition)
{
	UNICODE_STRING path;
	NTSTATUS status = path_of(attributes, &path);
	struct l62_key *key;
	ULONG how = REG_OPENED_EXISTING_KEY;

	UNREFERENCED_PARAMETER(access);
	UNREFERENCED_PARAMETER(index);
	UNREFERENCED_PARAMETER(class);
	UNREFERENCED_PARAMETER(options);
	if (!NT_SUCCESS(status))
		return status;
	key = l62_key_find(&path);
	if (!key) {
		key = l62_key_create(&path);
		how = REG_CREATED_NEW_KEY;
	}
	l62_host_free(path.Buffer);
	if (!key)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (disposition)
		*disposition = how;
	*handle = open(key, attributes->Attributes);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwFlushKey(HANDLE handle)
{
	struct l62_key *key;

	return l62_key_of(handle, &key);
}

NTSTATUS NTAPI ZwSetValueKey(HANDLE handle, PUNICODE_STRING name, ULONG index, ULONG type,
                             PVOID data, ULONG size)
{
	struct l62_key *key;
	NTSTATUS status = l62_key_of(handle, &key);

	UNREFERENCED_PARAMETER(index);
	if (NT_SUCCESS(status))
		l62_value_set(key, name, type, data, size);
	return status;
}

NTSTATUS NTAPI ZwDeleteValueKey(HANDLE handle, PUNICODE_STRING name)
{
	struct l62_key *key;
	NTSTATUS status = l62_key_of(handle, &key);

	if (!NT_SUCCESS(status))
		return status;
	return l62_value_delete(key, name) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

/*
 * Documented: less than the fixed part: too small, nothing is written; less than the
 * whole: what fits, and an overflow; *needed is the whole in both cases.
 */
static NTSTATUS give(const struct l62_value *value, KEY_VALUE_INFORMATION_CLASS class,
                     PVOID out, ULONG length, PULONG needed)
{
	union {
		KEY_VALUE_BASIC_INFORMATION basic;
		KEY_VALUE_FULL_INFORMATION full;
		KEY_VALUE_PARTIAL_INFORMATION partial;
	} *head;
	ULONG fixed, data = 0, total;

	if (class == KeyValueBasicInformation) {
		fixed = FIELD_OFFSET(KEY_VALUE_BASIC_INFORMATION, Name);
		total = fixed + value->name.Length;
	} else if (class == KeyValueFullInformation) {
		fixed = FIELD_OFFSET(KEY_VALUE_FULL_INFORMATION, Name);
		data = (fixed + value->name.Length + 7u) & ~7u;
		total = data + value->size;
	} else if (class == KeyValuePartialInformation) {
		fixed = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data);
		data = fixed;
		total = fixed + value->size;
	} else {
		return STATUS_INVALID_PARAMETER;
	}
	*needed = total;
	if (length < fixed)
		return STATUS_BUFFER_TOO_SMALL;
	head = l62_host_alloc(total + sizeof(*head));
	head->basic.Type = value->type; /* the same place in all three */
	if (class == KeyValueBasicInformation) {
		head->basic.NameLength = value->name.Length;
	} else if (class == KeyValueFullInformation) {
		head->full.DataOffset = data;
		head->full.DataLength = value->size;
		head->full.NameLength = value->name.Length;
	} else {
		head->partial.DataLength = value->size;
	}
	if (class != KeyValuePartialInformation)
		RtlCopyMemory((PUCHAR)head + fixed, value->name.Buffer, value->name.Length);
	if (data)
		RtlCopyMemory((PUCHAR)head + data, value->data, value->size);
	RtlCopyMemory(out, head, length < total ? length : total);
	l62_host_free(head);
	return length < total ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwQueryValueKey(HANDLE handle, PUNICODE_STRING name,
                               KEY_VALUE_INFORMATION_CLASS class, PVOID out, ULONG length,
                               PULONG needed)
{
	struct l62_value *value;
	struct l62_key *key;
	NTSTATUS status = l62_key_of(handle, &key);

	if (!NT_SUCCESS(status))
		return status;
	value = l62_value_find(key, name);
	return value ? give(value, class, out, length, needed) : STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS NTAPI ZwEnumerateValueKey(HANDLE handle, ULONG index,
                                   KEY_VALUE_INFORMATION_CLASS class, PVOID out, ULONG length,
                                   PULONG needed)
{
	struct l62_value *value;
	struct l62_key *key;
	NTSTATUS status = l62_key_of(handle, &key);

	if (!NT_SUCCESS(status))
		return status;
	for (value = key->values; value && index; index--)
		value = value->next;
	return value ? give(value, class, out, length, needed) : STATUS_NO_MORE_ENTRIES;
}

/* A device's hardware or software key: made when it is asked for, beside the service. */
NTSTATUS NTAPI IoOpenDeviceRegistryKey(PDEVICE_OBJECT device, ULONG type, ACCESS_MASK access,
                                       PHANDLE handle)
{
	UNICODE_STRING path;
	struct l62_key *key;

	UNREFERENCED_PARAMETER(device);
	UNREFERENCED_PARAMETER(access);
	check_irql();
	RtlInitUnicodeString(
	        &path, type & PLUGPLAY_REGKEY_DRIVER
	                       ? L"\\Registry\\Machine\\System\\CurrentControlSet\\Driver"
	                       : L"\\Registry\\Machine\\System\\CurrentControlSet\\Device");
	key = l62_key_find(&path);
	if (!key)
		key = l62_key_create(&path);
	*handle = open(key, OBJ_KERNEL_HANDLE);
	return STATUS_SUCCESS;
}
