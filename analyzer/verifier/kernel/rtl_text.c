/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Strings of bytes, and text between bytes and UTF-16: a byte is one character, as in the
 * other conversions here, and one that is no byte becomes '?'.
 */
#include "rtl_text.h"

static UCHAR fold(UCHAR c, BOOLEAN ignore)
{
	return ignore ? (UCHAR)RtlUpperChar((CHAR)c) : c;
}

LONG NTAPI RtlCompareString(PSTRING a, PSTRING b, BOOLEAN ignore)
{
	USHORT count = a->Length < b->Length ? a->Length : b->Length;

	for (USHORT i = 0; i < count; i++) {
		LONG difference = fold((UCHAR)a->Buffer[i], ignore) -
		                  (LONG)fold((UCHAR)b->Buffer[i], ignore);

		if (difference)
			return difference;
	}
	return (LONG)a->Length - b->Length;
}

BOOLEAN NTAPI RtlEqualString(PSTRING a, PSTRING b, BOOLEAN ignore)
{
	return a->Length == b->Length && RtlCompareString(a, b, ignore) == 0;
}

VOID NTAPI RtlCopyString(PSTRING to, PSTRING from)
{
	to->Length = 0;
	if (!from)
		return;
	to->Length = from->Length < to->MaximumLength ? from->Length : to->MaximumLength;
	RtlMoveMemory(to->Buffer, from->Buffer, to->Length);
}

BOOLEAN NTAPI RtlSuffixUnicodeString(PCUNICODE_STRING suffix, PCUNICODE_STRING string,
                                     BOOLEAN ignore)
{
	UNICODE_STRING end = *string;

	if (string->Length < suffix->Length)
		return FALSE;
	end.Buffer += (string->Length - suffix->Length) / sizeof(WCHAR);
	end.Length = suffix->Length;
	return RtlCompareUnicodeString(suffix, &end, ignore) == 0;
}

NTSTATUS NTAPI RtlUnicodeToMultiByteN(PCHAR to, ULONG room, PULONG written, PCWCH from,
                                      ULONG bytes)
{
	ULONG count = bytes / sizeof(WCHAR) < room ? bytes / sizeof(WCHAR) : room;

	for (ULONG i = 0; i < count; i++)
		to[i] = from[i] <= MAXUCHAR ? (CHAR)from[i] : '?';
	if (written)
		*written = count;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlMultiByteToUnicodeN(PWCH to, ULONG room, PULONG written, const CHAR *from,
                                      ULONG bytes)
{
	ULONG count = bytes < room / sizeof(WCHAR) ? bytes : room / sizeof(WCHAR);

	for (ULONG i = 0; i < count; i++)
		to[i] = (UCHAR)from[i];
	if (written)
		*written = count * sizeof(WCHAR);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeToMultiByteSize(PULONG size, PCWCH from, ULONG bytes)
{
	UNREFERENCED_PARAMETER(from);
	*size = bytes / sizeof(WCHAR);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlMultiByteToUnicodeSize(PULONG size, const CHAR *from, ULONG bytes)
{
	UNREFERENCED_PARAMETER(from);
	*size = bytes * sizeof(WCHAR);
	return STATUS_SUCCESS;
}

/* The C library's, for both types of character. */
#define BOUNDED(type, prefix)                                                                  \
	size_t __cdecl l62_nt_##prefix##nlen(const type *text, size_t most)                    \
	{                                                                                      \
		size_t length = 0;                                                             \
		while (length < most && text[length])                                          \
			length++;                                                              \
		return length;                                                                 \
	}                                                                                      \
	type *__cdecl l62_nt_##prefix##ncat(type *to, const type *from, size_t most)           \
	{                                                                                      \
		type *end = to + l62_nt_##prefix##len(to);                                     \
		size_t length = l62_nt_##prefix##nlen(from, most);                             \
		RtlMoveMemory(end, from, length * sizeof(type));                               \
		end[length] = 0;                                                               \
		return to;                                                                     \
	}

BOUNDED(char, str)
BOUNDED(wchar_t, wcs)

void *__cdecl l62_nt_memchr(const void *memory, int byte, size_t size)
{
	const volatile UCHAR *at = memory;

	for (; size; size--, at++)
		if (*at == (UCHAR)byte)
			return (void *)(ULONG_PTR)at;
	return NULL;
}

int __cdecl l62_nt_atoi(const char *text)
{
	BOOLEAN negative;
	unsigned value = 0;

	while (l62_nt_isspace(*text))
		text++;
	negative = *text == '-';
	if (*text == '-' || *text == '+')
		text++;
	for (; l62_nt_isdigit(*text); text++)
		value = value * 10 + (unsigned)(*text - '0');
	return (int)(negative ? 0 - value : value);
}
