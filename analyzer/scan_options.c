/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Reads the command line of `leak62 scan`, `leak62 confirm` and `leak62 gate`.
 *
 * To add an option: 1. a value in scan_options_rows.h and a row in scan_options_rows.c;
 * 2. a case in take(); 3. a field in scan_options.h.
 */
#include "scan_options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "flags.h"
#include "scan_options_rows.h"
#include "vcxproj.h"
enum { BUDGET_DEFAULT = 60, OCCURRENCES_DEFAULT = 3 };

/* Clang's spelling of one of the repeatable compile options. */
static void add_flag(struct l62_scan_options *options, const char *flag)
{
	g_ptr_array_add(options->flags, g_strdup(flag));
	g_ptr_array_add(options->flags, g_strdup(optarg));
}

static void set(char **field)
{
	g_free(*field);
	*field = g_strdup(optarg);
}

static int number(unsigned *field, const char *name, unsigned least, struct l62_error *err)
{
	guint64 value;

	if (!g_ascii_string_to_unsigned(optarg, 10, least, 1000000, &value, NULL))
		return l62_error_set(err, L62_E_USAGE,
		                     "%s needs a number from %u to 1000000, not '%s'", name,
		                     least, optarg);
	*field = (unsigned)value;
	return L62_OK;
}

static int set_format(struct l62_scan_options *options, struct l62_error *err)
{
	static const char *const names[] = {[L62_FORMAT_TEXT] = "text",
	                                    [L62_FORMAT_SARIF] = "sarif",
	                                    [L62_FORMAT_JSON] = "json",
	                                    [L62_FORMAT_GITHUB] = "github"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(names[i], optarg) == 0) {
			options->format = (enum l62_format)i;
			return L62_OK;
		}
	}
	return l62_error_set(err, L62_E_USAGE,
	                     "there is no format '%s': choose text, sarif, json or github",
	                     optarg);
}

static int take(struct l62_scan_options *options, int option, struct l62_error *err)
{
	switch (option) {
	case 'p':
		set(&options->build);
		break;
	case 'I':
		add_flag(options, "-I");
		break;
	case OPTION_ISYSTEM:
		add_flag(options, "-isystem");
		break;
	case 'D':
		add_flag(options, "-D");
		break;
	case 'U':
		add_flag(options, "-U");
		break;
	case OPTION_INCLUDE:
		add_flag(options, "-include");
		break;
	case OPTION_DRIVER_HEADERS:
		options->headers = L62_HEADERS_ALWAYS;
		break;
	case OPTION_NO_DRIVER_HEADERS:
		options->headers = L62_HEADERS_NEVER;
		break;
	case OPTION_WDK:
		g_ptr_array_add(options->wdk, g_strdup(optarg));
		break;
	case OPTION_CONFIGURATION:
		set(&options->configuration);
		break;
	case OPTION_CLANG:
		set(&options->clang);
		break;
	case OPTION_PLUGIN:
		set(&options->plugin);
		break;
	case OPTION_SARIF:
		set(&options->sarif);
		break;
	case OPTION_SOURCE_ROOT:
		set(&options->root);
		break;
	case OPTION_DRIVER:
		set(&options->driver);
		break;
	case OPTION_FOCUS:
		g_ptr_array_add(options->focus, g_strdup(optarg));
		break;
	case OPTION_NO_SUMMARIES:
		options->no_summaries = true;
		break;
	case OPTION_WORK:
		set(&options->work);
		break;
	case 'j':
		return number(&options->jobs, "-j", 1, err);
	case OPTION_TU_TIMEOUT:
		return number(&options->timeout, "--tu-timeout", 0, err);
	case OPTION_CONFIG:
		set(&options->config);
		break;
	case OPTION_SHOW_SUPPRESSED:
		options->show_suppressed = true;
		break;
	case OPTION_CONFIRM:
		options->confirm = true;
		break;
	case OPTION_SCENARIO:
		g_ptr_array_add(options->scenarios, g_strdup(optarg));
		break;
	case OPTION_BUDGET:
		return number(&options->budget, "--budget", 1, err);
	case OPTION_OCCURRENCES:
		return number(&options->occurrences, "--occurrences", 1, err);
	case OPTION_LLD:
		set(&options->lld);
		break;
	case OPTION_DLLTOOL:
		set(&options->dlltool);
		break;
	case OPTION_QUIET:
		options->quiet = true;
		break;
	case OPTION_VERBOSE:
		options->verbose = true;
		break;
	case OPTION_RULES:
		options->rules = true;
		break;
	case OPTION_FORMAT:
		return set_format(options, err);
	case OPTION_BASELINE:
		set(&options->baseline);
		break;
	case OPTION_SINCE:
		set(&options->since);
		break;
	case OPTION_UPDATE_BASELINE:
		options->update_baseline = true;
		break;
	case OPTION_DIFF_BASE:
		set(&options->diff_base);
		break;
	case OPTION_FIXED_IN_SARIF:
		options->fixed_in_sarif = true;
		break;
	case 'h':
		options->help = true;
		break;
	}
	return L62_OK;
}

/* What getopt_long() refused: optopt is a letter, 0 or the value of a long
 * option, and a long option has been stepped over. */
static int refuse(int answer, const char *command, char **argv, struct l62_error *err)
{
	char letter[] = {'-', (char)optopt, '\0'};
	const char *option = optopt > 0 && optopt < OPTION_ISYSTEM ? letter : argv[optind - 1];

	if (answer == ':')
		return l62_error_set(err, L62_E_USAGE,
		                     "option '%s' needs an argument: see leak62 %s --help",
		                     option, command);
	return l62_error_set(err, L62_E_USAGE, "unknown option '%s': see leak62 %s --help",
	                     option, command);
}

static int check_gate(const struct l62_scan_options *options, struct l62_error *err)
{
	if (!options->baseline && !options->since)
		return l62_error_set(err, L62_E_USAGE,
		                     "nothing to compare with: give --baseline FILE or --since "
		                     "REV");
	if (options->baseline && options->since)
		return l62_error_set(err, L62_E_USAGE,
		                     "--baseline and --since exclude each other: choose one");
	if (options->update_baseline && !options->baseline)
		return l62_error_set(err, L62_E_USAGE,
		                     "--update-baseline needs the file: give --baseline FILE");
	if (options->diff_base && options->since)
		return l62_error_set(err, L62_E_USAGE,
		                     "--since says where the change begins: leave out "
		                     "--diff-base");
	return L62_OK;
}

static int check(const struct l62_scan_options *options, struct l62_error *err)
{
	if (options->wdk->len && options->headers == L62_HEADERS_ALWAYS)
		return l62_error_set(err, L62_E_USAGE,
		                     "--wdk and --driver-headers exclude each other: choose "
		                     "one");
	if (!options->confirm && (options->scenarios->len || options->lld || options->dlltool))
		return l62_error_set(err, L62_E_USAGE,
		                     "--scenario, --lld and --dlltool are for confirming what "
		                     "was found: add --confirm");
	if (options->command && options->build)
		return l62_error_set(err, L62_E_USAGE,
		                     "-p and a build to record (after --) exclude each other: "
		                     "choose one");
	if (options->quiet && options->verbose)
		return l62_error_set(err, L62_E_USAGE,
		                     "--quiet and --verbose exclude each other: choose one");
	return options->gate && !options->help && !options->rules ? check_gate(options, err)
	                                                          : L62_OK;
}

static struct option long_option(const struct l62_option_row *row)
{
	return (struct option){row->name, row->argument ? required_argument : no_argument, NULL,
	                       row->value};
}

/* Whether file may be meant to be scanned, not run. */
static bool is_file(const char *file)
{
	return l62_flags_language(file, false) != L62_LANGUAGE_OTHER || l62_vcxproj_is(file) ||
	       l62_solution_is(file);
}

/* Where the options end: -- with a command behind it, which is taken, or the last. */
static int take_command(struct l62_scan_options *options, int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		if (is_file(argv[i + 1]))
			break;
		options->command = g_strdupv(argv + i + 1);
		return i;
	}
	return argc;
}

int l62_scan_options_parse(struct l62_scan_options *options, int argc, char **argv,
                           struct l62_error *err)
{
	struct option *table =
	        g_new0(struct option, l62_scan_row_count + l62_gate_row_count + 1);
	GString *letters = g_string_new(":");
	int answer, status = L62_OK;
	size_t count = 0;

	memset(options, 0, sizeof(*options));
	options->files = g_ptr_array_new_with_free_func(g_free);
	options->focus = g_ptr_array_new_with_free_func(g_free);
	options->flags = g_ptr_array_new_with_free_func(g_free);
	options->wdk = g_ptr_array_new_with_free_func(g_free);
	options->scenarios = g_ptr_array_new_with_free_func(g_free);
	options->budget = BUDGET_DEFAULT;
	options->occurrences = OCCURRENCES_DEFAULT;
	argc = take_command(options, argc, argv);
	options->jobs = g_get_num_processors();
	options->timeout = 600;
	options->gate = strcmp(argv[0], "gate") == 0;
	for (size_t i = 0; options->gate && i < l62_gate_row_count; i++)
		table[count++] = long_option(&l62_gate_rows[i]);
	for (size_t i = 0; i < l62_scan_row_count; i++) {
		if (l62_scan_rows[i].value < OPTION_ISYSTEM)
			g_string_append_printf(letters, "%c%s", l62_scan_rows[i].value,
			                       l62_scan_rows[i].argument ? ":" : "");
		if (l62_scan_rows[i].name)
			table[count++] = long_option(&l62_scan_rows[i]);
	}
	opterr = 0;
	do {
		answer = getopt_long(argc, argv, letters->str, table, NULL);
		if (answer == '?' || answer == ':')
			status = refuse(answer, argv[0], argv, err);
		else if (answer != -1)
			status = take(options, answer, err);
	} while (answer != -1 && status == L62_OK);
	g_string_free(letters, TRUE);
	g_free(table);
	if (status != L62_OK)
		return status;
	for (int i = optind; i < argc; i++)
		g_ptr_array_add(options->files, g_strdup(argv[i]));
	options->confirm = options->confirm || strcmp(argv[0], "confirm") == 0;
	return check(options, err);
}

void l62_scan_options_clear(struct l62_scan_options *options)
{
	g_ptr_array_unref(options->files);
	g_ptr_array_unref(options->focus);
	g_ptr_array_unref(options->flags);
	g_ptr_array_unref(options->wdk);
	g_ptr_array_unref(options->scenarios);
	g_strfreev(options->command);
	g_free(options->configuration);
	g_free(options->lld);
	g_free(options->dlltool);
	g_free(options->build);
	g_free(options->clang);
	g_free(options->plugin);
	g_free(options->sarif);
	g_free(options->root);
	g_free(options->driver);
	g_free(options->work);
	g_free(options->config);
	g_free(options->baseline);
	g_free(options->since);
	g_free(options->diff_base);
}
