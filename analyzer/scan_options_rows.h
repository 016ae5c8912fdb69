/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The options of `leak62 scan`, `leak62 confirm` and `leak62 gate`: shared by what parses
 * them, scan_options.c, and what says what they are, scan_options_rows.c. */
#ifndef LEAK62_SCAN_OPTIONS_ROWS_H
#define LEAK62_SCAN_OPTIONS_ROWS_H

#include <stddef.h>

/* What getopt_long() answers for an option without a letter: above all letters. */
enum {
	OPTION_ISYSTEM = 256,
	OPTION_INCLUDE,
	OPTION_DRIVER_HEADERS,
	OPTION_NO_DRIVER_HEADERS,
	OPTION_WDK,
	OPTION_CONFIGURATION,
	OPTION_CLANG,
	OPTION_PLUGIN,
	OPTION_SARIF,
	OPTION_SOURCE_ROOT,
	OPTION_DRIVER,
	OPTION_FOCUS,
	OPTION_NO_SUMMARIES,
	OPTION_WORK,
	OPTION_TU_TIMEOUT,
	OPTION_CONFIG,
	OPTION_SHOW_SUPPRESSED,
	OPTION_CONFIRM,
	OPTION_SCENARIO,
	OPTION_BUDGET,
	OPTION_OCCURRENCES,
	OPTION_LLD,
	OPTION_DLLTOOL,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_RULES,
	OPTION_FORMAT,
	OPTION_BASELINE,
	OPTION_SINCE,
	OPTION_UPDATE_BASELINE,
	OPTION_DIFF_BASE,
	OPTION_FIXED_IN_SARIF,
};

struct l62_option_row {
	int value;            /* the letter of a short option, or one from above */
	const char *name;     /* of the long option, or NULL */
	const char *argument; /* or NULL */
	const char *help;
};

/* Of all of them, and those that gate has besides. */
extern const struct l62_option_row l62_scan_rows[], l62_gate_rows[];
extern const size_t l62_scan_row_count, l62_gate_row_count;

#endif
