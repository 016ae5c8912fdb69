/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Numbers as text, hashes of names, numbers by chance. */
#include "nt.h"

enum { DIGITS = 64, HASH_FACTOR = 65599 };

/* Documented: base 0 is 10. */
static NTSTATUS write(ULONGLONG value, ULONG base, PUNICODE_STRING string)
{
	WCHAR digits[DIGITS];
	USHORT count = 0;

	base = base ? base : 10;
	if (base != 2 && base != 8 && base != 10 && base != 16)
		return STATUS_INVALID_PARAMETER;
	do {
		ULONG digit = (ULONG)(value % base);

		digits[count++] = (WCHAR)(digit < 10 ? '0' + digit : 'A' + digit - 10);
		value /= base;
	} while (value);
	if (count * sizeof(WCHAR) > string->MaximumLength)
		return STATUS_BUFFER_OVERFLOW;
	string->Length = (USHORT)(count * sizeof(WCHAR));
	for (USHORT i = 0; i < count; i++)
		string->Buffer[i] = digits[count - 1 - i];
	if (string->Length < string->MaximumLength)
		string->Buffer[count] = 0;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlIntegerToUnicodeString(ULONG value, ULONG base, PUNICODE_STRING string)
{
	return write(value, base, string);
}

NTSTATUS NTAPI RtlInt64ToUnicodeString(ULONGLONG value, ULONG base, PUNICODE_STRING string)
{
	return write(value, base, string);
}

/* The documented algorithms: X65599, which is also the default. */
NTSTATUS NTAPI RtlHashUnicodeString(CONST UNICODE_STRING *string, BOOLEAN ignore,
                                    ULONG algorithm, PULONG hash)
{
	ULONG sum = 0;

	if (!string || !hash || algorithm > HASH_STRING_ALGORITHM_X65599)
		return STATUS_INVALID_PARAMETER;
	for (USHORT i = 0; i < string->Length / sizeof(WCHAR); i++) {
		WCHAR c = string->Buffer[i];

		sum = sum * HASH_FACTOR + (ignore ? RtlUpcaseUnicodeChar(c) : c);
	}
	*hash = sum;
	return STATUS_SUCCESS;
}

/* Numerical Recipes' quick generator; documented: up to MAXLONG - 1. */
static ULONG next(PULONG seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 1) % (MAXLONG - 1);
}

ULONG NTAPI RtlRandomEx(PULONG seed)
{
	return next(seed);
}

ULONG NTAPI RtlRandom(PULONG seed)
{
	return next(seed);
}
