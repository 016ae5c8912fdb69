/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * leak62 explain: the whole story of a finding, from the database that a scan has
 * left.  A finding is named by the id behind its rule, or by FILE:LINE of its
 * allocation or of the place where it is lost; a place may name several.
 */
#include <getopt.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "databases.h"
#include "leak62/report.h"
#include "scan_report.h"

enum { DATABASE = 256, DRIVER, SOURCE_ROOT, LEAST_DIGITS = 4 };

struct explain {
	char *build, *database, *driver, *root; /* or NULL */
	bool help;
	char *cwd;
};

static void print_help(void)
{
	printf("Usage: leak62 explain [OPTIONS] FINDING...\n"
	       "Tells the whole story of a finding of the last scan: which request and which "
	       "failing\n"
	       "call lead there, as far as the source says; who acquires, stores, "
	       "copies\n"
	       "and releases what its slot holds, and which entry points lead there while "
	       "the\n"
	       "driver loads, runs and is taken down.\n\n"
	       "FINDING is the id behind the rule's name in the report, or FILE:LINE of the\n"
	       "allocation or the loss.\n\n"
	       "Options:\n"
	       "  -p DIR                 the folder that was scanned with -p; default: here\n"
	       "  --db FILE              the database itself: driver.db in the folder that\n"
	       "                         --work named\n"
	       "  --driver NAME          the driver, if there are several; else its name\n"
	       "  --source-root DIR      as the scan had it\n"
	       "  -h, --help             this text\n"
	       "\nExamples:\n"
	       "  leak62 explain -p build 1f2e3d4c\n"
	       "  leak62 explain src/io.c:38\n");
}

static void set(char **field)
{
	g_free(*field);
	*field = g_strdup(optarg);
}

static int parse(struct explain *explain, int argc, char **argv, struct l62_error *err)
{
	static const struct option table[] = {
	        {"db", required_argument, NULL, DATABASE},
	        {"driver", required_argument, NULL, DRIVER},
	        {"source-root", required_argument, NULL, SOURCE_ROOT},
	        {"help", no_argument, NULL, 'h'},
	        {0}};
	int answer;

	opterr = 0;
	while ((answer = getopt_long(argc, argv, ":p:h", table, NULL)) != -1) {
		switch (answer) {
		case 'p':
			set(&explain->build);
			break;
		case DATABASE:
			set(&explain->database);
			break;
		case DRIVER:
			set(&explain->driver);
			break;
		case SOURCE_ROOT:
			set(&explain->root);
			break;
		case 'h':
			explain->help = true;
			break;
		default:
			return l62_error_set(err, L62_E_USAGE,
			                     "%s '%s': see leak62 explain --help",
			                     answer == ':' ? "an argument is missing after"
			                                   : "unknown option",
			                     argv[optind - 1]);
		}
	}
	if (explain->build && explain->database)
		return l62_error_set(err, L62_E_USAGE,
		                     "-p and --db exclude each other: choose one");
	if (!explain->help && optind == argc)
		return l62_error_set(err, L62_E_USAGE,
		                     "no finding given: see leak62 explain --help");
	return L62_OK;
}

/* What the last scan has left: of char; at least one, which need not be there. */
static GPtrArray *find_databases(const struct explain *explain)
{
	GPtrArray *databases;
	char *work;

	if (explain->database) {
		databases = g_ptr_array_new_with_free_func(g_free);
		g_ptr_array_add(databases, g_strdup(explain->database));
		return databases;
	}
	work = l62_databases_work(explain->build);
	databases = l62_databases_in(work, explain->driver);
	g_free(work);
	return databases;
}

/* Splits FILE:LINE or FILE(LINE); NULL if it is neither. */
static char *split_place(const char *name, int *line)
{
	const char *open = strrchr(name, '(') ? strrchr(name, '(') : strrchr(name, ':');
	guint64 value;
	char *digits;
	bool read;

	if (!open || open == name)
		return NULL;
	digits = g_strdup(open + 1);
	if (*open == '(' && g_str_has_suffix(digits, ")"))
		digits[strlen(digits) - 1] = '\0';
	read = g_ascii_string_to_unsigned(digits, 10, 1, G_MAXINT, &value, NULL);
	g_free(digits);
	if (!read)
		return NULL;
	*line = (int)value;
	return g_strndup(name, (gsize)(open - name));
}

static bool is_at(const struct l62_location *at, const char *file, const char *full, int line)
{
	size_t length = strlen(file), whole = strlen(at->file);

	return at->line == line && (strcmp(at->file, full) == 0 ||
	                            (whole > length && at->file[whole - length - 1] == '/' &&
	                             strcmp(at->file + whole - length, file) == 0));
}

/* The findings that name is; not owned. */
static GPtrArray *find(const struct l62_result *result, const char *name)
{
	GPtrArray *found = g_ptr_array_new();
	int line = 0;
	char *file = split_place(name, &line);
	char *full = file ? g_canonicalize_filename(file, NULL) : NULL;

	for (guint i = 0; i < result->findings->len; i++) {
		struct l62_finding *finding = g_ptr_array_index(result->findings, i);

		if (strcmp(finding->id, name) == 0) {
			g_ptr_array_set_size(found, 0);
			g_ptr_array_add(found, finding);
			break;
		}
		if ((strlen(name) >= LEAST_DIGITS && g_str_has_prefix(finding->id, name)) ||
		    (file && (is_at(&finding->site, file, full, line) ||
		              is_at(&finding->at, file, full, line))))
			g_ptr_array_add(found, finding);
	}
	g_free(full);
	g_free(file);
	return found;
}

/* The findings of one driver that name is; *count is how many. */
static int tell(const char *database, const struct l62_result *result, const char *name,
                const struct l62_report_options *report, guint *count, struct l62_error *err)
{
	GPtrArray *found = find(result, name);
	int status = L62_OK;

	*count += found->len;
	for (guint i = 0; i < found->len && status == L62_OK; i++) {
		const struct l62_finding *finding = g_ptr_array_index(found, i);
		struct l62_story *story = NULL;

		status = l62_story_load(database, finding, &story, err);
		if (status == L62_OK)
			status = l62_report_story(stdout, finding, story, report, err);
		l62_story_free(story);
	}
	g_ptr_array_unref(found);
	return status;
}

static int tell_in(const struct explain *explain, const char *database, const char *name,
                   const char *root, guint *count, struct l62_error *err)
{
	const char *no_colour = g_getenv("NO_COLOR");
	struct l62_report_options report = {.cwd = explain->cwd, .root = root};
	struct l62_result *result = NULL;
	char *driver;
	int status;

	if (!g_file_test(database, G_FILE_TEST_EXISTS))
		return l62_error_set(err, L62_E_USAGE,
		                     "there is no %s: scan first, or name the scan's folder "
		                     "with -p or its database with --db",
		                     database);
	status = l62_result_load(database, &result, err);
	if (status != L62_OK)
		return status;
	l62_result_name(result, root);
	driver = l62_databases_driver_name(database, explain->driver, result);
	report.driver = driver;
	report.colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour);
	status = tell(database, result, name, &report, count, err);
	l62_result_free(result);
	g_free(driver);
	return status;
}

static int run(const struct explain *explain, char **names, struct l62_error *err)
{
	GPtrArray *databases = find_databases(explain);
	char *root = explain->root ? g_canonicalize_filename(explain->root, NULL)
	                           : l62_scan_report_root(explain->cwd);
	int status = L62_OK;

	for (; status == L62_OK && *names; names++) {
		guint count = 0;

		for (guint i = 0; i < databases->len && status == L62_OK; i++)
			status = tell_in(explain, g_ptr_array_index(databases, i), *names, root,
			                 &count, err);
		if (status == L62_OK && count == 0)
			status = l62_error_set(err, L62_E_USAGE,
			                       "no finding '%s' in %s%s: give an id or "
			                       "FILE:LINE as the scan's "
			                       "report shows them",
			                       *names,
			                       (const char *)g_ptr_array_index(databases, 0),
			                       databases->len > 1 ? " and the others" : "");
	}
	g_free(root);
	g_ptr_array_unref(databases);
	return status;
}

int l62_cmd_explain(int argc, char **argv)
{
	struct explain explain = {0};
	struct l62_error err;
	int exit_code = L62_EXIT_CLEAN;
	int status = parse(&explain, argc, argv, &err);

	if (status == L62_OK && explain.help) {
		print_help();
	} else if (status == L62_OK) {
		explain.cwd = g_get_current_dir();
		status = run(&explain, argv + optind, &err);
	}
	if (status != L62_OK) {
		l62_complain("%s", err.text);
		exit_code = status == L62_E_INTERNAL ? L62_EXIT_INTERNAL : L62_EXIT_USAGE;
	}
	g_free(explain.build);
	g_free(explain.database);
	g_free(explain.driver);
	g_free(explain.root);
	g_free(explain.cwd);
	return exit_code;
}
