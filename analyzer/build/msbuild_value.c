/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * $(Property), $(Property.Method(...)), $([Type]::Method(...)) and %(Metadata).
 *
 * Limits: @(items) and their transforms, and functions that msbuild_function.c does
 * not know, become nothing, with a note.  Growth is bounded: a project may define
 * properties that double each other.
 */
#include <string.h>

#include "msbuild_internal.h"

enum { VALUE_MOST = 1 << 20, SPENT_MOST = 64 << 20, DEPTH_MOST = 32, ARGS_MOST = 16 };

/* The closing parenthesis of what begins after the opening one, or NULL. */
static const char *closing(const char *at)
{
	char quote = 0;
	int depth = 1;

	for (; *at; at++) {
		if (quote) {
			if (*at == quote)
				quote = 0;
		} else if (*at == '\'' || *at == '"' || *at == '`') {
			quote = *at;
		} else if (*at == '(') {
			depth++;
		} else if (*at == ')' && --depth == 0) {
			return at;
		}
	}
	return NULL;
}

static char *unquote(const char *begin, const char *end)
{
	char *text = g_strstrip(g_strndup(begin, end - begin));
	size_t length = strlen(text);

	if (length >= 2 && strchr("'\"`", text[0]) && text[length - 1] == text[0]) {
		memmove(text, text + 1, length - 2);
		text[length - 2] = '\0';
	}
	return text;
}

/* The arguments between begin and end, expanded. */
static char **arguments(struct l62_msbuild *project, const char *begin, const char *end)
{
	GPtrArray *args = g_ptr_array_new();
	char quote = 0;
	int depth = 0;

	for (const char *at = begin; begin < end && at <= end && args->len < ARGS_MOST; at++) {
		if (at < end && quote) {
			if (*at == quote)
				quote = 0;
		} else if (at < end && strchr("'\"`", *at)) {
			quote = *at;
		} else if (at < end && *at == '(') {
			depth++;
		} else if (at < end && *at == ')') {
			depth--;
		} else if (at == end || (*at == ',' && depth == 0)) {
			char *text = unquote(begin, at);

			g_ptr_array_add(args, l62_msbuild_expand(project, text, NULL));
			g_free(text);
			begin = at + 1;
		}
		if (at == end)
			break;
	}
	g_ptr_array_add(args, NULL);
	return (char **)g_ptr_array_free(args, FALSE);
}

static size_t name_length(const char *at)
{
	size_t length = 0;

	while (g_ascii_isalnum(at[length]) || at[length] == '_' || at[length] == '-')
		length++;
	return length;
}

/* The methods after a value: .Replace('a', 'b').ToLower(); value is taken over.  NULL if
 * one is not understood. */
static char *chain(struct l62_msbuild *project, char *value, const char *at)
{
	while (value && *at) {
		size_t length = *at == '.' ? name_length(at + 1) : 0;
		char *member = g_strndup(at + (*at == '.'), length), *next = NULL;
		char **args;
		const char *end = at + 1 + length;

		if (length && *end == '(' && closing(end + 1)) {
			args = arguments(project, end + 1, closing(end + 1));
			end = closing(end + 1) + 1;
		} else {
			args = g_new0(char *, 1);
		}
		if (length)
			next = l62_msbuild_call(project, "", value, member, args);
		g_strfreev(args);
		g_free(member);
		g_free(value);
		value = next;
		at = end;
	}
	return value;
}

/* [Type]::Member(args) and what follows. */
static char *static_call(struct l62_msbuild *project, const char *text)
{
	const char *bracket = strchr(text, ']');
	char *type, *member, *value = NULL;
	const char *open, *close;
	char **args;
	size_t length;

	if (!bracket || strncmp(bracket, "]::", 3) != 0)
		return NULL;
	length = name_length(bracket + 3);
	open = bracket + 3 + length;
	close = *open == '(' ? closing(open + 1) : NULL;
	type = g_strndup(text + 1, bracket - text - 1);
	member = g_strndup(bracket + 3, length);
	args = close ? arguments(project, open + 1, close) : g_new0(char *, 1);
	value = l62_msbuild_call(project, type, NULL, member, args);
	if (value)
		value = chain(project, value, close ? close + 1 : open);
	g_strfreev(args);
	g_free(member);
	g_free(type);
	return value;
}

static char *property(struct l62_msbuild *project, const char *begin, const char *end)
{
	char *text = g_strstrip(g_strndup(begin, end - begin));
	size_t length = name_length(text);
	char *value = NULL;

	if (++project->depth > DEPTH_MOST)
		l62_msbuild_fail(project, L62_E_FORMAT,
		                 "%s: property functions are nested too deeply", project->file);
	else if (*text == '[')
		value = static_call(project, text);
	else if (g_ascii_strncasecmp(text, "Registry:", 9) == 0)
		value = g_strdup("");
	else if (length || !*text) {
		char *name = g_strndup(text, length);

		value = chain(project, g_strdup(l62_msbuild_property(project, name)),
		              text + length);
		g_free(name);
	}
	if (!value && project->status == L62_OK)
		l62_msbuild_note(project,
		                 g_strdup_printf("%s: $(%s) is not understood and taken to be "
		                                 "empty",
		                                 project->file, text));
	project->depth--;
	g_free(text);
	return value ? value : g_strdup("");
}

static const char *metadatum(GHashTable *metadata, const char *begin, const char *end)
{
	char *name = g_strstrip(g_ascii_strdown(begin, end - begin));
	const char *dot = strrchr(name, '.');
	const char *value = g_hash_table_lookup(metadata, dot ? dot + 1 : name);

	g_free(name);
	return value ? value : "";
}

char *l62_msbuild_expand(struct l62_msbuild *project, const char *text, GHashTable *metadata)
{
	GString *out = g_string_new(NULL);

	while (*text && out->len <= VALUE_MOST && project->status == L62_OK) {
		bool known = text[1] == '(' && (*text == '$' || (*text == '%' && metadata));
		const char *end = known ? closing(text + 2) : NULL;

		if (end && *text == '$') {
			char *value = property(project, text + 2, end);

			g_string_append(out, value);
			g_free(value);
			text = end + 1;
		} else if (end) {
			g_string_append(out, metadatum(metadata, text + 2, end));
			text = end + 1;
		} else {
			g_string_append_c(out, *text++);
		}
	}
	project->spent += out->len;
	if (out->len > VALUE_MOST || project->spent > SPENT_MOST) {
		l62_msbuild_fail(
		        project, L62_E_FORMAT,
		        "%s: its properties grow without end: they refer to each other",
		        project->file);
		g_string_truncate(out, 0);
	}
	return g_string_free(out, FALSE);
}

GPtrArray *l62_msbuild_split(const char *list)
{
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
	char **parts = g_strsplit(list, ";", -1);

	for (char **part = parts; *part; part++) {
		GString *text = g_string_new(NULL);

		g_strstrip(*part);
		for (const char *at = *part; *at; at++) {
			if (*at == '%' && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2]) &&
			    (at[1] != '0' || at[2] != '0')) {
				g_string_append_c(text,
				                  (char)(g_ascii_xdigit_value(at[1]) * 16 +
				                         g_ascii_xdigit_value(at[2])));
				at += 2;
			} else {
				g_string_append_c(text, *at);
			}
		}
		if (text->len)
			g_ptr_array_add(out, g_string_free(text, FALSE));
		else
			g_string_free(text, TRUE);
	}
	g_strfreev(parts);
	return out;
}
