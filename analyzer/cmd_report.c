/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * leak62 report: what the last scan has left in its databases, and runs of drivers, as a
 * folder of pages.  It tells and does not judge: findings leave its exit code alone.
 */
#include <getopt.h>
#include <glib.h>
#include <stdio.h>

#include "commands.h"
#include "config.h"
#include "databases.h"
#include "html/html.h"
#include "leak62/report.h"
#include "report/suppress.h"
#include "scan_report.h"

enum { HTML = 256, WORK, DATABASE, DRIVER, SOURCE_ROOT, CONFIG, RUN };

struct report {
	char *html, *build, *work, *database, *driver, *root, *config; /* or NULL */
	GPtrArray *runs;                                               /* of char: paths */
	bool help;
	struct l62_config *project;
	struct l62_html_report content;
};

static void print_help(void)
{
	printf("Usage: leak62 report --html DIR [OPTIONS]\n"
	       "Writes the findings of the last scan as HTML: a page for each driver, and for "
	       "each\n"
	       "finding one with its steps beside the source. Begin with DIR/index.html. The "
	       "pages\n"
	       "need no network and no other file.\n\n"
	       "Options:\n"
	       "  --html DIR             where to; empty, not there, or a former report, "
	       "which\n"
	       "                         is replaced\n"
	       "  -p DIR                 the folder that was scanned with -p; default: here\n"
	       "  --work DIR             the work folder that the scan had\n"
	       "  --db FILE              the database itself\n"
	       "  --driver NAME          only that driver; with one database its name\n"
	       "  --run FILE             also a run: what leak62 verify --json wrote; may be\n"
	       "                         repeated, and is enough without a scan\n"
	       "  --source-root DIR      as the scan had it\n"
	       "  --config FILE          project file, which says what is suppressed; "
	       "default:\n"
	       "                         as the scan finds it\n"
	       "  -h, --help             this text\n"
	       "\nExample:\n"
	       "  leak62 report -p build --html report\n");
}

static void set(char **field)
{
	g_free(*field);
	*field = g_strdup(optarg);
}

static char **field_of(struct report *report, int option)
{
	switch (option) {
	case HTML:
		return &report->html;
	case WORK:
		return &report->work;
	case DATABASE:
		return &report->database;
	case DRIVER:
		return &report->driver;
	case SOURCE_ROOT:
		return &report->root;
	case CONFIG:
		return &report->config;
	case 'p':
		return &report->build;
	default:
		return NULL;
	}
}

static int check(const struct report *report, int argc, char **argv, struct l62_error *err)
{
	if (report->help)
		return L62_OK;
	if (optind < argc)
		return l62_error_set(err, L62_E_USAGE,
		                     "'%s' is one argument too many: see leak62 report --help",
		                     argv[optind]);
	if (!report->html || !*report->html)
		return l62_error_set(err, L62_E_USAGE,
		                     "say with --html where the pages go: see leak62 report "
		                     "--help");
	if ((report->build != NULL) + (report->work != NULL) + (report->database != NULL) > 1)
		return l62_error_set(err, L62_E_USAGE,
		                     "-p, --work and --db exclude each other: choose one");
	return L62_OK;
}

static int parse(struct report *report, int argc, char **argv, struct l62_error *err)
{
	static const struct option table[] = {
	        {"html", required_argument, NULL, HTML},
	        {"work", required_argument, NULL, WORK},
	        {"db", required_argument, NULL, DATABASE},
	        {"driver", required_argument, NULL, DRIVER},
	        {"source-root", required_argument, NULL, SOURCE_ROOT},
	        {"config", required_argument, NULL, CONFIG},
	        {"run", required_argument, NULL, RUN},
	        {"help", no_argument, NULL, 'h'},
	        {0}};
	int answer;

	opterr = 0;
	while ((answer = getopt_long(argc, argv, ":p:h", table, NULL)) != -1) {
		char **field = field_of(report, answer);

		if (field)
			set(field);
		else if (answer == RUN)
			g_ptr_array_add(report->runs, g_strdup(optarg));
		else if (answer == 'h')
			report->help = true;
		else
			return l62_error_set(err, L62_E_USAGE,
			                     "%s '%s': see leak62 report --help",
			                     answer == ':' ? "an argument is missing after"
			                                   : "unknown option",
			                     argv[optind - 1]);
	}
	return check(report, argc, argv, err);
}

/* The scan's databases; NULL when only runs are wanted. */
static GPtrArray *find_databases(const struct report *report)
{
	bool asked = report->build || report->work || report->database;
	GPtrArray *databases;
	char *work;

	if (report->database) {
		databases = g_ptr_array_new_with_free_func(g_free);
		g_ptr_array_add(databases, g_strdup(report->database));
		return databases;
	}
	work = report->work ? g_strdup(report->work) : l62_databases_work(report->build);
	databases = l62_databases_in(work, report->driver);
	g_free(work);
	if (!asked && report->runs->len &&
	    !g_file_test(g_ptr_array_index(databases, 0), G_FILE_TEST_EXISTS))
		g_clear_pointer(&databases, g_ptr_array_unref);
	return databases;
}

static int read_project(struct report *report, const char *database, const char *cwd,
                        struct l62_error *err)
{
	g_autofree char *work = g_path_get_dirname(database);
	g_autofree char *beside = NULL, *above = NULL;
	g_autofree char *root = l62_scan_report_root(cwd), *path = NULL;
	const char *folders[5] = {NULL};

	/* DIR/.leak62/driver.db, or DIR/.leak62/drivers/NAME.db */
	beside = g_path_get_dirname(work);
	above = g_path_get_dirname(beside);
	folders[0] = g_str_has_suffix(work, G_DIR_SEPARATOR_S "drivers") ? above : beside;
	folders[1] = cwd;
	folders[2] = root;
	path = report->config ? g_strdup(report->config) : l62_config_find(folders);
	return path ? l62_config_read(path, &report->project, err) : L62_OK;
}

static int add_driver(struct report *report, const char *database, struct l62_error *err)
{
	g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *name = NULL;
	struct l62_result *result = NULL;
	int status;

	if (!g_file_test(database, G_FILE_TEST_EXISTS))
		return l62_error_set(err, L62_E_USAGE,
		                     "there is no %s: scan first, or name the scan's folder "
		                     "with -p or --work or its database with --db",
		                     database);
	status = l62_result_load(database, &result, err);
	if (status == L62_OK)
		status = l62_result_load_proofs(result, database, err);
	if (status != L62_OK) {
		l62_result_free(result);
		return status;
	}
	l62_suppress(result, report->project, false, warnings);
	l62_result_name(result, report->content.root);
	name = l62_databases_driver_name(database, report->driver, result);
	g_ptr_array_add(report->content.drivers, l62_html_driver_new(name, database, result));
	return L62_OK;
}

static int add_drivers(struct report *report, const GPtrArray *databases, const char *cwd,
                       struct l62_error *err)
{
	int status = read_project(report, g_ptr_array_index(databases, 0), cwd, err);

	for (guint i = 0; i < databases->len && status == L62_OK; i++)
		status = add_driver(report, g_ptr_array_index(databases, i), err);
	return status;
}

static int add_runs(struct report *report, struct l62_error *err)
{
	int status = L62_OK;

	for (guint i = 0; i < report->runs->len && status == L62_OK; i++) {
		struct l62_html_run *run;

		status = l62_html_run_read(g_ptr_array_index(report->runs, i), &run, err);
		if (status == L62_OK)
			g_ptr_array_add(report->content.runs, run);
	}
	return status;
}

/* Reads everything, then writes; *writing says how far it came. */
static int run(struct report *report, bool *writing, struct l62_error *err)
{
	g_autofree char *cwd = g_get_current_dir();
	g_autofree char *root = report->root ? g_canonicalize_filename(report->root, NULL)
	                                     : l62_scan_report_root(cwd);
	GPtrArray *databases = find_databases(report);
	int status = L62_OK;

	report->content.root = root;
	report->content.version = LEAK62_VERSION;
	if (databases) {
		status = add_drivers(report, databases, cwd, err);
		g_ptr_array_unref(databases);
	}
	if (status == L62_OK)
		status = add_runs(report, err);
	if (status == L62_OK) {
		*writing = true;
		status = l62_html_write(&report->content, report->html, err);
	}
	if (status == L62_OK)
		printf("%s/index.html\n", report->html);
	return status;
}

int l62_cmd_report(int argc, char **argv)
{
	struct report report = {
	        .runs = g_ptr_array_new_with_free_func(g_free),
	        .content = {.drivers = g_ptr_array_new_with_free_func(l62_html_driver_free),
	                    .runs = g_ptr_array_new_with_free_func(l62_html_run_free)},
	};
	struct l62_error err;
	bool writing = false;
	int exit_code = L62_EXIT_CLEAN;
	int status = parse(&report, argc, argv, &err);

	if (status == L62_OK && report.help)
		print_help();
	else if (status == L62_OK)
		status = run(&report, &writing, &err);
	if (status != L62_OK) {
		l62_complain("%s", err.text);
		exit_code = status == L62_E_INTERNAL || (writing && status == L62_E_IO)
		                    ? L62_EXIT_INTERNAL
		                    : L62_EXIT_USAGE;
	}
	l62_config_free(report.project);
	g_ptr_array_unref(report.runs);
	g_ptr_array_unref(report.content.drivers);
	g_ptr_array_unref(report.content.runs);
	g_free(report.html);
	g_free(report.build);
	g_free(report.work);
	g_free(report.database);
	g_free(report.driver);
	g_free(report.root);
	g_free(report.config);
	return exit_code;
}
