/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The options of `leak62 scan`, and of `leak62 gate`, which has some more: tables that
 * feed the parser, and the help.
 */
#include "scan_options_rows.h"

#include <stdio.h>

#include "scan_options.h"

const struct l62_option_row l62_gate_rows[] = {
        {OPTION_BASELINE, "baseline", "FILE", "compare with the findings that FILE knows"},
        {OPTION_UPDATE_BASELINE, "update-baseline", NULL,
         "write what is found into that FILE, new or not"},
        {OPTION_SINCE, "since", "REV",
         "compare with where HEAD and the git revision REV part, which\n"
         "is analysed as well, in a folder of its own"},
        {OPTION_DIFF_BASE, "diff-base", "REV",
         "the change that is looked at begins where HEAD and REV part;\n"
         "default: the target of the pull request, where CI tells it,\n"
         "else the commit that last changed the baseline"},
        {OPTION_FIXED_IN_SARIF, "fixed-in-sarif", NULL,
         "list there what is fixed as well, as absent; GitHub would\n"
         "take that for alerts"},
};

const struct l62_option_row l62_scan_rows[] = {
        {'p', NULL, "DIR", "folder with compile_commands.json, or the file itself"},
        {'I', NULL, "DIR", "search DIR for headers (repeatable, as the next four)"},
        {OPTION_ISYSTEM, "isystem", "DIR", "search DIR after those, as a folder of the system"},
        {'D', NULL, "NAME[=VALUE]", "define a macro"},
        {'U', NULL, "NAME", "undefine a macro"},
        {OPTION_INCLUDE, "include", "FILE", "include FILE before the source"},
        {OPTION_DRIVER_HEADERS, "driver-headers", NULL,
         "use mingw-w64's driver headers for every file; by default\n"
         "where no folder of the file's command holds wdm.h"},
        {OPTION_NO_DRIVER_HEADERS, "no-driver-headers", NULL, "never use them"},
        {OPTION_WDK, "wdk", "DIR", "use a WDK's headers in their place: an installed WDK, an EWDK,\n"
         "NuGet's package unpacked, or one of its include folders (repeatable)"},
        {OPTION_CONFIGURATION, "configuration", "NAME",
         "of Visual Studio projects, as Release|x64; default: Debug|x64, or\n"
         "the first one for x64"},
        {OPTION_CLANG, "clang", "PATH", "the clang that runs"},
        {OPTION_PLUGIN, "plugin", "PATH", "leak62's plugin for it"},
        {OPTION_FORMAT, "format", "NAME",
         "what to print: text, sarif, json or github (annotations of\n"
         "its workflows); default: text"},
        {OPTION_SARIF, "sarif", "FILE", "also write the findings as SARIF 2.1.0"},
        {OPTION_SOURCE_ROOT, "source-root", "DIR",
         "SARIF's paths are relative to DIR; default: the git work\n"
         "tree, else the current folder"},
        {OPTION_DRIVER, "driver", "NAME",
         "the driver's name; default: that of its folder. Of several\n"
         "drivers: only this one"},
        {OPTION_FOCUS, "focus", "FILE",
         "report on FILE alone, knowing of the others what its calls\n"
         "and slots need (repeatable)"},
        {OPTION_NO_SUMMARIES, "no-summaries", NULL,
         "let functions of other files do anything with what they\n"
         "are given"},
        {OPTION_WORK, "work", "DIR", "where results are kept; default: .leak62 in the build folder"},
        {'j', NULL, "N", "how many files to analyse at once; default: one per core"},
        {OPTION_TU_TIMEOUT, "tu-timeout", "SECONDS",
         "give up on a file after that; default 600, 0: never"},
        {OPTION_CONFIG, "config", "FILE",
         "the project file; default: .leak62.yml beside the database,\n"
         "here or at the top of the git work tree"},
        {OPTION_SHOW_SUPPRESSED, "show-suppressed", NULL,
         "also show findings that a comment or the project file suppresses"},
        {OPTION_CONFIRM, "confirm", NULL,
         "then build the driver, run it on the verifier core and say of\n"
         "each finding whether it was shown: as leak62 confirm does"},
        {OPTION_SCENARIO, "scenario", "FILE",
         "confirm: try this first, a scenario as leak62 verify takes it\n"
         "(repeatable)"},
        {OPTION_BUDGET, "budget", "SECONDS",
         "confirm: how long a driver may be run; default 60"},
        {OPTION_OCCURRENCES, "occurrences", "N",
         "confirm: fail each call that can fail up to N times; default 3"},
        {OPTION_LLD, "lld", "PATH", "confirm: the linker; default: ld.lld beside the clang"},
        {OPTION_DLLTOOL, "dlltool", "PATH",
         "confirm: llvm-dlltool; default: that beside the clang"},
        {OPTION_QUIET, "quiet", NULL, "no progress; it is shown on a terminal only"},
        {OPTION_VERBOSE, "verbose", NULL, "show the commands that run"},
        {OPTION_RULES, "rules", NULL, "print the rules and exit"},
        {'h', "help", NULL, "this text"},
};

const size_t l62_gate_row_count = G_N_ELEMENTS(l62_gate_rows);
const size_t l62_scan_row_count = G_N_ELEMENTS(l62_scan_rows);

static void print_rows(const struct l62_option_row *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct l62_option_row *row = &table[i];
		char **lines = g_strsplit(row->help, "\n", -1);
		GString *left = g_string_new("  ");

		if (row->value < OPTION_ISYSTEM)
			g_string_append_printf(left, "-%c", row->value);
		if (row->value < OPTION_ISYSTEM && row->name)
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
	print_rows(l62_scan_rows, l62_scan_row_count);
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
	print_rows(l62_gate_rows, l62_gate_row_count);
	printf("\nOptions that it shares with leak62 scan:\n");
	print_rows(l62_scan_rows, l62_scan_row_count);
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
	print_rows(l62_scan_rows, l62_scan_row_count);
	printf("\nExamples:\n"
	       "  leak62 scan -p build --sarif leaks.sarif\n"
	       "  leak62 scan MyDriver.vcxproj --configuration 'Release|x64'\n"
	       "  leak62 scan -I include src/*.c\n"
	       "  leak62 scan -- make -j4\n"
	       "  leak62 scan -p build --focus src/io.c\n");
}
