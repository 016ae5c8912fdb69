/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * leak62 scan: options -> units -> Ninja -> facts -> drivers' databases -> report.
 * Everything that can be wrong with the request is found before anything is
 * analysed, and exits 2; what goes wrong after that exits 4.
 */
#include <glib.h>
#include <string.h>

#include "commands.h"
#include "leak62/facts.h"
#include "leak62/finding.h"
#include "leak62/link.h"
#include "leak62/skeleton.h"
#include "process.h"
#include "scan.h"
#include "scan_analyse.h"
#include "scan_link.h"
#include "scan_report.h"
#include "scan_suppress.h"
#include "unit.h"

static int set_up_driver(struct l62_scan *scan, struct l62_error *err)
{
	struct l62_driver *driver = &scan->driver;
	const GPtrArray *flags = scan->options.flags;
	GPtrArray *argv = g_ptr_array_new();
	bool needed = !scan->units.database;
	int status = L62_OK;

	g_ptr_array_add(argv, (gpointer) "clang");
	for (guint i = 0; i < flags->len; i++)
		g_ptr_array_add(argv, g_ptr_array_index(flags, i));
	g_ptr_array_add(argv, NULL);
	l62_flags_filter(&driver->extra, scan->cwd, (const char *const *)argv->pdata);
	g_ptr_array_unref(argv);
	driver->headers = scan->options.headers;
	for (guint i = 0; i < scan->options.wdk->len; i++) {
		const char *folder = g_ptr_array_index(scan->options.wdk, i);

		if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
			return l62_error_set(err, L62_E_USAGE, "--wdk %s is not a folder",
			                     folder);
		g_ptr_array_add(driver->wdk, g_canonicalize_filename(folder, NULL));
	}
	for (guint i = 0; scan->units.entries && i < scan->units.entries->len; i++) {
		const struct l62_entry *entry = g_ptr_array_index(scan->units.entries, i);

		needed = needed || l62_driver_needs_headers(driver, &entry->flags);
	}
	if (needed && l62_driver_needs_headers(driver, NULL))
		status = l62_driver_find_headers(driver, err);
	/* A build of its own may well have headers where leak62 does not look. */
	if (status != L62_OK && scan->units.database &&
	    driver->headers == L62_HEADERS_WHEN_MISSING) {
		l62_complain("warning: %s", err->text);
		status = L62_OK;
	}
	return status;
}

static void make_units(struct l62_scan *scan)
{
	char *salt =
	        g_strdup_printf("leak62 %s plugin %s clang %s facts %d %s %s", LEAK62_VERSION,
	                        scan->toolchain.plugin_version, scan->toolchain.clang_version,
	                        L62_FACTS_SCHEMA, L62_SKELETON_HEADER, L62_SUMMARIES_HEADER);

	l62_scan_units_make(&scan->units, &scan->driver, salt,
	                    scan->options.no_summaries ? L62_STAGE_ALONE : L62_STAGE_PATHS,
	                    &scan->all, &scan->chosen);
	g_free(salt);
}

static int open_work(struct l62_scan *scan, struct l62_error *err)
{
	char *above = scan->units.database ? g_path_get_dirname(scan->units.database)
	                                   : g_strdup(scan->cwd);
	char *path = scan->options.work ? g_strdup(scan->options.work)
	                                : g_build_filename(above, ".leak62", NULL);
	bool locked = false;
	int status = l62_work_open(&scan->work, path, err);

	g_free(path);
	g_free(above);
	if (status == L62_OK)
		status = l62_work_lock(&scan->work, false, &locked, err);
	if (status == L62_OK && !locked) {
		l62_complain("another scan uses %s: waiting for it to end", scan->work.path);
		status = l62_work_lock(&scan->work, true, &locked, err);
	}
	if (status == L62_OK)
		l62_work_sweep(&scan->work);
	return status;
}

static int analyse(struct l62_scan *scan, struct l62_error *err)
{
	struct l62_scan_analysis analysis = {
	        .ninja = {.leak62 = scan->toolchain.leak62,
	                  .clang = scan->toolchain.clang,
	                  .plugin = scan->toolchain.plugin,
	                  .cwd = scan->cwd,
	                  .timeout = scan->options.timeout,
	                  .jobs = scan->options.jobs,
	                  .quiet = scan->options.quiet,
	                  .verbose = scan->options.verbose},
	        .work = &scan->work,
	        .all = scan->all,
	        .chosen = scan->chosen,
	        .unknown = g_ptr_array_new(),
	};
	int status = l62_scan_analyse(&analysis, err);

	if (analysis.interrupted)
		l62_process_die(analysis.interrupted);
	for (guint i = 0; i < analysis.unknown->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(analysis.unknown, i);

		l62_complain("warning: the functions of %s are taken to do anything with what "
		             "they are given, for it could not be read: see %s/%s.log",
		             unit->source, scan->work.path, unit->facts[L62_STAGE_SKELETON]);
	}
	g_ptr_array_unref(analysis.unknown);
	return status;
}

static struct l62_scan_view view_of(const struct l62_scan *scan,
                                    const struct l62_scan_link *link)
{
	return (struct l62_scan_view){
	        .options = &scan->options,
	        .units = &scan->units,
	        .config = scan->config,
	        .cwd = scan->cwd,
	        .root = scan->root,
	        .leak62 = scan->toolchain.leak62,
	        .results = link ? link->results : NULL,
	        .whole = link && link->whole && scan->units.focus->len == 0,
	};
}

/* Everything that exits 2 when it fails. */
static int prepare(struct l62_scan *scan, struct l62_error *err)
{
	int status = l62_scan_units_choose(&scan->units, &scan->options, err);

	for (guint i = 0; i < scan->units.warnings->len; i++)
		l62_complain("warning: %s",
		             (const char *)g_ptr_array_index(scan->units.warnings, i));
	if (status == L62_OK)
		status = l62_scan_report_check(&scan->options, err);
	if (status == L62_OK)
		status = l62_scan_suppress_read(&scan->config, &scan->options,
		                                scan->units.database, scan->cwd, err);
	if (status == L62_OK)
		status = set_up_driver(scan, err);
	if (status == L62_OK)
		status = l62_toolchain_find(&scan->toolchain, scan->options.clang,
		                            scan->options.plugin, err);
	if (status != L62_OK)
		return status;
	make_units(scan);
	status = open_work(scan, err);
	if (status == L62_OK && scan->hooks) {
		struct l62_scan_view view = view_of(scan, NULL);

		status = scan->hooks->prepare(scan->hooks->data, &view, err);
	}
	return status;
}

static void free_result(gpointer result)
{
	l62_result_free(result);
}

static void free_units(gpointer units)
{
	g_ptr_array_unref(units);
}

static int exit_code_of(const GPtrArray *results)
{
	int code = L62_EXIT_CLEAN;

	for (guint i = 0; i < results->len; i++) {
		const struct l62_result *result = g_ptr_array_index(results, i);

		if (result->failed->len)
			return L62_EXIT_INCOMPLETE;
		if (l62_result_count(result, L62_NOT_SUPPRESSED))
			code = L62_EXIT_FINDINGS;
	}
	return code;
}

/* Facts to report; returns the exit code. */
static int conclude(struct l62_scan *scan)
{
	struct l62_scan_link link = {
	        .options = &scan->options,
	        .units = &scan->units,
	        .config = scan->config,
	        .work = &scan->work,
	        .chosen = scan->chosen,
	        .whole = scan->chosen->len == scan->all->len,
	        .names = g_ptr_array_new_with_free_func(g_free),
	        .results = g_ptr_array_new_with_free_func(free_result),
	        .databases = g_ptr_array_new_with_free_func(g_free),
	        .units_of = g_ptr_array_new_with_free_func(free_units),
	};
	struct l62_report_options report = {
	        .cwd = scan->cwd,
	        .command_line = scan->command_line,
	        .start = scan->start,
	        .clang = scan->toolchain.clang_version,
	        .root = scan->root,
	};
	struct l62_error err;
	int exit_code = L62_EXIT_INTERNAL;
	int status = l62_scan_link(&link, &err);

	for (guint i = 0; i < link.results->len; i++)
		l62_result_name(g_ptr_array_index(link.results, i), scan->root);
	if (status == L62_OK && scan->hooks) {
		struct l62_scan_view view = view_of(scan, &link);

		status = scan->hooks->compare(scan->hooks->data, &view, &report.gate, &err);
	}
	if (status == L62_OK) {
		exit_code = report.exit_code =
		        report.gate ? report.gate->exit_code : exit_code_of(link.results);
		status = l62_scan_report_write(&scan->options, &report, link.results,
		                               link.names, &err);
	}
	if (status != L62_OK) {
		l62_complain("%s", err.text);
		exit_code = status == L62_E_USAGE ? L62_EXIT_USAGE : L62_EXIT_INTERNAL;
	}
	g_ptr_array_unref(link.names);
	g_ptr_array_unref(link.results);
	g_ptr_array_unref(link.databases);
	g_ptr_array_unref(link.units_of);
	return exit_code;
}

static int run(struct l62_scan *scan)
{
	struct l62_error err;
	int status = prepare(scan, &err);

	if (status != L62_OK) {
		l62_complain("%s", err.text);
		return status == L62_E_INTERNAL ? L62_EXIT_INTERNAL : L62_EXIT_USAGE;
	}
	status = analyse(scan, &err);
	if (status != L62_OK) {
		l62_complain("%s", err.text);
		return status == L62_E_USAGE ? L62_EXIT_USAGE : L62_EXIT_INTERNAL;
	}
	return conclude(scan);
}

static void free_scan(struct l62_scan *scan)
{
	l62_driver_clear(&scan->driver);
	l62_scan_units_clear(&scan->units);
	l62_toolchain_clear(&scan->toolchain);
	l62_work_close(&scan->work);
	l62_config_free(scan->config);
	if (scan->chosen)
		g_ptr_array_unref(scan->chosen);
	if (scan->all)
		g_ptr_array_unref(scan->all);
	g_free(scan->cwd);
	g_free(scan->root);
	g_date_time_unref(scan->start);
}

int l62_scan_with(int argc, char **argv, const struct l62_scan_hooks *hooks)
{
	struct l62_scan scan = {.work = {.lock = -1}, .hooks = hooks};
	struct l62_error err;
	int exit_code;

	/* Before the parser moves the options to the front. */
	scan.command_line = l62_scan_report_command_line(argc, argv);
	if (l62_scan_options_parse(&scan.options, argc, argv, &err) != L62_OK) {
		l62_complain("%s", err.text);
		exit_code = L62_EXIT_USAGE;
	} else if (scan.options.help) {
		l62_scan_options_help(scan.options.gate);
		exit_code = L62_EXIT_CLEAN;
	} else if (scan.options.rules) {
		l62_scan_report_rules();
		exit_code = L62_EXIT_CLEAN;
	} else {
		scan.cwd = g_get_current_dir();
		scan.root = scan.options.root ? g_canonicalize_filename(scan.options.root, NULL)
		                              : l62_scan_report_root(scan.cwd);
		scan.start = g_date_time_new_now_utc();
		l62_driver_init(&scan.driver);
		exit_code = run(&scan);
		free_scan(&scan);
	}
	l62_scan_options_clear(&scan.options);
	g_free(scan.command_line);
	return exit_code;
}

int l62_scan_main(int argc, char **argv)
{
	return l62_scan_with(argc, argv, NULL);
}

int l62_cmd_scan(int argc, char **argv)
{
	return l62_scan_main(argc, argv);
}
