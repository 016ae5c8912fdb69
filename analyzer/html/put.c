/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See put.h. */
#include "put.h"

#include <stdarg.h>
#include <string.h>

#include "report/paths.h"
#include "report/printable.h"

static void append_escaped(GString *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			g_string_append(out, "&amp;");
			break;
		case '<':
			g_string_append(out, "&lt;");
			break;
		case '>':
			g_string_append(out, "&gt;");
			break;
		case '"':
			g_string_append(out, "&quot;");
			break;
		case '\'':
			g_string_append(out, "&#39;");
			break;
		default:
			g_string_append_c(out, *text);
		}
	}
}

void l62_html_text(GString *out, const char *text)
{
	g_autofree char *printable = text ? l62_printable_new(text) : NULL;

	if (printable)
		append_escaped(out, printable);
}

/* One conversion of the format, which ends before *rest. */
static char *conversion(const char *format, const char **rest)
{
	size_t length = 1 + strspn(format + 1, "0123456789.-+ #lzh");

	if (format[length])
		length++;
	*rest = format + length;
	return g_strndup(format, length);
}

static void put_conversion(GString *out, const char *one, va_list *args)
{
	char kind = one[strlen(one) - 1];

	if (strcmp(one, "%s") == 0)
		l62_html_text(out, va_arg(*args, const char *));
	else if (strcmp(one, "%%") == 0)
		g_string_append_c(out, '%');
	else if (strcmp(one, "%d") == 0)
		g_string_append_printf(out, "%d", va_arg(*args, int));
	else if (strcmp(one, "%u") == 0)
		g_string_append_printf(out, "%u", va_arg(*args, unsigned));
	else if (strcmp(one, "%lld") == 0)
		g_string_append_printf(out, "%lld", va_arg(*args, long long));
	else if (strcmp(one, "%llu") == 0)
		g_string_append_printf(out, "%llu", va_arg(*args, unsigned long long));
	else
		g_error("l62_html_put: conversion %c is not known", kind);
}

void l62_html_put(GString *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	while (*format) {
		size_t plain = strcspn(format, "%");
		g_autofree char *one = NULL;

		g_string_append_len(out, format, (gssize)plain);
		format += plain;
		if (!*format)
			break;
		one = conversion(format, &format);
		put_conversion(out, one, &args);
	}
	va_end(args);
}

char *l62_html_path(const char *root, const char *path)
{
	char *below = root && g_path_is_absolute(path) ? l62_path_below(root, path) : NULL;

	return below ? below : g_strdup(path);
}

void l62_html_tag(const char *tag, char shown[5])
{
	size_t i = 0;

	for (; i < 4 && tag && tag[i]; i++)
		shown[i] = g_ascii_isprint(tag[i]) ? tag[i] : '.';
	for (; i < 4; i++)
		shown[i] = ' ';
	shown[4] = '\0';
}

void l62_html_count(GString *out, unsigned count, const char *one, const char *many)
{
	l62_html_put(out, "%u %s", count, count == 1 ? one : many);
}
