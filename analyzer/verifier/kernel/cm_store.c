/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Keys and values; see cm.h. */
#include "cm.h"

static struct l62_key *keys;

static void copy(PUNICODE_STRING to, PCUNICODE_STRING from)
{
	to->Buffer = l62_host_alloc(from->Length + sizeof(WCHAR));
	to->Length = from->Length;
	to->MaximumLength = from->Length + sizeof(WCHAR);
	if (from->Length)
		RtlCopyMemory(to->Buffer, from->Buffer, from->Length);
}

static struct l62_key *insert(PCUNICODE_STRING path)
{
	struct l62_key *key = l62_host_alloc(sizeof(*key));

	copy(&key->path, path);
	key->next = keys;
	keys = key;
	return key;
}

/* The hives and what every system has at their tops. */
static void begin_hives(void)
{
	static const PCWSTR paths[] = {
	        L"\\Registry\\Machine\\Software",
	        L"\\Registry\\Machine\\Software\\Microsoft",
	        L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT",
	        L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion",
	        L"\\Registry\\Machine\\Hardware",
	        L"\\Registry\\Machine\\Hardware\\DeviceMap",
	        L"\\Registry\\Machine\\System\\CurrentControlSet\\Control",
	        L"\\Registry\\User",
	        L"\\Registry\\User\\.Default",
	};
	UNICODE_STRING path;

	for (ULONG i = 0; i < RTL_NUMBER_OF(paths); i++) {
		RtlInitUnicodeString(&path, paths[i]);
		insert(&path);
	}
}

/* The driver's own key, as services.msc would have made it, and all above it. */
static void begin(void)
{
	static const WCHAR path[] =
	        L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\leak62";
	static const struct {
		PCWSTR name;
		ULONG value;
	} values[] = {{L"Type", 1}, {L"Start", 3}, {L"ErrorControl", 1}};
	UNICODE_STRING whole, part, name;
	struct l62_key *key;

	begin_hives();
	RtlInitUnicodeString(&whole, path);
	part = whole;
	for (USHORT i = 1; i < whole.Length / sizeof(WCHAR); i++) {
		part.Length = i * sizeof(WCHAR);
		if (path[i] == '\\')
			insert(&part);
	}
	key = insert(&whole);
	for (ULONG i = 0; i < RTL_NUMBER_OF(values); i++) {
		RtlInitUnicodeString(&name, values[i].name);
		l62_value_set(key, &name, REG_DWORD, &values[i].value, sizeof(ULONG));
	}
}

struct l62_key *l62_key_find(PCUNICODE_STRING path)
{
	struct l62_key *key;

	if (!keys)
		begin();
	for (key = keys; key; key = key->next) {
		if (!key->deleted && RtlEqualUnicodeString(&key->path, path, TRUE))
			break;
	}
	return key;
}

struct l62_key *l62_key_create(PCUNICODE_STRING path)
{
	UNICODE_STRING parent = *path;

	while (parent.Length && parent.Buffer[parent.Length / sizeof(WCHAR) - 1] != '\\')
		parent.Length -= sizeof(WCHAR);
	if (parent.Length)
		parent.Length -= sizeof(WCHAR);
	return l62_key_find(&parent) ? insert(path) : NULL;
}

void l62_key_delete(struct l62_key *key)
{
	key->deleted = TRUE;
}

void l62_key_restore(struct l62_key *key)
{
	key->deleted = FALSE;
}

static BOOLEAN is_child(const struct l62_key *key, const struct l62_key *of)
{
	USHORT start = of->path.Length / sizeof(WCHAR), end = key->path.Length / sizeof(WCHAR);

	if (key->deleted || key->pending || end <= start + 1 ||
	    key->path.Buffer[start] != L'\\' ||
	    !RtlPrefixUnicodeString(&of->path, &key->path, TRUE))
		return FALSE;
	for (USHORT i = start + 1; i < end; i++) {
		if (key->path.Buffer[i] == L'\\')
			return FALSE;
	}
	return TRUE;
}

struct l62_key *l62_key_child(const struct l62_key *of, ULONG index)
{
	struct l62_key *last = NULL;

	/* The least of those that are greater than the one before. */
	for (ULONG i = 0; i <= index; i++) {
		struct l62_key *next = NULL;

		for (struct l62_key *key = keys; key; key = key->next) {
			if (is_child(key, of) &&
			    (!last ||
			     RtlCompareUnicodeString(&key->path, &last->path, TRUE) > 0) &&
			    (!next ||
			     RtlCompareUnicodeString(&key->path, &next->path, TRUE) < 0))
				next = key;
		}
		if (!next)
			return NULL;
		last = next;
	}
	return last;
}

struct l62_value *l62_value_find(struct l62_key *key, PCUNICODE_STRING name)
{
	struct l62_value *value = key->values;

	while (value && !RtlEqualUnicodeString(&value->name, name, TRUE))
		value = value->next;
	return value;
}

void l62_value_set(struct l62_key *key, PCUNICODE_STRING name, ULONG type, const VOID *data,
                   ULONG size)
{
	struct l62_value *value = l62_value_find(key, name), **end = &key->values;

	if (!value) {
		value = l62_host_alloc(sizeof(*value));
		copy(&value->name, name);
		while (*end)
			end = &(*end)->next;
		*end = value;
	}
	l62_host_free(value->data);
	value->data = l62_host_alloc(size);
	value->type = type;
	value->size = size;
	if (size)
		RtlCopyMemory(value->data, data, size);
}

BOOLEAN l62_value_delete(struct l62_key *key, PCUNICODE_STRING name)
{
	struct l62_value *value = l62_value_find(key, name), **link = &key->values;

	if (!value)
		return FALSE;
	while (*link != value)
		link = &(*link)->next;
	*link = value->next;
	l62_host_free(value->name.Buffer);
	l62_host_free(value->data);
	l62_host_free(value);
	return TRUE;
}

PWSTR l62_key_join(PCUNICODE_STRING root, PCUNICODE_STRING rest, PUNICODE_STRING out)
{
	ULONG length = (ULONG)root->Length + rest->Length + (ULONG)sizeof(WCHAR);

	out->Buffer = l62_host_alloc(length + sizeof(WCHAR));
	out->Length = 0;
	out->MaximumLength = (USHORT)(length > 0xfffe ? 0xfffe : length);
	RtlAppendUnicodeStringToString(out, root);
	if (root->Length && rest->Length)
		RtlAppendUnicodeToString(out, L"\\");
	RtlAppendUnicodeStringToString(out, rest);
	return out->Buffer;
}
