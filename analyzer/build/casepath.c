/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See casepath.h. */
#include "casepath.h"

#include <stdbool.h>
#include <string.h>

#include "windows.h"

enum { LEVELS_MOST = 4, FILES_MOST = 100000 };

/* The entry of folder that name means. */
static char *find_entry(const char *folder, const char *name)
{
	char *path = g_build_filename(folder, name, NULL);
	GDir *dir;
	const char *entry;
	char *found = NULL;

	if (g_file_test(path, G_FILE_TEST_EXISTS))
		return path;
	g_free(path);
	dir = g_dir_open(folder, 0, NULL);
	while (dir && (entry = g_dir_read_name(dir))) {
		/* Of several the first by name, whatever the folder's order. */
		if (g_ascii_strcasecmp(entry, name) != 0)
			continue;
		path = g_build_filename(folder, entry, NULL);
		if (!found || strcmp(path, found) < 0) {
			g_free(found);
			found = path;
		} else {
			g_free(path);
		}
	}
	if (dir)
		g_dir_close(dir);
	return found;
}

static char *canonical(const char *path, const char *folder)
{
	char *native = l62_windows_path(path);
	char *full = g_canonicalize_filename(native, folder);

	g_free(native);
	return full;
}

char *l62_casepath_find(const char *path, const char *folder)
{
	char *full = canonical(path, folder);
	char **names, *at;

	if (g_file_test(full, G_FILE_TEST_EXISTS))
		return full;
	names = g_strsplit(full + 1, "/", -1);
	at = g_strdup("/");
	for (char **name = names; *name && at; name++) {
		char *next = find_entry(at, *name);

		g_free(at);
		at = next;
	}
	g_strfreev(names);
	g_free(full);
	return at;
}

char *l62_casepath_resolve(const char *path, const char *folder)
{
	char *found = l62_casepath_find(path, folder);

	return found ? found : canonical(path, folder);
}

struct overlay {
	GString *text;
	GHashTable *folders; /* those that are in already */
	size_t files;
};

static void append_quoted(GString *text, const char *path)
{
	g_string_append_c(text, '\'');
	for (; *path; path++) {
		if (*path == '\'')
			g_string_append_c(text, '\'');
		g_string_append_c(text, *path);
	}
	g_string_append_c(text, '\'');
}

/* Headers, and what else is included; not what a build leaves. */
static bool is_text(const char *name)
{
	static const char *const suffixes[] = {".h",   ".hpp", ".hxx", ".hh",  ".inl",
	                                       ".inc", ".c",   ".cpp", ".def", ".mc",
	                                       ".tpl", ".ver", ".hm",  ".tmh"};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < G_N_ELEMENTS(suffixes); i++) {
		if (g_ascii_strcasecmp(dot, suffixes[i]) == 0)
			return true;
	}
	return false;
}

static gint by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *names_in(const char *folder)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		if (*name != '.' && g_utf8_validate(name, -1, NULL) && !strpbrk(name, "\n\r\t"))
			g_ptr_array_add(names, g_strdup(name));
	}
	if (dir)
		g_dir_close(dir);
	g_ptr_array_sort(names, by_text);
	return names;
}

static void add_folder(struct overlay *overlay, const char *folder, int level);

/* One name; the first of those that differ in case alone. */
static void add_name(struct overlay *overlay, const char *folder, const char *name,
                     GHashTable *seen, GPtrArray *below)
{
	char *path = g_build_filename(folder, name, NULL);
	char *lower = g_ascii_strdown(name, -1);

	if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
		if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK))
			g_ptr_array_add(below, g_steal_pointer(&path));
	} else if (is_text(name) && overlay->files < FILES_MOST &&
	           g_hash_table_add(seen, g_strdup(lower))) {
		g_string_append(overlay->text, "  {'type': 'file', 'name': ");
		append_quoted(overlay->text, name);
		g_string_append(overlay->text, ", 'external-contents': ");
		append_quoted(overlay->text, path);
		g_string_append(overlay->text, "},\n");
		overlay->files++;
	}
	g_free(lower);
	g_free(path);
}

static void add_folder(struct overlay *overlay, const char *folder, int level)
{
	GPtrArray *names, *below;
	GHashTable *seen;
	size_t begin = overlay->text->len, before = overlay->files;

	if (level > LEVELS_MOST || overlay->files >= FILES_MOST ||
	    !g_utf8_validate(folder, -1, NULL) || strpbrk(folder, "\n\r\t") ||
	    !g_hash_table_add(overlay->folders, g_strdup(folder)))
		return;
	names = names_in(folder);
	below = g_ptr_array_new_with_free_func(g_free);
	seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_string_append(overlay->text, " {'type': 'directory', 'name': ");
	append_quoted(overlay->text, folder);
	g_string_append(overlay->text, ", 'contents': [\n");
	for (guint i = 0; i < names->len; i++)
		add_name(overlay, folder, g_ptr_array_index(names, i), seen, below);
	if (overlay->files == before)
		g_string_truncate(overlay->text, begin);
	else
		g_string_append(overlay->text, " ]},\n");
	for (guint i = 0; i < below->len; i++)
		add_folder(overlay, g_ptr_array_index(below, i), level + 1);
	g_hash_table_unref(seen);
	g_ptr_array_unref(below);
	g_ptr_array_unref(names);
}

GString *l62_casepath_overlay(const GPtrArray *folders, const GPtrArray *flat)
{
	struct overlay overlay = {
	        g_string_new("{'version': 0, 'case-sensitive': 'false', 'roots': [\n"),
	        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), 0};

	for (guint i = 0; i < flat->len; i++)
		add_folder(&overlay, g_ptr_array_index(flat, i), LEVELS_MOST);
	for (guint i = 0; i < folders->len; i++)
		add_folder(&overlay, g_ptr_array_index(folders, i), 0);
	g_hash_table_unref(overlay.folders);
	g_string_append(overlay.text, "]}\n");
	if (overlay.files)
		return overlay.text;
	g_string_free(overlay.text, TRUE);
	return NULL;
}
