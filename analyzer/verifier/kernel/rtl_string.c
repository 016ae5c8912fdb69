/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Counted strings.  Case is folded for the letters A to Z and those of Latin-1; ANSI
 * is Latin-1.  What Rtl routines allocate is paged pool with the kernel's tag for
 * strings, given back by RtlFreeUnicodeString and RtlFreeAnsiString.
 */
#include "nt.h"

enum { LENGTH_MOST = 0xfffe };

/* As of A to Z, which is what is folded elsewhere. */
WCHAR NTAPI RtlDowncaseUnicodeChar(WCHAR c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR c)
{
	enum { DIVISION = 0xf7, Y_DIAERESIS = 0xff };

	if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c < Y_DIAERESIS && c != DIVISION))
		return (WCHAR)(c - 0x20);
	return c == Y_DIAERESIS ? 0x178 : c;
}

CHAR NTAPI RtlUpperChar(CHAR c)
{
	return c >= 'a' && c <= 'z' ? (CHAR)(c - 0x20) : c;
}

VOID NTAPI RtlInitAnsiString(PANSI_STRING string, PCSZ source)
{
	USHORT length = 0;

	while (source && length < LENGTH_MOST && source[length])
		length++;
	string->Length = length;
	string->MaximumLength = source ? length + 1 : 0;
	string->Buffer = (PCHAR)source;
}

VOID NTAPI RtlInitString(PSTRING string, PCSZ source)
{
	RtlInitAnsiString(string, source);
}

VOID NTAPI RtlCopyUnicodeString(PUNICODE_STRING to, PCUNICODE_STRING from)
{
	USHORT length = from ? from->Length : 0;

	if (length > to->MaximumLength)
		length = to->MaximumLength;
	to->Length = length;
	if (length)
		RtlMoveMemory(to->Buffer, from->Buffer, length);
	if (length + sizeof(WCHAR) <= to->MaximumLength)
		to->Buffer[length / sizeof(WCHAR)] = 0;
}

static WCHAR fold(WCHAR c, BOOLEAN ignore)
{
	return ignore ? RtlUpcaseUnicodeChar(c) : c;
}

LONG NTAPI RtlCompareUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN ignore)
{
	USHORT count = (a->Length < b->Length ? a->Length : b->Length) / sizeof(WCHAR);

	for (USHORT i = 0; i < count; i++) {
		LONG difference = fold(a->Buffer[i], ignore) - (LONG)fold(b->Buffer[i], ignore);

		if (difference)
			return difference;
	}
	return (LONG)a->Length - b->Length;
}

BOOLEAN NTAPI RtlEqualUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN ignore)
{
	return a->Length == b->Length && RtlCompareUnicodeString(a, b, ignore) == 0;
}

BOOLEAN NTAPI RtlPrefixUnicodeString(PCUNICODE_STRING prefix, PCUNICODE_STRING string,
                                     BOOLEAN ignore)
{
	UNICODE_STRING start = *string;

	if (string->Length < prefix->Length)
		return FALSE;
	start.Length = prefix->Length;
	return RtlCompareUnicodeString(prefix, &start, ignore) == 0;
}

NTSTATUS NTAPI RtlAppendUnicodeStringToString(PUNICODE_STRING to, PCUNICODE_STRING from)
{
	ULONG length = (ULONG)to->Length + from->Length;

	if (length > to->MaximumLength)
		return STATUS_BUFFER_TOO_SMALL;
	RtlMoveMemory((PUCHAR)to->Buffer + to->Length, from->Buffer, from->Length);
	to->Length = (USHORT)length;
	if (length + sizeof(WCHAR) <= to->MaximumLength)
		to->Buffer[length / sizeof(WCHAR)] = 0;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendUnicodeToString(PUNICODE_STRING to, PCWSTR source)
{
	UNICODE_STRING from;

	if (!source)
		return STATUS_SUCCESS;
	RtlInitUnicodeString(&from, source);
	return RtlAppendUnicodeStringToString(to, &from);
}

VOID NTAPI RtlUpcaseUnicodeStringInPlace(PUNICODE_STRING string)
{
	for (USHORT i = 0; i < string->Length / sizeof(WCHAR); i++)
		string->Buffer[i] = RtlUpcaseUnicodeChar(string->Buffer[i]);
}

/* Room for a string, from the pool; FALSE: there is none. */
static BOOLEAN allocate(PVOID *buffer, ULONG bytes)
{
	*buffer = l62_pool_allocate_type(PagedPool, bytes, L62_TAG_KERNEL,
	                                 L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper));
	return *buffer != NULL;
}

NTSTATUS NTAPI RtlUpcaseUnicodeString(PUNICODE_STRING to, PCUNICODE_STRING from,
                                      BOOLEAN allocated)
{
	if (allocated) {
		if (!allocate((PVOID *)&to->Buffer, from->Length ? from->Length : 1))
			return STATUS_NO_MEMORY;
		to->MaximumLength = from->Length;
	} else if (from->Length > to->MaximumLength) {
		return STATUS_BUFFER_OVERFLOW;
	}
	RtlCopyUnicodeString(to, from);
	RtlUpcaseUnicodeStringInPlace(to);
	return STATUS_SUCCESS;
}

VOID NTAPI RtlFreeUnicodeString(PUNICODE_STRING string)
{
	if (!string->Buffer)
		return;
	l62_pool_free(string->Buffer, 0, L62_FRAMES(L62_FRAME_VerifierExFreePool));
	RtlZeroMemory(string, sizeof(*string));
}

VOID NTAPI RtlFreeAnsiString(PANSI_STRING string)
{
	if (!string->Buffer)
		return;
	l62_pool_free(string->Buffer, 0, L62_FRAMES(L62_FRAME_VerifierExFreePool));
	RtlZeroMemory(string, sizeof(*string));
}

ULONG NTAPI RtlxAnsiStringToUnicodeSize(PCANSI_STRING string)
{
	return (string->Length + 1u) * (ULONG)sizeof(WCHAR);
}

ULONG NTAPI RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING string)
{
	return string->Length / (ULONG)sizeof(WCHAR) + 1;
}

NTSTATUS NTAPI RtlAnsiStringToUnicodeString(PUNICODE_STRING to, PCANSI_STRING from,
                                            BOOLEAN allocated)
{
	ULONG size = RtlxAnsiStringToUnicodeSize(from);

	if (size > LENGTH_MOST)
		return STATUS_INVALID_PARAMETER_2;
	if (allocated) {
		if (!allocate((PVOID *)&to->Buffer, size))
			return STATUS_NO_MEMORY;
		to->MaximumLength = (USHORT)size;
	} else if (size > to->MaximumLength) {
		return STATUS_BUFFER_OVERFLOW;
	}
	to->Length = (USHORT)(size - sizeof(WCHAR));
	for (USHORT i = 0; i < from->Length; i++)
		to->Buffer[i] = (UCHAR)from->Buffer[i];
	to->Buffer[from->Length] = 0;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeStringToAnsiString(PANSI_STRING to, PCUNICODE_STRING from,
                                            BOOLEAN allocated)
{
	ULONG size = RtlxUnicodeStringToAnsiSize(from);

	if (allocated) {
		if (!allocate((PVOID *)&to->Buffer, size))
			return STATUS_NO_MEMORY;
		to->MaximumLength = (USHORT)size;
	} else if (size > to->MaximumLength) {
		return STATUS_BUFFER_OVERFLOW;
	}
	to->Length = (USHORT)(size - 1);
	for (USHORT i = 0; i < to->Length; i++)
		to->Buffer[i] = from->Buffer[i] <= 0xff ? (CHAR)from->Buffer[i] : '?';
	to->Buffer[to->Length] = 0;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlDuplicateUnicodeString(ULONG flags, PCUNICODE_STRING from, PUNICODE_STRING to)
{
	enum { TERMINATED = 1, ALSO_EMPTY = 2 };
	ULONG size = from->Length + (flags & TERMINATED ? (ULONG)sizeof(WCHAR) : 0);

	if (flags & ~(ULONG)(TERMINATED | ALSO_EMPTY) || flags == ALSO_EMPTY)
		return STATUS_INVALID_PARAMETER;
	RtlZeroMemory(to, sizeof(*to));
	/* Documented: an empty string gets no buffer unless that is asked for. */
	if (from->Length == 0 && !(flags & ALSO_EMPTY))
		return STATUS_SUCCESS;
	if (!allocate((PVOID *)&to->Buffer, size))
		return STATUS_NO_MEMORY;
	to->MaximumLength = (USHORT)size;
	RtlCopyUnicodeString(to, from);
	return STATUS_SUCCESS;
}

static int digit_of(WCHAR c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = RtlUpcaseUnicodeChar(c);
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/* Base 0: by the prefix 0x, 0o or 0b; what follows the digits is ignored. */
NTSTATUS NTAPI RtlUnicodeStringToInteger(PCUNICODE_STRING string, ULONG base, PULONG value)
{
	const WCHAR *p = string->Buffer, *end = p + string->Length / sizeof(WCHAR);
	BOOLEAN negative = FALSE;
	ULONG sum = 0;

	while (p < end && *p <= ' ')
		p++;
	if (p < end && (*p == '-' || *p == '+'))
		negative = *p++ == '-';
	if (base == 0) {
		base = 10;
		if (end - p > 1 && p[0] == '0') {
			base = p[1] == 'x' ? 16 : p[1] == 'o' ? 8 : p[1] == 'b' ? 2 : 10;
			p += base == 10 ? 0 : 2;
		}
	} else if (base != 2 && base != 8 && base != 10 && base != 16) {
		return STATUS_INVALID_PARAMETER;
	}
	for (; p < end && (ULONG)digit_of(*p) < base; p++)
		sum = sum * base + (ULONG)digit_of(*p);
	*value = negative ? 0 - sum : sum;
	return STATUS_SUCCESS;
}

/* Documented: how many bytes are equal. */
SIZE_T NTAPI RtlCompareMemory(const VOID *a, const VOID *b, SIZE_T size)
{
	const volatile UCHAR *x = a, *y = b;
	SIZE_T i = 0;

	while (i < size && x[i] == y[i])
		i++;
	return i;
}
