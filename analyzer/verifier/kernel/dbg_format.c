/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Formatted text: one formatter behind DbgPrint and the printf routines that the
 * kernel exports.
 *
 *   %d %i %u %x %X %o %p %c %C %s %S %wZ %ws %Z %%
 *   flags - + 0 # and space, width, precision, * for both, h l ll I64 I32 I w
 *
 * No floating point, as in the kernel.  Text is made of 16-bit characters; what goes
 * to the log is their low byte.
 */
#include <stdarg.h>

#include "format.h"

enum { LOG_MOST = 512, DIGITS_MOST = 24 };

struct spec {
	BOOLEAN left, zero, plus, blank, alternate, wide, narrow;
	int width, precision; /* -1: none */
	int bytes;            /* of an integer */
};

static void put(struct l62_text *out, WCHAR c)
{
	if (out->length < out->room)
		out->buffer[out->length] = c;
	out->length++;
}

static void pad(struct l62_text *out, int count, WCHAR with)
{
	while (count-- > 0)
		put(out, with);
}

/* Exactly one of the two sources is given. */
static void put_string(struct l62_text *out, const struct spec *spec, const CHAR *narrow,
                       const WCHAR *wide, int length)
{
	if (spec->precision >= 0 && length > spec->precision)
		length = spec->precision;
	if (!spec->left)
		pad(out, spec->width - length, ' ');
	for (int i = 0; i < length; i++)
		put(out, wide ? wide[i] : (UCHAR)narrow[i]);
	if (spec->left)
		pad(out, spec->width - length, ' ');
}

static int measure(const CHAR *narrow, const WCHAR *wide, int most)
{
	int length = 0;

	while ((most < 0 || length < most) && (wide ? wide[length] : (UCHAR)narrow[length]))
		length++;
	return length;
}

static void put_number(struct l62_text *out, const struct spec *spec, uint64_t value, int base,
                       BOOLEAN upper, WCHAR sign)
{
	const CHAR *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	WCHAR text[DIGITS_MOST];
	int count = 0, zeros, total;
	int prefix = (sign ? 1 : 0) + (spec->alternate && base == 16 && value ? 2 : 0);

	for (uint64_t rest = value; rest; rest /= (unsigned)base)
		text[count++] = (UCHAR)digits[rest % (unsigned)base];
	if (!count && spec->precision != 0)
		text[count++] = '0';
	zeros = spec->precision > count ? spec->precision - count : 0;
	total = prefix + zeros + count;
	if (spec->zero && !spec->left && spec->precision < 0 && spec->width > total) {
		zeros = spec->width - total;
		total = spec->width;
	}
	if (!spec->left)
		pad(out, spec->width - total, ' ');
	if (sign)
		put(out, sign);
	if (prefix > 1) {
		put(out, '0');
		put(out, upper ? 'X' : 'x');
	}
	pad(out, zeros, '0');
	while (count)
		put(out, text[--count]);
	if (spec->left)
		pad(out, spec->width - total, ' ');
}

/* A number or * in the format; returns what follows it. */
static const WCHAR *read_number(const WCHAR *p, int *value, va_list *args)
{
	if (*p == '*') {
		*value = va_arg(*args, int);
		return p + 1;
	}
	for (*value = 0; *p >= '0' && *p <= '9'; p++)
		*value = *value * 10 + (*p - '0');
	return p;
}

static const WCHAR *read_size(const WCHAR *p, struct spec *spec)
{
	spec->bytes = sizeof(int);
	for (;; p++) {
		if (*p == 'l') {
			spec->wide = TRUE;
			if (p[1] == 'l') {
				spec->bytes = sizeof(uint64_t);
				p++;
			}
		} else if (*p == 'w') {
			spec->wide = TRUE;
		} else if (*p == 'h') {
			spec->narrow = TRUE;
			spec->bytes = spec->bytes == sizeof(SHORT) ? 1 : sizeof(SHORT);
		} else if (*p == 'I' && p[1] == '6' && p[2] == '4') {
			spec->bytes = sizeof(uint64_t);
			p += 2;
		} else if (*p == 'I' && p[1] == '3' && p[2] == '2') {
			p += 2;
		} else if (*p == 'I' || *p == 'z') {
			spec->bytes = sizeof(uint64_t);
		} else {
			return p;
		}
	}
}

static const WCHAR *read_spec(const WCHAR *p, struct spec *spec, va_list *args)
{
	*spec = (struct spec){.precision = -1};
	for (;; p++) {
		if (*p == '-')
			spec->left = TRUE;
		else if (*p == '0')
			spec->zero = TRUE;
		else if (*p == '+')
			spec->plus = TRUE;
		else if (*p == ' ')
			spec->blank = TRUE;
		else if (*p == '#')
			spec->alternate = TRUE;
		else
			break;
	}
	p = read_number(p, &spec->width, args);
	if (spec->width < 0) {
		spec->left = TRUE;
		spec->width = -spec->width;
	}
	if (*p == '.')
		p = read_number(p + 1, &spec->precision, args);
	return read_size(p, spec);
}

static void put_signed(struct l62_text *out, const struct spec *spec, uint64_t value)
{
	int64_t number = (int64_t)value;

	if (spec->bytes < (int)sizeof(int64_t))
		number = (int32_t)number;
	if (spec->bytes == sizeof(SHORT))
		number = (SHORT)number;
	if (spec->bytes == 1)
		number = (signed char)number;
	put_number(out, spec, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10, FALSE,
	           number < 0    ? '-'
	           : spec->plus  ? '+'
	           : spec->blank ? ' '
	                         : 0);
}

static uint64_t cut(const struct spec *spec, uint64_t value)
{
	return spec->bytes >= (int)sizeof(uint64_t) ? value
	                                            : value & ((1ull << (spec->bytes * 8)) - 1);
}

/* wide: what %s means in this routine. */
static void put_text(struct l62_text *out, const struct spec *spec, WCHAR type, PVOID from,
                     BOOLEAN wide)
{
	if (type == 'S')
		wide = !wide;
	if (spec->wide)
		wide = TRUE;
	if (spec->narrow)
		wide = FALSE;
	if (!from)
		put_string(out, spec, "(null)", NULL, 6);
	else if (wide)
		put_string(out, spec, NULL, from, measure(NULL, from, spec->precision));
	else
		put_string(out, spec, from, NULL, measure(from, NULL, spec->precision));
}

static void put_counted(struct l62_text *out, const struct spec *spec, PVOID from)
{
	PUNICODE_STRING wide = from;
	PANSI_STRING narrow = from;

	if (!from)
		put_string(out, spec, "(null)", NULL, 6);
	else if (spec->wide)
		put_string(out, spec, NULL, wide->Buffer, (int)(wide->Length / sizeof(WCHAR)));
	else
		put_string(out, spec, narrow->Buffer, NULL, narrow->Length);
}

static void put_one(struct l62_text *out, struct spec *spec, WCHAR type, va_list *args,
                    BOOLEAN wide)
{
	/* All arguments take eight bytes. */
	uint64_t value = va_arg(*args, uint64_t);
	WCHAR c = (WCHAR)value;

	switch (type) {
	case 'd':
	case 'i':
		put_signed(out, spec, value);
		break;
	case 'u':
		put_number(out, spec, cut(spec, value), 10, FALSE, 0);
		break;
	case 'o':
		put_number(out, spec, cut(spec, value), 8, FALSE, 0);
		break;
	case 'x':
	case 'X':
		put_number(out, spec, cut(spec, value), 16, type == 'X', 0);
		break;
	case 'p':
		spec->precision = sizeof(PVOID) * 2;
		put_number(out, spec, value, 16, TRUE, 0);
		break;
	case 'c':
	case 'C':
		put_string(out, spec, NULL, &c, 1);
		break;
	case 's':
	case 'S':
		put_text(out, spec, type, (PVOID)value, wide);
		break;
	case 'Z':
		put_counted(out, spec, (PVOID)value);
		break;
	default:
		put(out, type);
		break;
	}
}

void l62_format(struct l62_text *out, const WCHAR *format, va_list args, BOOLEAN wide)
{
	struct spec spec;
	va_list rest;

	va_copy(rest, args);
	for (const WCHAR *p = format; *p; p++) {
		if (*p != '%') {
			put(out, *p);
			continue;
		}
		p = read_spec(p + 1, &spec, &rest);
		if (*p == 0)
			break;
		if (*p == '%')
			put(out, '%');
		else
			put_one(out, &spec, *p, &rest, wide);
	}
	va_end(rest);
}

/* A narrow format as a wide one; to be freed by l62_host_free(). */
static PWSTR widen(const CHAR *text)
{
	int length = measure(text, NULL, -1);
	PWSTR wide = l62_host_alloc(((SIZE_T)length + 1) * sizeof(WCHAR));

	for (int i = 0; i < length; i++)
		wide[i] = (UCHAR)text[i];
	return wide;
}

static ULONG print(const CHAR *format, va_list args)
{
	WCHAR wide[LOG_MOST];
	CHAR narrow[LOG_MOST];
	struct l62_text text = {.buffer = wide, .room = LOG_MOST};
	PWSTR copy = widen(format);

	l62_format(&text, copy, args, FALSE);
	l62_host_free(copy);
	if (text.length > LOG_MOST)
		text.length = LOG_MOST; /* documented: 512 bytes a call */
	for (SIZE_T i = 0; i < text.length; i++)
		narrow[i] = (CHAR)wide[i];
	l62_host_log(narrow, text.length);
	return STATUS_SUCCESS;
}

ULONG __cdecl DbgPrint(PCSTR format, ...)
{
	va_list args;
	ULONG status;

	va_start(args, format);
	status = print(format, args);
	va_end(args);
	return status;
}

/* By default a component shows its errors. */
static BOOLEAN is_shown(ULONG component, ULONG level)
{
	UNREFERENCED_PARAMETER(component);
	return level == DPFLTR_ERROR_LEVEL;
}

ULONG __cdecl DbgPrintEx(ULONG component, ULONG level, PCSTR format, ...)
{
	va_list args;
	ULONG status = STATUS_SUCCESS;

	va_start(args, format);
	if (is_shown(component, level))
		status = print(format, args);
	va_end(args);
	return status;
}

ULONG NTAPI vDbgPrintEx(ULONG component, ULONG level, PCCH format, va_list args)
{
	return is_shown(component, level) ? print(format, args) : STATUS_SUCCESS;
}

/* Documented: the length, or -1 when it does not fit; no end is written then. */
int __cdecl l62_nt_vsnprintf(char *to, size_t count, const char *format, va_list args)
{
	PWSTR wide = l62_host_alloc((count ? count : 1) * sizeof(WCHAR));
	struct l62_text text = {.buffer = wide, .room = count};
	PWSTR copy = widen(format);
	SIZE_T length;

	l62_format(&text, copy, args, FALSE);
	length = text.length < count ? text.length : count;
	for (SIZE_T i = 0; i < length; i++)
		to[i] = (CHAR)wide[i];
	if (length < count)
		to[length] = 0;
	l62_host_free(copy);
	l62_host_free(wide);
	return text.length <= count ? (int)text.length : -1;
}

int __cdecl l62_nt_vsnwprintf(wchar_t *to, size_t count, const wchar_t *format, va_list args)
{
	struct l62_text text = {.buffer = to, .room = count};

	l62_format(&text, format, args, TRUE);
	if (text.length < count)
		to[text.length] = 0;
	return text.length <= count ? (int)text.length : -1;
}

int __cdecl l62_nt_snprintf(char *to, size_t count, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = l62_nt_vsnprintf(to, count, format, args);
	va_end(args);
	return length;
}

int __cdecl l62_nt_snwprintf(wchar_t *to, size_t count, const wchar_t *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = l62_nt_vsnwprintf(to, count, format, args);
	va_end(args);
	return length;
}
