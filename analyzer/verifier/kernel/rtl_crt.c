/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Strings as the C library has them, narrow and wide, case folded for A to Z; and
 * variables of the kernel that do not change.
 */
#include "rtl_crt.h"

#include "format.h"

BOOLEAN l62_code_page_tag;           /* no multi-byte code page */
BOOLEAN l62_debugger_enabled = TRUE; /* leak62 is one */
BOOLEAN l62_debugger_not_present;
ULONG l62_safe_boot_mode;

int __cdecl l62_nt_tolower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

int __cdecl l62_nt_toupper(int c)
{
	return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c;
}

wchar_t __cdecl l62_nt_towlower(wchar_t c)
{
	return (wchar_t)l62_nt_tolower(c);
}

wchar_t __cdecl l62_nt_towupper(wchar_t c)
{
	return (wchar_t)l62_nt_toupper(c);
}

int __cdecl l62_nt_isdigit(int c)
{
	return c >= '0' && c <= '9';
}

int __cdecl l62_nt_isspace(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The same routines for a type of character.  unsigned_type: how they compare. */
#define STRINGS(type, unsigned_type, prefix, chr_type)                                         \
	size_t __cdecl l62_nt_##prefix##len(const type *text)                                  \
	{                                                                                      \
		const volatile type *end = text;                                               \
		while (*end)                                                                   \
			end++;                                                                 \
		return (size_t)(end - text);                                                   \
	}                                                                                      \
	static int prefix##_compare(const type *a, const type *b, size_t count, BOOLEAN fold)  \
	{                                                                                      \
		for (; count; count--, a++, b++) {                                             \
			int x = (unsigned_type) * a, y = (unsigned_type) * b;                  \
			if (fold) {                                                            \
				x = l62_nt_tolower(x);                                         \
				y = l62_nt_tolower(y);                                         \
			}                                                                      \
			if (x != y)                                                            \
				return x < y ? -1 : 1;                                         \
			if (!x)                                                                \
				break;                                                         \
		}                                                                              \
		return 0;                                                                      \
	}                                                                                      \
	int __cdecl l62_nt_##prefix##cmp(const type *a, const type *b)                         \
	{                                                                                      \
		return prefix##_compare(a, b, (size_t)-1, FALSE);                              \
	}                                                                                      \
	int __cdecl l62_nt_##prefix##ncmp(const type *a, const type *b, size_t count)          \
	{                                                                                      \
		return prefix##_compare(a, b, count, FALSE);                                   \
	}                                                                                      \
	int __cdecl l62_nt_##prefix##icmp(const type *a, const type *b)                        \
	{                                                                                      \
		return prefix##_compare(a, b, (size_t)-1, TRUE);                               \
	}                                                                                      \
	int __cdecl l62_nt_##prefix##nicmp(const type *a, const type *b, size_t count)         \
	{                                                                                      \
		return prefix##_compare(a, b, count, TRUE);                                    \
	}                                                                                      \
	type *__cdecl l62_nt_##prefix##cpy(type *to, const type *from)                         \
	{                                                                                      \
		RtlMoveMemory(to, from, (l62_nt_##prefix##len(from) + 1) * sizeof(type));      \
		return to;                                                                     \
	}                                                                                      \
	type *__cdecl l62_nt_##prefix##ncpy(type *to, const type *from, size_t count)          \
	{                                                                                      \
		size_t i = 0;                                                                  \
		for (; i < count && from[i]; i++)                                              \
			to[i] = from[i];                                                       \
		for (; i < count; i++)                                                         \
			to[i] = 0;                                                             \
		return to;                                                                     \
	}                                                                                      \
	type *__cdecl l62_nt_##prefix##cat(type *to, const type *from)                         \
	{                                                                                      \
		l62_nt_##prefix##cpy(to + l62_nt_##prefix##len(to), from);                     \
		return to;                                                                     \
	}                                                                                      \
	type *__cdecl l62_nt_##prefix##chr(const type *text, chr_type c)                       \
	{                                                                                      \
		while (*text != (type)c && *text)                                              \
			text++;                                                                \
		return *text == (type)c ? (type *)(ULONG_PTR)text : NULL;                      \
	}                                                                                      \
	type *__cdecl l62_nt_##prefix##rchr(const type *text, chr_type c)                      \
	{                                                                                      \
		const type *at = text + l62_nt_##prefix##len(text);                            \
		while (at > text && *at != (type)c)                                            \
			at--;                                                                  \
		return *at == (type)c ? (type *)(ULONG_PTR)at : NULL;                          \
	}                                                                                      \
	type *__cdecl l62_nt_##prefix##str(const type *text, const type *part)                 \
	{                                                                                      \
		size_t length = l62_nt_##prefix##len(part);                                    \
		for (;; text++) {                                                              \
			if (prefix##_compare(text, part, length, FALSE) == 0)                  \
				return (type *)(ULONG_PTR)text;                                \
			if (!*text)                                                            \
				return NULL;                                                   \
		}                                                                              \
	}

STRINGS(char, unsigned char, str, int)
STRINGS(wchar_t, wchar_t, wcs, wchar_t)

int __cdecl l62_nt_sprintf(char *to, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = l62_nt_vsnprintf(to, MAXLONG, format, args);
	va_end(args);
	return length;
}

int __cdecl l62_nt_swprintf(wchar_t *to, const wchar_t *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = l62_nt_vsnwprintf(to, MAXLONG, format, args);
	va_end(args);
	return length;
}
