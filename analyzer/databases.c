/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See databases.h. */
#include "databases.h"

#include <string.h>

#include "unit.h"

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The databases of several drivers. */
static void add_drivers(GPtrArray *databases, const char *work, const char *driver)
{
	char *folder = g_build_filename(work, "drivers", NULL);
	char *wanted = driver ? g_strconcat(driver, ".db", NULL) : NULL;
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		if (wanted ? strcmp(name, wanted) == 0 : g_str_has_suffix(name, ".db"))
			g_ptr_array_add(databases, g_build_filename(folder, name, NULL));
	}
	if (dir)
		g_dir_close(dir);
	g_ptr_array_sort(databases, by_name);
	g_free(wanted);
	g_free(folder);
}

GPtrArray *l62_databases_in(const char *work, const char *driver)
{
	GPtrArray *databases = g_ptr_array_new_with_free_func(g_free);
	char *path = g_build_filename(work, "driver.db", NULL);

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		add_drivers(databases, work, driver);
	if (databases->len == 0)
		g_ptr_array_add(databases, g_strdup(path));
	g_free(path);
	return databases;
}

char *l62_databases_work(const char *build)
{
	char *folder = g_canonicalize_filename(build ? build : ".", NULL);
	char *work, *path;

	if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
		path = folder; /* of the compile database itself */
		folder = g_path_get_dirname(path);
		g_free(path);
	}
	work = g_build_filename(folder, ".leak62", NULL);
	g_free(folder);
	return work;
}

char *l62_databases_driver_name(const char *database, const char *driver,
                                const struct l62_result *result)
{
	char *folder = g_path_get_dirname(database), *name;

	if (driver) {
		name = g_strdup(driver);
	} else if (g_str_has_suffix(folder, G_DIR_SEPARATOR_S "drivers")) {
		name = g_path_get_basename(database);
		if (g_str_has_suffix(name, ".db"))
			name[strlen(name) - strlen(".db")] = '\0';
	} else {
		name = l62_source_driver_name(result->sources);
	}
	g_free(folder);
	return name;
}
