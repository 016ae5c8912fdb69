/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See wdk.h.  Names are compared without case: packages are unpacked on Linux. */
#include "wdk.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "casepath.h"

/* EWDK: Program Files/Windows Kits/10/Include/VERSION; NuGet: PACKAGE/c/Include. */
enum { LEVELS_MOST = 6, FOLDERS_MOST = 20000 };

static bool holds_headers(const char *folder)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;
	bool found = false;

	while (dir && !found && (name = g_dir_read_name(dir)))
		found = g_str_has_suffix(name, ".h") || g_str_has_suffix(name, ".H");
	if (dir)
		g_dir_close(dir);
	return found;
}

/* "10.0.26100.0" or "1.33" by its numbers. */
static int compare_versions(const char *a, const char *b)
{
	while (*a || *b) {
		char *end_a, *end_b;
		unsigned long one = strtoul(a, &end_a, 10), other = strtoul(b, &end_b, 10);

		if (one != other)
			return one < other ? -1 : 1;
		if (end_a == a && end_b == b)
			return strcmp(a, b);
		a = end_a + (*end_a == '.');
		b = end_b + (*end_b == '.');
	}
	return 0;
}

/* All folders called Include at or below path. */
static void find_includes(const char *path, int level, GPtrArray *found, size_t *seen)
{
	GDir *dir = level < LEVELS_MOST ? g_dir_open(path, 0, NULL) : NULL;
	const char *name;

	while (dir && (name = g_dir_read_name(dir)) && *seen < FOLDERS_MOST) {
		char *below = g_build_filename(path, name, NULL);

		if (g_file_test(below, G_FILE_TEST_IS_DIR) &&
		    !g_file_test(below, G_FILE_TEST_IS_SYMLINK)) {
			++*seen;
			if (g_ascii_strcasecmp(name, "include") == 0)
				g_ptr_array_add(found, g_strdup(below));
			else
				find_includes(below, level + 1, found, seen);
		}
		g_free(below);
	}
	if (dir)
		g_dir_close(dir);
}

/* The newest folder of include (whose name begins with a digit) that holds file. */
static char *newest(const char *include, const char *file)
{
	GDir *dir = g_dir_open(include, 0, NULL);
	char *best = NULL, *path;
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		char *folder = g_build_filename(include, name, NULL);
		char *header = l62_casepath_find(file, folder);

		if (g_ascii_isdigit(*name) && header &&
		    (!best || compare_versions(best, name) < 0)) {
			g_free(best);
			best = g_strdup(name);
		}
		g_free(header);
		g_free(folder);
	}
	if (dir)
		g_dir_close(dir);
	if (!best)
		return NULL;
	path = g_build_filename(include, best, NULL);
	g_free(best);
	return path;
}

/* The newest of all include folders. */
static char *newest_of(const GPtrArray *includes, const char *below, const char *file)
{
	char *best = NULL;

	for (guint i = 0; i < includes->len; i++) {
		char *folder = l62_casepath_find(below, g_ptr_array_index(includes, i));
		char *found = folder ? newest(folder, file) : NULL;
		const char *name = found ? strrchr(found, '/') + 1 : NULL;

		if (found && (!best || compare_versions(strrchr(best, '/') + 1, name) < 0)) {
			g_free(best);
			best = g_steal_pointer(&found);
		}
		g_free(found);
		g_free(folder);
	}
	return best;
}

/* Adds folder/name if it is there. */
static bool add(GPtrArray *folders, const char *folder, const char *name)
{
	char *path = folder ? l62_casepath_find(name, folder) : NULL;

	if (path)
		g_ptr_array_add(folders, path);
	return path != NULL;
}

int l62_wdk_folders(const char *path, GPtrArray *folders, struct l62_error *err)
{
	static const char *const names[] = {"km", "km/crt", "shared"};
	/* The C runtime comes with the SDK, a package of its own. */
	static const char *const runtime[][2] = {{"ucrt", "ucrt/string.h"},
	                                         {"um", "um/winnt.h"}};
	char *full = g_canonicalize_filename(path, NULL), *kernel, *framework;
	GPtrArray *includes;
	size_t seen = 0;

	if (!g_file_test(full, G_FILE_TEST_IS_DIR)) {
		g_free(full);
		return l62_error_set(err, L62_E_USAGE, "--wdk %s is not a folder", path);
	}
	if (holds_headers(full)) {
		g_ptr_array_add(folders, full);
		return L62_OK;
	}
	includes = g_ptr_array_new_with_free_func(g_free);
	/* The Include folder itself may be named. */
	g_ptr_array_add(includes, g_strdup(full));
	find_includes(full, 0, includes, &seen);
	kernel = newest_of(includes, ".", "km/wdm.h");
	if (!kernel) {
		g_ptr_array_unref(includes);
		g_free(full);
		return l62_error_set(
		        err, L62_E_USAGE,
		        "--wdk %s holds no kernel headers (Include/VERSION/km/wdm.h): "
		        "name an installed WDK (Windows Kits/10), an EWDK, or NuGet's "
		        "Microsoft.Windows.WDK.x64 unpacked",
		        path);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		add(folders, kernel, names[i]);
	for (size_t i = 0; i < G_N_ELEMENTS(runtime); i++) {
		if (!add(folders, kernel, runtime[i][0])) {
			char *other = newest_of(includes, ".", runtime[i][1]);

			add(folders, other, runtime[i][0]);
			g_free(other);
		}
	}
	framework = newest_of(includes, "wdf/kmdf", "wdf.h");
	add(folders, framework, ".");
	g_free(framework);
	g_free(kernel);
	g_ptr_array_unref(includes);
	g_free(full);
	return L62_OK;
}
