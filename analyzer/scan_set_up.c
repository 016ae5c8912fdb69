/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See scan_set_up.h. */
#include "scan_set_up.h"

#include "commands.h"
#include "wdk.h"

int l62_scan_set_up_driver(struct l62_driver *driver, const struct l62_scan_options *options,
                           const struct l62_scan_units *units, const char *cwd,
                           struct l62_error *err)
{
	const GPtrArray *flags = options->flags;
	GPtrArray *argv = g_ptr_array_new();
	bool needed = !units->database;
	int status = L62_OK;

	g_ptr_array_add(argv, (gpointer) "clang");
	for (guint i = 0; i < flags->len; i++)
		g_ptr_array_add(argv, g_ptr_array_index(flags, i));
	g_ptr_array_add(argv, NULL);
	l62_flags_filter(&driver->extra, cwd, (const char *const *)argv->pdata);
	g_ptr_array_unref(argv);
	driver->headers = options->headers;
	for (guint i = 0; i < options->wdk->len && status == L62_OK; i++)
		status = l62_wdk_folders(g_ptr_array_index(options->wdk, i), driver->wdk, err);
	if (status != L62_OK)
		return status;
	for (guint i = 0; units->entries && i < units->entries->len; i++) {
		const struct l62_entry *entry = g_ptr_array_index(units->entries, i);

		needed = needed || l62_driver_needs_headers(driver, &entry->flags);
	}
	if (needed && l62_driver_needs_headers(driver, NULL))
		status = l62_driver_find_headers(driver, err);
	/* A build of its own may well have headers where leak62 does not look. */
	if (status != L62_OK && units->database &&
	    driver->headers == L62_HEADERS_WHEN_MISSING) {
		l62_complain("warning: %s", err->text);
		status = L62_OK;
	}
	return status;
}

int l62_scan_open_work(struct l62_work *work, const struct l62_scan_options *options,
                       const struct l62_scan_units *units, const char *cwd,
                       struct l62_error *err)
{
	/* What was recorded lies in the work folder itself. */
	char *above = units->database && !options->command
	                      ? g_path_get_dirname(units->database)
	                      : g_strdup(cwd);
	char *path = options->work ? g_strdup(options->work)
	                                : g_build_filename(above, ".leak62", NULL);
	bool locked = false;
	int status = l62_work_open(work, path, err);

	g_free(path);
	g_free(above);
	if (status == L62_OK)
		status = l62_work_lock(work, false, &locked, err);
	if (status == L62_OK && !locked) {
		l62_complain("another scan uses %s: waiting for it to end", work->path);
		status = l62_work_lock(work, true, &locked, err);
	}
	if (status == L62_OK)
		l62_work_sweep(work);
	return status;
}
