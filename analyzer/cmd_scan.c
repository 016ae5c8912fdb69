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
#include "leak62/verifier.h"
#include "process.h"
#include "record.h"
#include "scan.h"
#include "scan_analyse.h"
#include "scan_confirm.h"
#include "scan_link.h"
#include "scan_projects.h"
#include "scan_report.h"
#include "scan_set_up.h"
#include "scan_suppress.h"
#include "unit.h"

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

/* Runs the build that is to be recorded; its database is as one that -p names. */
static int record(struct l62_scan *scan, struct l62_error *err)
{
	struct l62_scan_options *options = &scan->options;

	options->build = g_build_filename(options->work ? options->work : ".leak62",
	                                  "compile_commands.json", NULL);
	return l62_record_build(options->command, options->build, err);
}

/* Everything that exits 2 when it fails. */
static int prepare(struct l62_scan *scan, struct l62_error *err)
{
	int status = scan->options.command ? record(scan, err) : L62_OK;

	if (status != L62_OK)
		return status;
	status = l62_scan_units_choose(&scan->units, &scan->options, err);
	for (guint i = 0; i < scan->units.warnings->len; i++)
		l62_complain("warning: %s",
		             (const char *)g_ptr_array_index(scan->units.warnings, i));
	if (status == L62_OK)
		status = l62_scan_report_check(&scan->options, err);
	if (status == L62_OK)
		status = l62_scan_suppress_read(&scan->config, &scan->options,
		                                scan->units.database, scan->cwd, err);
	if (status == L62_OK)
		status = l62_scan_set_up_driver(&scan->driver, &scan->options, &scan->units,
		                                scan->cwd, err);
	for (guint i = 0; status == L62_OK && scan->config && i < scan->config->resources->len;
	     i++)
		g_ptr_array_add(
		        scan->driver.resources,
		        l62_config_resource_row(g_ptr_array_index(scan->config->resources, i)));
	if (status == L62_OK)
		status = l62_toolchain_find(&scan->toolchain, scan->options.clang,
		                            scan->options.plugin, err);
	for (guint i = 0; status == L62_OK && i < scan->options.scenarios->len; i++)
		status = l62_verify_check_scenario(
		        g_ptr_array_index(scan->options.scenarios, i), err);
	if (status == L62_OK && scan->options.confirm)
		status = l62_image_tools_find(&scan->tools, scan->toolchain.clang,
		                              scan->options.lld, scan->options.dlltool, err);
	if (status != L62_OK)
		return status;
	status = l62_scan_open_work(&scan->work, &scan->options, &scan->units, scan->cwd, err);
	if (status == L62_OK && scan->units.projects)
		status = l62_scan_projects_overlay(&scan->driver, &scan->units, &scan->work, err);
	if (status == L62_OK)
		make_units(scan);
	if (status == L62_OK && scan->options.confirm)
		status = l62_scan_units_assembler(&scan->units, &scan->assembler, err);
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
	struct l62_scan_confirm *confirm = NULL;
	int status = l62_scan_link(&link, &err);

	if (status == L62_OK && scan->options.confirm)
		status = l62_scan_confirm(scan, &link, &confirm, &err);
	for (guint i = 0; i < link.results->len; i++)
		l62_result_name(g_ptr_array_index(link.results, i), scan->root);
	if (status == L62_OK && scan->hooks) {
		struct l62_scan_view view = view_of(scan, &link);

		status = scan->hooks->compare(scan->hooks->data, &view, &report.gate, &err);
	}
	if (status == L62_OK) {
		exit_code = report.gate ? report.gate->exit_code : exit_code_of(link.results);
		if (confirm && !l62_scan_confirm_is_complete(confirm))
			exit_code = L62_EXIT_INCOMPLETE;
		report.exit_code = exit_code;
		if (confirm)
			l62_scan_confirm_print(
			        confirm,
			        scan->options.format == L62_FORMAT_TEXT ? stdout : stderr);
		status = l62_scan_report_write(&scan->options, &report, link.results,
		                               link.names, &err);
	}
	if (status != L62_OK) {
		l62_complain("%s", err.text);
		exit_code = status == L62_E_USAGE ? L62_EXIT_USAGE : L62_EXIT_INTERNAL;
	}
	l62_scan_confirm_free(confirm);
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
	l62_image_tools_clear(&scan->tools);
	l62_work_close(&scan->work);
	l62_config_free(scan->config);
	if (scan->chosen)
		g_ptr_array_unref(scan->chosen);
	if (scan->all)
		g_ptr_array_unref(scan->all);
	if (scan->assembler)
		g_ptr_array_unref(scan->assembler);
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
		if (scan.options.confirm)
			l62_confirm_options_help();
		else
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

int l62_cmd_scan(int argc, char **argv)
{
	return l62_scan_with(argc, argv, NULL);
}

int l62_cmd_confirm(int argc, char **argv)
{
	return l62_scan_with(argc, argv, NULL);
}
