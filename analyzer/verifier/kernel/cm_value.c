/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Registry values by their key's handle; in a transaction with what undoes it. */
#include "cm_callback.h"
#include "tm.h"

/* A value as it was before a transaction. */
struct old_value {
	struct l62_key *key;
	UNICODE_STRING name;
	BOOLEAN existed;
	ULONG type, size;
	UCHAR data[]; /* and the name behind it */
};

static void end_value(PVOID arg, BOOLEAN committed)
{
	struct old_value *old = arg;

	if (committed)
		return;
	if (old->existed)
		l62_value_set(old->key, &old->name, old->type, old->data, old->size);
	else
		l62_value_delete(old->key, &old->name);
}

static void keep_value(const struct l62_open_key *body, PCUNICODE_STRING name)
{
	struct l62_value *value = l62_value_find(body->key, name);
	ULONG size = value ? (value->size + 1u) & ~1u : 0;
	struct old_value *old;

	if (!body->transaction)
		return;
	old = l62_host_alloc(sizeof(*old) + size + name->Length);
	old->key = body->key;
	old->name.Buffer = (PWSTR)(old->data + size);
	old->name.Length = old->name.MaximumLength = name->Length;
	RtlCopyMemory(old->name.Buffer, name->Buffer, name->Length);
	if (value) {
		old->existed = TRUE;
		old->type = value->type;
		old->size = value->size;
		RtlCopyMemory(old->data, value->data, value->size);
	}
	l62_transaction_log(body->transaction, end_value, old);
}

static NTSTATUS do_set_value(PVOID arg)
{
	PREG_SET_VALUE_KEY_INFORMATION info = arg;
	struct l62_open_key *body = info->Object;

	keep_value(body, info->ValueName);
	l62_value_set(body->key, info->ValueName, info->Type, info->Data, info->DataSize);
	l62_key_changed(body->key, REG_NOTIFY_CHANGE_LAST_SET);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwSetValueKey(HANDLE handle, PUNICODE_STRING name, ULONG index, ULONG type,
                             PVOID data, ULONG size)
{
	REG_SET_VALUE_KEY_INFORMATION info = {.ValueName = name,
	                                      .TitleIndex = index,
	                                      .Type = type,
	                                      .Data = data,
	                                      .DataSize = size};

	return L62_KEY_RUN(handle, SetValueKey, REG_SET_VALUE_KEY_INFORMATION, info,
	                   do_set_value);
}

static NTSTATUS do_delete_value(PVOID arg)
{
	PREG_DELETE_VALUE_KEY_INFORMATION info = arg;
	struct l62_open_key *body = info->Object;

	keep_value(body, info->ValueName);
	if (!l62_value_delete(body->key, info->ValueName))
		return STATUS_OBJECT_NAME_NOT_FOUND;
	l62_key_changed(body->key, REG_NOTIFY_CHANGE_LAST_SET);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwDeleteValueKey(HANDLE handle, PUNICODE_STRING name)
{
	REG_DELETE_VALUE_KEY_INFORMATION info = {.ValueName = name};

	return L62_KEY_RUN(handle, DeleteValueKey, REG_DELETE_VALUE_KEY_INFORMATION, info,
	                   do_delete_value);
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

static NTSTATUS do_query_value(PVOID arg)
{
	PREG_QUERY_VALUE_KEY_INFORMATION info = arg;
	struct l62_key *key = ((struct l62_open_key *)info->Object)->key;
	struct l62_value *value = l62_value_find(key, info->ValueName);

	if (!value && info->ValueName->Length)
		l62_registry_missing(key->path.Buffer, key->path.Length,
		                     info->ValueName->Buffer, info->ValueName->Length, 0);
	return value ? give(value, info->KeyValueInformationClass, info->KeyValueInformation,
	                    info->Length, info->ResultLength)
	             : STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS NTAPI ZwQueryValueKey(HANDLE handle, PUNICODE_STRING name,
                               KEY_VALUE_INFORMATION_CLASS class, PVOID out, ULONG length,
                               PULONG needed)
{
	REG_QUERY_VALUE_KEY_INFORMATION info = {.ValueName = name,
	                                        .KeyValueInformationClass = class,
	                                        .KeyValueInformation = out,
	                                        .Length = length,
	                                        .ResultLength = needed};

	return L62_KEY_RUN(handle, QueryValueKey, REG_QUERY_VALUE_KEY_INFORMATION, info,
	                   do_query_value);
}

static NTSTATUS do_enumerate_value(PVOID arg)
{
	PREG_ENUMERATE_VALUE_KEY_INFORMATION info = arg;
	struct l62_value *value = ((struct l62_open_key *)info->Object)->key->values;

	for (ULONG index = info->Index; value && index; index--)
		value = value->next;
	return value ? give(value, info->KeyValueInformationClass, info->KeyValueInformation,
	                    info->Length, info->ResultLength)
	             : STATUS_NO_MORE_ENTRIES;
}

NTSTATUS NTAPI ZwEnumerateValueKey(HANDLE handle, ULONG index,
                                   KEY_VALUE_INFORMATION_CLASS class, PVOID out, ULONG length,
                                   PULONG needed)
{
	REG_ENUMERATE_VALUE_KEY_INFORMATION info = {.Index = index,
	                                            .KeyValueInformationClass = class,
	                                            .KeyValueInformation = out,
	                                            .Length = length,
	                                            .ResultLength = needed};

	return L62_KEY_RUN(handle, EnumerateValueKey, REG_ENUMERATE_VALUE_KEY_INFORMATION, info,
	                   do_enumerate_value);
}
