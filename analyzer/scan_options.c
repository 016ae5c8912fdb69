/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The options of `leak62 scan`, and of `leak62 gate`, which has some more.  Tables feed
 * the parser and the help.
 *
 * To add an option: 1. a row in rows[] or gate_rows[]; 2. a case in take(); 3. a field
 * in scan_options.h.
 */
#include "scan_options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "flags.h"
#include "vcxproj.h"

enum {
	ISYSTEM = 256,
	INCLUDE,
	DRIVER_HEADERS,
	NO_DRIVER_HEADERS,
	WDK,
	CONFIGURATION,
	CLANG,
	PLUGIN,
	SARIF,
	SOURCE_ROOT,
	DRIVER,
	FOCUS,
	NO_SUMMARIES,
	WORK,
	TU_TIMEOUT,
	CONFIG,
	SHOW_SUPPRESSED,
	CONFIRM,
	SCENARIO,
	BUDGET,
	OCCURRENCES,
	LLD,
	DLLTOOL,
	QUIET,
	VERBOSE,
	RULES,
	FORMAT,
	BASELINE,
	SINCE,
	UPDATE_BASELINE,
	DIFF_BASE,
	FIXED_IN_SARIF,
};

enum { BUDGET_DEFAULT = 60, OCCURRENCES_DEFAULT = 3 };

struct row {
	int value;            /* the letter of a short option, or one from above */
	const char *name;     /* of the long option, or NULL */
	const char *argument; /* or NULL */
	const char *help;
};

static const struct row gate_rows[] = {
        {BASELINE, "baseline", "FILE", "compare with the findings that FILE knows"},
        {UPDATE_BASELINE, "update-baseline", NULL,
         "write what is found into that FILE, new or not"},
        {SINCE, "since", "REV",
         "compare with where HEAD and the git revision REV part, which\n"
         "is analysed as well, in a folder of its own"},
        {DIFF_BASE, "diff-base", "REV",
         "the change that is looked at begins where HEAD and REV part;\n"
         "default: the target of the pull request, where CI tells it,\n"
         "else the commit that last changed the baseline"},
        {FIXED_IN_SARIF, "fixed-in-sarif", NULL,
         "list there what is fixed as well, as absent; GitHub would\n"
         "take that for alerts"},
};

static const struct row rows[] = {
        {'p', NULL, "DIR", "folder with compile_commands.json, or the file itself"},
        {'I', NULL, "DIR", "search DIR for headers (repeatable, as the next four)"},
        {ISYSTEM, "isystem", "DIR", "search DIR after those, as a folder of the system"},
        {'D', NULL, "NAME[=VALUE]", "define a macro"},
        {'U', NULL, "NAME", "undefine a macro"},
        {INCLUDE, "include", "FILE", "include FILE before the source"},
        {DRIVER_HEADERS, "driver-headers", NULL,
         "use mingw-w64's driver headers for every file; by default\n"
         "where no folder of the file's command holds wdm.h"},
        {NO_DRIVER_HEADERS, "no-driver-headers", NULL, "never use them"},
        {WDK, "wdk", "DIR", "use a WDK's headers in their place: an installed WDK, an EWDK,\n"
         "NuGet's package unpacked, or one of its include folders (repeatable)"},
        {CONFIGURATION, "configuration", "NAME",
         "of Visual Studio projects, as Release|x64; default: Debug|x64, or\n"
         "the first one for x64"},
        {CLANG, "clang", "PATH", "the clang that runs"},
        {PLUGIN, "plugin", "PATH", "leak62's plugin for it"},
        {FORMAT, "format", "NAME",
         "what to print: text, sarif, json or github (annotations of\n"
         "its workflows); default: text"},
        {SARIF, "sarif", "FILE", "also write the findings as SARIF 2.1.0"},
        {SOURCE_ROOT, "source-root", "DIR",
         "SARIF's paths are relative to DIR; default: the git work\n"
         "tree, else the current folder"},
        {DRIVER, "driver", "NAME",
         "the driver's name; default: that of its folder. Of several\n"
         "drivers: only this one"},
        {FOCUS, "focus", "FILE",
         "report on FILE alone, knowing of the others what its calls\n"
         "and slots need (repeatable)"},
        {NO_SUMMARIES, "no-summaries", NULL,
         "let functions of other files do anything with what they\n"
         "are given"},
        {WORK, "work", "DIR", "where results are kept; default: .leak62 in the build folder"},
        {'j', NULL, "N", "how many files to analyse at once; default: one per core"},
        {TU_TIMEOUT, "tu-timeout", "SECONDS",
         "give up on a file after that; default 600, 0: never"},
        {CONFIG, "config", "FILE",
         "the project file; default: .leak62.yml beside the database,\n"
         "here or at the top of the git work tree"},
        {SHOW_SUPPRESSED, "show-suppressed", NULL,
         "also show findings that a comment or the project file suppresses"},
        {CONFIRM, "confirm", NULL,
         "then build the driver, run it on the verifier core and say of\n"
         "each finding whether it was shown: as leak62 confirm does"},
        {SCENARIO, "scenario", "FILE",
         "confirm: try this first, a scenario as leak62 verify takes it\n"
         "(repeatable)"},
        {BUDGET, "budget", "SECONDS",
         "confirm: how long a driver may be run; default 60"},
        {OCCURRENCES, "occurrences", "N",
         "confirm: fail each call that can fail up to N times; default 3"},
        {LLD, "lld", "PATH", "confirm: the linker; default: ld.lld beside the clang"},
        {DLLTOOL, "dlltool", "PATH",
         "confirm: llvm-dlltool; default: that beside the clang"},
        {QUIET, "quiet", NULL, "no progress; it is shown on a terminal only"},
        {VERBOSE, "verbose", NULL, "show the commands that run"},
        {RULES, "rules", NULL, "print the rules and exit"},
        {'h', "help", NULL, "this text"},
};

static void print_rows(const struct row *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &table[i];
		char **lines = g_strsplit(row->help, "\n", -1);
		GString *left = g_string_new("  ");

		if (row->value < ISYSTEM)
			g_string_append_printf(left, "-%c", row->value);
		if (row->value < ISYSTEM && row->name)
			g_string_append(left, ", ");
		if (row->name)
			g_string_append_printf(left, "--%s", row->name);
		if (row->argument)
			g_string_append_printf(left, " %s", row->argument);
		printf("%-24s %s\n", left->str, lines[0]);
		for (char **line = lines + 1; *line; line++)
			printf("%-24s %s\n", "", *line);
		g_string_free(left, TRUE);
		g_strfreev(lines);
	}
}

void l62_confirm_options_help(void)
{
	printf("Usage: leak62 confirm [OPTIONS] [-p BUILD_DIR] [FILE...]\n"
	       "Scans a driver, builds it, runs it on the verifier core and makes each call "
	       "fail\n"
	       "that can; says of each finding whether it was shown (confirmed), whether the\n"
	       "place never ran (not reached), or ran and left nothing (refuted).\n\n"
	       "Options:\n");
	print_rows(rows, G_N_ELEMENTS(rows));
	printf("\nExit code: as leak62 scan; 3 also if the driver could not be built or run.\n"
	       "\nExamples:\n"
	       "  leak62 confirm -p build\n"
	       "  leak62 confirm -p build --scenario tests/requests.json --budget 300\n");
}

static void gate_help(void)
{
	printf("Usage: leak62 gate --baseline FILE [OPTIONS] [-p BUILD_DIR] [FILE...]\n"
	       "       leak62 gate --since REV [OPTIONS] [-p BUILD_DIR] [FILE...]\n"
	       "Scans a driver and fails on findings that are new: exit code 1 if there "
	       "are any, 3\n"
	       "if a file could not be analysed, else 0.  A finding stays known when its "
	       "code\n"
	       "moves, is formatted anew or goes to another file.\n\n"
	       "Options:\n");
	print_rows(gate_rows, G_N_ELEMENTS(gate_rows));
	printf("\nOptions that it shares with leak62 scan:\n");
	print_rows(rows, G_N_ELEMENTS(rows));
	printf("\nExamples:\n"
	       "  leak62 gate --baseline leak62.baseline --update-baseline -p build\n"
	       "  leak62 gate --baseline leak62.baseline -p build --sarif leaks.sarif\n"
	       "  leak62 gate --since origin/main -p build --format github\n");
}

void l62_scan_options_help(bool gate)
{
	if (gate) {
		gate_help();
		return;
	}
	printf("Usage: leak62 scan [OPTIONS] [-p BUILD_DIR] [FILE...] [-- BUILD COMMAND]\n"
	       "Finds what a driver allocates and leaves behind at unload.  Reads "
	       "the compile\n"
	       "database of a build; FILEs pick from it.  Without -p, FILEs are read "
	       "with the\n"
	       "flags usual for drivers; without both, the database is looked for "
	       "here.  FILE may be a Visual Studio project or solution (.vcxproj, .sln).  A\n"
	       "command after -- is run to record what it compiles (with Bear).\n\n"
	       "Options:\n");
	print_rows(rows, G_N_ELEMENTS(rows));
	printf("\nExamples:\n"
	       "  leak62 scan -p build --sarif leaks.sarif\n"
	       "  leak62 scan MyDriver.vcxproj --configuration 'Release|x64'\n"
	       "  leak62 scan -I include src/*.c\n"
	       "  leak62 scan -- make -j4\n"
	       "  leak62 scan -p build --focus src/io.c\n");
}

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
	case ISYSTEM:
		add_flag(options, "-isystem");
		break;
	case 'D':
		add_flag(options, "-D");
		break;
	case 'U':
		add_flag(options, "-U");
		break;
	case INCLUDE:
		add_flag(options, "-include");
		break;
	case DRIVER_HEADERS:
		options->headers = L62_HEADERS_ALWAYS;
		break;
	case NO_DRIVER_HEADERS:
		options->headers = L62_HEADERS_NEVER;
		break;
	case WDK:
		g_ptr_array_add(options->wdk, g_strdup(optarg));
		break;
	case CONFIGURATION:
		set(&options->configuration);
		break;
	case CLANG:
		set(&options->clang);
		break;
	case PLUGIN:
		set(&options->plugin);
		break;
	case SARIF:
		set(&options->sarif);
		break;
	case SOURCE_ROOT:
		set(&options->root);
		break;
	case DRIVER:
		set(&options->driver);
		break;
	case FOCUS:
		g_ptr_array_add(options->focus, g_strdup(optarg));
		break;
	case NO_SUMMARIES:
		options->no_summaries = true;
		break;
	case WORK:
		set(&options->work);
		break;
	case 'j':
		return number(&options->jobs, "-j", 1, err);
	case TU_TIMEOUT:
		return number(&options->timeout, "--tu-timeout", 0, err);
	case CONFIG:
		set(&options->config);
		break;
	case SHOW_SUPPRESSED:
		options->show_suppressed = true;
		break;
	case CONFIRM:
		options->confirm = true;
		break;
	case SCENARIO:
		g_ptr_array_add(options->scenarios, g_strdup(optarg));
		break;
	case BUDGET:
		return number(&options->budget, "--budget", 1, err);
	case OCCURRENCES:
		return number(&options->occurrences, "--occurrences", 1, err);
	case LLD:
		set(&options->lld);
		break;
	case DLLTOOL:
		set(&options->dlltool);
		break;
	case QUIET:
		options->quiet = true;
		break;
	case VERBOSE:
		options->verbose = true;
		break;
	case RULES:
		options->rules = true;
		break;
	case FORMAT:
		return set_format(options, err);
	case BASELINE:
		set(&options->baseline);
		break;
	case SINCE:
		set(&options->since);
		break;
	case UPDATE_BASELINE:
		options->update_baseline = true;
		break;
	case DIFF_BASE:
		set(&options->diff_base);
		break;
	case FIXED_IN_SARIF:
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
	const char *option = optopt > 0 && optopt < ISYSTEM ? letter : argv[optind - 1];

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

static struct option long_option(const struct row *row)
{
	return (struct option){row->name, row->argument ? required_argument : no_argument, NULL,
	                       row->value};
}

/* Whether file may be meant to be scanned, not run. */
static bool is_file(const char *file)
{
	return l62_flags_language(file, false) != L62_LANGUAGE_OTHER ||
	       l62_vcxproj_is(file) || l62_solution_is(file);
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
	struct option table[G_N_ELEMENTS(rows) + G_N_ELEMENTS(gate_rows) + 1] = {0};
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
	for (size_t i = 0; options->gate && i < G_N_ELEMENTS(gate_rows); i++)
		table[count++] = long_option(&gate_rows[i]);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].value < ISYSTEM)
			g_string_append_printf(letters, "%c%s", rows[i].value,
			                       rows[i].argument ? ":" : "");
		if (rows[i].name)
			table[count++] = long_option(&rows[i]);
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
