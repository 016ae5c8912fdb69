/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See scan_link.h. */
#include "scan_link.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "leak62/link.h"
#include "scan_focus.h"
#include "scan_suppress.h"
#include "unit.h"

static int link_driver(struct l62_scan_link *scan, const struct l62_scan_driver *driver,
                       const char *database, struct l62_error *err)
{
	struct l62_link_input *inputs = g_new0(struct l62_link_input, driver->units->len);
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	struct l62_result *result = NULL;
	int status;

	for (guint i = 0; i < driver->units->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(driver->units, i);
		char *facts = l62_work_path(scan->work, unit->facts[unit->stage]);

		g_ptr_array_add(paths, facts);
		inputs[i] = (struct l62_link_input){.source = unit->source, .facts = facts};
		if (!scan->options->no_summaries) {
			char *skeleton = l62_work_path(scan->work, unit->skeleton);

			g_ptr_array_add(paths, skeleton);
			inputs[i].skeleton = skeleton;
		}
	}
	status = l62_link(inputs, driver->units->len, database, err);
	if (status == L62_OK)
		status = l62_result_load(database, &result, err);
	if (status == L62_OK) {
		for (guint i = 0; i < driver->units->len; i++) {
			const struct l62_unit *unit = g_ptr_array_index(driver->units, i);

			result->reanalysed += unit->reanalysed != FALSE;
		}
		l62_scan_headers(result, driver->units);
		l62_scan_focus_apply(scan->units->focus, result);
		g_ptr_array_add(scan->results, result);
	}
	g_ptr_array_unref(paths);
	g_free(inputs);
	return status;
}

/* Of drivers that there are no more. */
static void remove_old(const struct l62_work *work, bool several)
{
	char *folder = l62_work_path(work, "drivers");
	char *single = l62_work_path(work, "driver.db");
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		char *path = g_build_filename(folder, name, NULL);

		if (g_str_has_suffix(name, ".db"))
			g_unlink(path);
		g_free(path);
	}
	if (dir)
		g_dir_close(dir);
	if (several)
		g_unlink(single);
	else
		g_rmdir(folder);
	g_free(single);
	g_free(folder);
}

static char *database_of(const struct l62_work *work, const struct l62_scan_driver *driver,
                         bool several, struct l62_error *err)
{
	char *folder, *name, *path;

	if (!several)
		return l62_work_path(work, "driver.db");
	folder = l62_work_path(work, "drivers");
	if (g_mkdir_with_parents(folder, 0777) != 0) {
		l62_error_set(err, L62_E_IO, "the folder %s cannot be made: %s", folder,
		              g_strerror(errno));
		g_free(folder);
		return NULL;
	}
	name = g_strconcat(driver->name, ".db", NULL);
	path = g_build_filename(folder, name, NULL);
	g_free(name);
	g_free(folder);
	return path;
}

static bool in_focus(const struct l62_scan_link *scan, const struct l62_scan_driver *driver)
{
	for (guint i = 0; i < driver->units->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(driver->units, i);

		if (unit->stage != L62_STAGE_SKELETON)
			return true;
	}
	return scan->units->focus->len == 0;
}

static int refuse_name(const GPtrArray *drivers, const char *name, struct l62_error *err)
{
	GString *names = g_string_new(NULL);
	int status;

	for (guint i = 0; i < drivers->len; i++) {
		const struct l62_scan_driver *driver = g_ptr_array_index(drivers, i);

		g_string_append_printf(names, "%s%s", i ? ", " : "", driver->name);
	}
	status = l62_error_set(err, L62_E_USAGE,
	                       "there are several drivers and none is called %s: choose one of "
	                       "%s, or leave out --driver",
	                       name, names->str);
	g_string_free(names, TRUE);
	return status;
}

static void suppress(const struct l62_scan_link *scan)
{
	bool whole = scan->whole && scan->units->focus->len == 0;

	for (guint i = 0; i < scan->results->len; i++) {
		const struct l62_result *result = g_ptr_array_index(scan->results, i);

		whole = whole && result->failed->len == 0;
	}
	for (guint i = 0; i < scan->results->len; i++)
		l62_scan_suppress(g_ptr_array_index(scan->results, i), scan->config,
		                  whole && i + 1 == scan->results->len);
}

int l62_scan_link(struct l62_scan_link *scan, struct l62_error *err)
{
	GPtrArray *drivers =
	        l62_scan_drivers(scan->chosen, scan->units, scan->config, scan->work);
	const char *wanted = scan->options->driver;
	bool several = drivers->len > 1;
	int status = L62_OK;

	remove_old(scan->work, several);
	for (guint i = 0; i < drivers->len && status == L62_OK; i++) {
		const struct l62_scan_driver *driver = g_ptr_array_index(drivers, i);
		char *database;

		if (several &&
		    ((wanted && strcmp(wanted, driver->name) != 0) || !in_focus(scan, driver)))
			continue;
		database = database_of(scan->work, driver, several, err);
		status = database ? link_driver(scan, driver, database, err) : L62_E_IO;
		if (status == L62_OK) {
			g_ptr_array_add(scan->names,
			                g_strdup(!several && wanted ? wanted : driver->name));
			g_ptr_array_add(scan->databases, g_strdup(database));
			g_ptr_array_add(scan->units_of, g_ptr_array_ref(driver->units));
		}
		g_free(database);
	}
	if (status == L62_OK && scan->results->len == 0)
		status = refuse_name(drivers, wanted ? wanted : "so", err);
	if (status == L62_OK) {
		scan->whole = scan->whole && (!several || !wanted);
		suppress(scan);
	}
	g_ptr_array_unref(drivers);
	return status;
}
