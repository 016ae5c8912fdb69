/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * clang escapes a space and # with a backslash and $ with another $; all else
 * it writes as it is.  Ninja undoes that, but ends a name at quotes, bars and
 * the like, for which its format has no escape.
 *
 * Limit: clang turns a backslash in a name into a slash, so that a header with
 * one in its name is not known.
 */
#include "depfile.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* Reads one name and returns where it ends. */
static const char *read_name(const char *at, GString *name)
{
	for (; *at && *at != ' ' && *at != '\n' && *at != '\r'; at++) {
		if (*at == '\\' && (at[1] == '\n' || at[1] == '\r'))
			break;
		if ((*at == '\\' && (at[1] == ' ' || at[1] == '#')) ||
		    (*at == '$' && at[1] == '$'))
			at++;
		g_string_append_c(name, *at);
	}
	return at;
}

GPtrArray *l62_depfile_parse(const char *text)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	const char *at = strstr(text, ": ");

	if (!at)
		return names;
	at += 2;
	while (*at) {
		GString *name;

		while (*at == ' ' || *at == '\n' || *at == '\r' ||
		       (*at == '\\' && (at[1] == '\n' || at[1] == '\r')))
			at++;
		name = g_string_new(NULL);
		at = read_name(at, name);
		if (name->len)
			g_ptr_array_add(names, g_string_free(name, FALSE));
		else
			g_string_free(name, TRUE);
	}
	return names;
}

static bool ninja_reads(const char *name)
{
	static const char plain[] =
	        G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "+,/_:.~()}{%=@[]!- #$";

	for (; *name; name++) {
		if ((guchar)*name < 0x80 && !strchr(plain, *name))
			return false;
	}
	return true;
}

static void append_name(GString *text, const char *name)
{
	for (; *name; name++) {
		if (*name == ' ' || *name == '#')
			g_string_append_c(text, '\\');
		if (*name == '$')
			g_string_append_c(text, '$');
		g_string_append_c(text, *name);
	}
}

/* A link to name, called by name's hash. */
static char *link_to(const char *links, const char *name, struct l62_error *err)
{
	char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
	char *link = g_build_filename(links, hash, NULL);

	g_free(hash);
	if (symlink(name, link) == 0 || errno == EEXIST)
		return link;
	l62_error_set(err, L62_E_IO, "%s cannot be made: %s", link, g_strerror(errno));
	g_free(link);
	return NULL;
}

int l62_depfile_adapt(const char *path, const char *target, const char *links,
                      struct l62_error *err)
{
	GString *text = g_string_new(target);
	char *written = NULL;
	GPtrArray *names;
	GError *error = NULL;
	int status = L62_OK;

	if (!g_file_get_contents(path, &written, NULL, NULL))
		written = g_strdup("");
	names = l62_depfile_parse(written);
	g_string_append_c(text, ':');
	for (guint i = 0; i < names->len && status == L62_OK; i++) {
		const char *name = g_ptr_array_index(names, i);
		char *link = NULL;

		if (!g_file_test(name, G_FILE_TEST_EXISTS))
			continue;
		if (!ninja_reads(name) && !(link = link_to(links, name, err)))
			status = L62_E_IO;
		g_string_append(text, " \\\n  ");
		append_name(text, link ? link : name);
		g_free(link);
	}
	g_string_append_c(text, '\n');
	if (status == L62_OK &&
	    !g_file_set_contents(path, text->str, (gssize)text->len, &error)) {
		status = l62_error_set(err, L62_E_IO, "%s cannot be written: %s", path,
		                       error->message);
		g_error_free(error);
	}
	g_ptr_array_unref(names);
	g_free(written);
	g_string_free(text, TRUE);
	return status;
}
