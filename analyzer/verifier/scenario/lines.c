/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Lines of values.  jansson does not keep them; but an object's members stay in the
 * order of the text, so a value is found again by counting.  The text is known to be
 * JSON.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reader.h"

static const char *skip_string(const char *at, unsigned *line)
{
	for (at++; *at && *at != '"'; at++) {
		if (*at == '\\' && at[1])
			at++;
		*line += *at == '\n';
	}
	return *at ? at + 1 : at;
}

static int is_key(const char *at)
{
	at += strspn(at, " \t\r\n");
	return *at == ':';
}

/* The line on which the value at a place in the order of the text begins. */
static unsigned line_of(const char *text, size_t index)
{
	unsigned line = 1;
	size_t count = 0;

	while (*text) {
		unsigned start = line;
		const char *next = text + 1;
		int value = 0;

		if (*text == '"') {
			next = skip_string(text, &line);
			value = !is_key(next);
		} else if (*text == '{' || *text == '[') {
			value = 1;
		} else if (*text == '\n') {
			line++;
		} else if (!strchr(" \t\r,:]}", *text)) {
			next = text + strcspn(text, " \t\r\n,]}");
			value = 1;
		}
		if (value && count++ == index)
			return start;
		text = next;
	}
	return line;
}

/* Counts values until the one that is looked for. */
static int find(const json_t *value, const json_t *wanted, size_t *index)
{
	const json_t *member;
	const char *key;
	size_t i;

	if (value == wanted)
		return 1;
	++*index;
	/* jansson's iterators take what they do not change as if they did. */
	json_object_foreach((json_t *)(uintptr_t)value, key, member)
	{
		if (find(member, wanted, index))
			return 1;
	}
	if (json_is_array(value)) {
		json_array_foreach(value, i, member)
		{
			if (find(member, wanted, index))
				return 1;
		}
	}
	return 0;
}

int l62_scenario_refuse(struct l62_scenario_reader *reader, const json_t *value,
                        const char *format, ...)
{
	char text[512];
	size_t index = 0;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* jansson has one true, one false and one null. */
	if (json_is_boolean(value) || json_is_null(value))
		value = reader->around;
	find(reader->root, value, &index);
	return l62_error_set(reader->err, L62_E_USAGE, "%s(%u): %s", reader->path,
	                     line_of(reader->text, index), text);
}
