/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The object manager's names, as far as drivers make them: a list, case ignored for
 * the letters A to Z. */
#include "nt.h"

struct name {
	struct name *next;
	PVOID object;
	UNICODE_STRING text;
};

static struct name *names;

static WCHAR fold(WCHAR c)
{
	return c >= L'a' && c <= L'z' ? (WCHAR)(c - L'a' + L'A') : c;
}

static BOOLEAN same(PCUNICODE_STRING a, PCUNICODE_STRING b)
{
	if (a->Length != b->Length)
		return FALSE;
	for (USHORT i = 0; i < a->Length / sizeof(WCHAR); i++) {
		if (fold(a->Buffer[i]) != fold(b->Buffer[i]))
			return FALSE;
	}
	return TRUE;
}

uint64_t l62_name_hash(PCUNICODE_STRING text)
{
	uint64_t hash = 14695981039346656037ull;

	for (USHORT i = 0; i < text->Length / sizeof(WCHAR); i++)
		hash = (hash ^ fold(text->Buffer[i])) * 1099511628211ull;
	return hash;
}

NTSTATUS l62_name_insert(PCUNICODE_STRING text, PVOID object)
{
	struct name *name;

	for (name = names; name; name = name->next) {
		if (same(&name->text, text))
			return STATUS_OBJECT_NAME_COLLISION;
	}
	name = l62_host_alloc(sizeof(*name) + text->Length);
	name->text.Buffer = (PWSTR)(name + 1);
	name->text.Length = name->text.MaximumLength = text->Length;
	RtlCopyMemory(name->text.Buffer, text->Buffer, text->Length);
	name->object = object;
	name->next = names;
	names = name;
	return STATUS_SUCCESS;
}

PVOID l62_name_find(PCUNICODE_STRING text)
{
	for (struct name *name = names; name; name = name->next) {
		if (same(&name->text, text))
			return name->object;
	}
	return NULL;
}

static PVOID unlink(struct name **link)
{
	struct name *name = *link;
	PVOID object = name->object;

	*link = name->next;
	l62_host_free(name);
	return object;
}

PVOID l62_name_remove(PCUNICODE_STRING text)
{
	for (struct name **link = &names; *link; link = &(*link)->next) {
		if (same(&(*link)->text, text))
			return unlink(link);
	}
	return NULL;
}

void l62_name_remove_object(PVOID object)
{
	for (struct name **link = &names; *link;) {
		if ((*link)->object == object)
			unlink(link);
		else
			link = &(*link)->next;
	}
}
