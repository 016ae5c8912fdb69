/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Ninja takes a file whose time did not change for one whose content did not
 * (restat), so that what depends on it is left alone.
 */
#include "exchange.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "leak62/skeleton.h"

bool l62_exchange_is_whole(const char *path, const char *header)
{
	GMappedFile *file = g_mapped_file_new(path, FALSE, NULL);
	size_t start = strlen(header);
	bool whole = false;

	if (!file)
		return false;
	if (g_mapped_file_get_length(file) > start) {
		const char *text = g_mapped_file_get_contents(file);

		whole = memcmp(text, header, start) == 0 && text[start] == '\n' &&
		        text[g_mapped_file_get_length(file) - 1] == '\n';
	}
	g_mapped_file_unref(file);
	return whole;
}

static bool same_content(const char *a, const char *b)
{
	GMappedFile *one = g_mapped_file_new(a, FALSE, NULL);
	GMappedFile *other = g_mapped_file_new(b, FALSE, NULL);
	bool same = one && other && g_mapped_file_get_length(one) > 0 &&
	            g_mapped_file_get_length(one) == g_mapped_file_get_length(other) &&
	            memcmp(g_mapped_file_get_contents(one), g_mapped_file_get_contents(other),
	                   g_mapped_file_get_length(one)) == 0;

	if (one)
		g_mapped_file_unref(one);
	if (other)
		g_mapped_file_unref(other);
	return same;
}

int l62_exchange_install(const char *draft, const char *path, struct l62_error *err)
{
	if (same_content(draft, path)) {
		g_unlink(draft);
		return L62_OK;
	}
	if (g_rename(draft, path) == 0)
		return L62_OK;
	return l62_error_set(err, L62_E_IO, "%s cannot be written: %s", path,
	                     g_strerror(errno));
}

int l62_exchange_write_empty(const char *path, const char *source, struct l62_error *err)
{
	char *word = g_uri_escape_string(source, "/", FALSE);
	char *text = g_strdup_printf(L62_SKELETON_HEADER "\nT %s\n", word);
	char *old = NULL;
	GError *error = NULL;
	int status = L62_OK;

	if (!(g_file_get_contents(path, &old, NULL, NULL) && strcmp(old, text) == 0) &&
	    !g_file_set_contents(path, text, -1, &error)) {
		status = l62_error_set(err, L62_E_IO, "%s cannot be written: %s", path,
		                       error->message);
		g_error_free(error);
	}
	g_free(old);
	g_free(text);
	g_free(word);
	return status;
}
