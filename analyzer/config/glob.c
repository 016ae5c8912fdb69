/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Patterns of file names, as regular expressions over whole paths.
 *
 * "." and ".." are resolved in the text of a pattern, before anything is matched,
 * as they are in the paths of findings.
 */
#include "glob.h"

#include <stdlib.h>
#include <string.h>

struct l62_glob {
	GRegex *written, *real; /* real: NULL when the folder is no other */
};

/* One of the characters between brackets; *at is behind '[' and comes to stand behind
 * ']'.  A slash is never one. */
static bool append_class(GString *out, const char **at)
{
	const char *c = *at;
	bool first = true;

	g_string_append(out, "(?!/)[");
	if (*c == '!' || *c == '^') {
		g_string_append_c(out, '^');
		c++;
	}
	for (; *c && (*c != ']' || first); c++, first = false) {
		if (*c == '\\' && c[1])
			c++;
		else if (*c == '-') {
			g_string_append_c(out, '-');
			continue;
		}
		if (g_ascii_ispunct(*c))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *c);
	}
	if (!*c)
		return false;
	g_string_append_c(out, ']');
	*at = c + 1;
	return true;
}

static void append_literal(GString *out, const char *text, gssize length)
{
	g_autofree char *escaped = g_regex_escape_string(text, (int)length);

	g_string_append(out, escaped);
}

static bool append_name(GString *out, const char *name)
{
	while (*name) {
		char c = *name++;

		switch (c) {
		case '*':
			g_string_append(out, "[^/]*");
			break;
		case '?':
			g_string_append(out, "[^/]");
			break;
		case '[':
			if (!append_class(out, &name))
				return false;
			break;
		case '\\':
			if (*name)
				append_literal(out, name++, 1);
			else
				append_literal(out, &c, 1);
			break;
		default:
			/* Bytes of a longer character stand for themselves. */
			if ((unsigned char)c < 0x80)
				append_literal(out, &c, 1);
			else
				g_string_append_c(out, c);
		}
	}
	return true;
}

/* The names of a path or pattern, "." and ".." resolved; not copied. */
static void add_names(GPtrArray *names, char **parts)
{
	for (char **part = parts; *part; part++) {
		if (!**part || strcmp(*part, ".") == 0)
			continue;
		if (strcmp(*part, "..") != 0)
			g_ptr_array_add(names, *part);
		else if (names->len)
			g_ptr_array_remove_index(names, names->len - 1);
	}
}

static GRegex *compile(const char *folder, const char *pattern, const char **why)
{
	g_auto(GStrv) above = g_strsplit(folder, "/", -1);
	g_auto(GStrv) below = g_strsplit(pattern, "/", -1);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autoptr(GHashTable) literal = g_hash_table_new(NULL, NULL);
	g_autoptr(GString) out = g_string_new("^");
	bool broken = false;
	GRegex *regex;

	if (*pattern != '/')
		add_names(names, above);
	/* What the folder is called is no pattern. */
	for (guint i = 0; i < names->len; i++)
		g_hash_table_add(literal, names->pdata[i]);
	add_names(names, below);
	for (guint i = 0; i < names->len; i++) {
		char *name = g_ptr_array_index(names, i);

		if (g_hash_table_contains(literal, name)) {
			g_string_append_c(out, '/');
			append_literal(out, name, -1);
		} else if (strcmp(name, "**") == 0) {
			g_string_append(out, i + 1 < names->len ? "(?:/[^/]+)*" : "/.+");
		} else {
			g_string_append_c(out, '/');
			broken = !append_name(out, name);
			if (broken)
				break;
		}
	}
	if (broken) {
		*why = "a '[' has no ']'";
		return NULL;
	}
	if (g_str_has_suffix(pattern, "/"))
		g_string_append(out, "/.+");
	g_string_append_c(out, '$');
	regex = g_regex_new(out->str, G_REGEX_RAW | G_REGEX_DOLLAR_ENDONLY | G_REGEX_DOTALL, 0,
	                    NULL);
	if (!regex)
		*why = "it is no pattern of file names";
	return regex;
}

struct l62_glob *l62_glob_new(const char *folder, const char *pattern, const char **why)
{
	GRegex *written = compile(folder, pattern, why);
	char *real = realpath(folder, NULL);
	struct l62_glob *glob = NULL;

	if (written) {
		glob = g_new0(struct l62_glob, 1);
		glob->written = written;
		if (real && strcmp(real, folder) != 0)
			glob->real = compile(real, pattern, why);
	}
	free(real);
	return glob;
}

void l62_glob_free(struct l62_glob *glob)
{
	if (!glob)
		return;
	g_regex_unref(glob->written);
	if (glob->real)
		g_regex_unref(glob->real);
	g_free(glob);
}

bool l62_glob_matches(const struct l62_glob *glob, const char *path)
{
	g_autofree char *written = g_canonicalize_filename(path, "/");
	char *real;
	bool matches;

	if (g_regex_match(glob->written, written, 0, NULL))
		return true;
	real = realpath(path, NULL);
	matches = real && g_regex_match(glob->real ? glob->real : glob->written, real, 0, NULL);
	free(real);
	return matches;
}
