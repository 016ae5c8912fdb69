/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What ZwQueryKey and ZwEnumerateKey tell of a key, in its classes. */
#include "cm.h"

/* KEY_NAME_INFORMATION, which the headers lack. */
struct key_name {
	ULONG NameLength;
	WCHAR Name[1];
};

struct counts {
	ULONG keys, name_most;
	ULONG values, value_name_most, data_most;
};

static UNICODE_STRING name_of(const struct l62_key *key)
{
	UNICODE_STRING name = key->path;
	USHORT end = name.Length / sizeof(WCHAR), start = end;

	while (start && name.Buffer[start - 1] != L'\\')
		start--;
	name.Buffer += start;
	name.Length = name.MaximumLength = (USHORT)((end - start) * sizeof(WCHAR));
	return name;
}

static void count(const struct l62_key *key, struct counts *counts)
{
	const struct l62_key *child;

	*counts = (struct counts){0};
	for (; (child = l62_key_child(key, counts->keys)); counts->keys++)
		counts->name_most = max(counts->name_most, (ULONG)name_of(child).Length);
	for (const struct l62_value *value = key->values; value; value = value->next) {
		counts->values++;
		counts->value_name_most =
		        max(counts->value_name_most, (ULONG)value->name.Length);
		counts->data_most = max(counts->data_most, value->size);
	}
}

NTSTATUS l62_key_give(const struct l62_key *key, KEY_INFORMATION_CLASS class, PVOID out,
                      ULONG length, PULONG needed)
{
	UNICODE_STRING name = name_of(key);
	struct counts counts;
	union {
		KEY_BASIC_INFORMATION basic;
		KEY_NODE_INFORMATION node;
		KEY_FULL_INFORMATION full;
		struct key_name name;
	} head = {{0}};
	ULONG fixed, total;

	count(key, &counts);
	switch (class) {
	case KeyBasicInformation:
		fixed = FIELD_OFFSET(KEY_BASIC_INFORMATION, Name);
		head.basic.NameLength = name.Length;
		break;
	case KeyNodeInformation:
		fixed = FIELD_OFFSET(KEY_NODE_INFORMATION, Name);
		head.node.ClassOffset = MAXULONG;
		head.node.NameLength = name.Length;
		break;
	case KeyFullInformation:
		fixed = FIELD_OFFSET(KEY_FULL_INFORMATION, Class);
		name.Length = 0;
		head.full.ClassOffset = MAXULONG;
		head.full.SubKeys = counts.keys;
		head.full.MaxNameLen = counts.name_most;
		head.full.Values = counts.values;
		head.full.MaxValueNameLen = counts.value_name_most;
		head.full.MaxValueDataLen = counts.data_most;
		break;
	case KeyNameInformation:
		fixed = FIELD_OFFSET(struct key_name, Name);
		name = key->path;
		head.name.NameLength = name.Length;
		break;
	default:
		return STATUS_INVALID_PARAMETER;
	}
	total = fixed + name.Length;
	*needed = total;
	/* Documented, as for values: too small, or what fits and an overflow. */
	if (length < fixed)
		return STATUS_BUFFER_TOO_SMALL;
	RtlCopyMemory(out, &head, fixed);
	RtlCopyMemory((PUCHAR)out + fixed, name.Buffer, min(total, length) - fixed);
	return length < total ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}
