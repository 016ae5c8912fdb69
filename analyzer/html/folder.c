/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * See folder.h.  The list is written before the pages, with the names of the former report
 * and of this one, and again after them with this one's alone: a report that was
 * interrupted is one all the same for the next.
 */
#include "folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>

#define LIST_NAME "leak62-report.txt"
#define LIST_HEAD "leak62 report: pages that the next report replaces\n"

enum { REST = 7 }; /* characters; see is_rest() */

struct l62_html_folder {
	char *path;
	GHashTable *former; /* of char; names in the list that was there */
	const GPtrArray *pages;
};

/* A name out of the list is removed: it must be a page in this folder. */
static bool is_page(const char *name)
{
	return g_str_has_suffix(name, ".html") && !strchr(name, '/') && *name != '.';
}

static void read_list(struct l62_html_folder *folder)
{
	g_autofree char *path = g_build_filename(folder->path, LIST_NAME, NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR) ||
	    !g_file_get_contents(path, &text, NULL, NULL) || !g_str_has_prefix(text, LIST_HEAD))
		return;
	g_hash_table_add(folder->former, g_strdup(LIST_NAME));
	lines = g_strsplit(text + strlen(LIST_HEAD), "\n", 0);
	for (char **line = lines; *line; line++)
		if (is_page(*line))
			g_hash_table_add(folder->former, g_strdup(*line));
}

/* What is left of a file when its writer is killed: its name, '.', six characters. */
static bool is_rest(const struct l62_html_folder *folder, const char *name)
{
	size_t length = strlen(name);
	g_autofree char *page = length > REST ? g_strndup(name, length - REST) : NULL;

	return page && name[length - REST] == '.' &&
	       (strcmp(page, LIST_NAME) == 0 || g_hash_table_contains(folder->former, page));
}

static int check(struct l62_html_folder *folder, struct l62_error *err)
{
	g_autoptr(GError) error = NULL;
	GDir *dir = g_dir_open(folder->path, 0, &error);
	g_autoptr(GPtrArray) rests = g_ptr_array_new();
	const char *name;
	int rc = 0;

	if (!dir)
		return l62_error_set(err, L62_E_IO, "the folder of the report: %s",
		                     error->message);
	while (rc == 0 && (name = g_dir_read_name(dir)))
		if (is_rest(folder, name))
			g_ptr_array_add(rests, g_strdup(name));
		else if (!g_hash_table_contains(folder->former, name))
			rc = l62_error_set(err, L62_E_USAGE,
			                   "%s holds '%s', which is of no former report: name "
			                   "a folder for --html that is empty or not there",
			                   folder->path, name);
	g_dir_close(dir);
	for (guint i = 0; i < rests->len; i++)
		g_hash_table_add(folder->former, g_ptr_array_index(rests, i));
	return rc;
}

static int write_file(const struct l62_html_folder *folder, const char *name, const char *text,
                      gsize length, struct l62_error *err)
{
	g_autofree char *path = g_build_filename(folder->path, name, NULL);
	g_autoptr(GError) error = NULL;

	if (g_file_set_contents_full(path, text, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT,
	                             0666, &error))
		return 0;
	return l62_error_set(err, L62_E_IO,
	                     "the report is not complete, %s cannot be written: %s; make room "
	                     "or name another folder",
	                     path, error->message);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int write_list(const struct l62_html_folder *folder, bool with_former,
                      struct l62_error *err)
{
	g_autoptr(GString) text = g_string_new(LIST_HEAD);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	GHashTableIter iter;
	gpointer name;

	for (guint i = 0; i < folder->pages->len; i++)
		g_ptr_array_add(names, g_ptr_array_index(folder->pages, i));
	g_hash_table_iter_init(&iter, folder->former);
	while (with_former && g_hash_table_iter_next(&iter, &name, NULL))
		if (is_page(name))
			g_ptr_array_add(names, name);
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++)
		if (i == 0 ||
		    strcmp(g_ptr_array_index(names, i), g_ptr_array_index(names, i - 1)) != 0)
			g_string_append_printf(text, "%s\n",
			                       (const char *)g_ptr_array_index(names, i));
	return write_file(folder, LIST_NAME, text->str, text->len, err);
}

int l62_html_folder_open(const char *path, const GPtrArray *pages,
                         struct l62_html_folder **result, struct l62_error *err)
{
	struct l62_html_folder *folder = g_new0(struct l62_html_folder, 1);
	int rc = 0;

	folder->path = g_strdup(path);
	folder->pages = pages;
	folder->former = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_DIR))
		rc = l62_error_set(err, L62_E_USAGE,
		                   "%s is not a folder: --html takes the folder for the pages",
		                   path);
	else if (g_mkdir_with_parents(path, 0777) != 0)
		rc = l62_error_set(err, L62_E_IO, "the folder %s cannot be made: %s", path,
		                   g_strerror(errno));
	if (rc == 0) {
		read_list(folder);
		rc = check(folder, err);
	}
	if (rc == 0)
		rc = write_list(folder, true, err);
	if (rc != 0)
		g_clear_pointer(&folder, l62_html_folder_free);
	*result = folder;
	return rc;
}

int l62_html_folder_put(struct l62_html_folder *folder, const char *name, const GString *page,
                        struct l62_error *err)
{
	return write_file(folder, name, page->str, page->len, err);
}

int l62_html_folder_finish(struct l62_html_folder *folder, struct l62_error *err)
{
	GHashTableIter iter;
	gpointer name;

	for (guint i = 0; i < folder->pages->len; i++)
		g_hash_table_remove(folder->former, g_ptr_array_index(folder->pages, i));
	g_hash_table_remove(folder->former, LIST_NAME);
	g_hash_table_iter_init(&iter, folder->former);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		g_autofree char *path = g_build_filename(folder->path, name, NULL);

		if (g_unlink(path) != 0 && errno != ENOENT)
			return l62_error_set(err, L62_E_IO,
			                     "%s of the former report cannot be removed: %s; "
			                     "the new one is complete",
			                     path, g_strerror(errno));
	}
	return write_list(folder, false, err);
}

void l62_html_folder_free(struct l62_html_folder *folder)
{
	if (!folder)
		return;
	g_hash_table_unref(folder->former);
	g_free(folder->path);
	g_free(folder);
}
