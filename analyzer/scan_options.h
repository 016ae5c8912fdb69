/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What `leak62 scan` or `leak62 gate` was asked to do. */
#ifndef LEAK62_SCAN_OPTIONS_H
#define LEAK62_SCAN_OPTIONS_H

#include <glib.h>
#include <stdbool.h>

#include "driver.h"
#include "leak62/error.h"

enum l62_format { L62_FORMAT_TEXT, L62_FORMAT_SARIF, L62_FORMAT_JSON, L62_FORMAT_GITHUB };

struct l62_scan_options {
	char *build;      /* -p: folder or file, or NULL */
	GPtrArray *files; /* of char: as typed */
	GPtrArray *focus; /* of char: --focus, as typed */
	char **command;   /* after --: the build to record, NULL-terminated; or NULL */
	bool no_summaries;
	GPtrArray *flags; /* of char: -I, -D and the like, for l62_flags_filter() */
	GPtrArray *wdk;   /* of char: as typed */
	char *configuration; /* --configuration, or NULL */
	enum l62_headers headers;
	char *clang, *plugin; /* or NULL */
	char *sarif;          /* or NULL */
	char *root;           /* --source-root, or NULL */
	char *driver;         /* --driver, or NULL */
	char *work;           /* --work, or NULL */
	unsigned jobs, timeout;
	char *config; /* --config, or NULL */
	bool show_suppressed;
	bool confirm;         /* also run the driver */
	GPtrArray *scenarios; /* of char: as typed */
	unsigned budget;      /* seconds of runs for a driver */
	unsigned occurrences; /* how often a call is failed */
	char *lld, *dlltool;  /* or NULL */
	bool quiet, verbose, rules, help;
	enum l62_format format;
	bool gate;              /* it is `leak62 gate`, which alone has what follows */
	char *baseline, *since; /* or NULL; one of them */
	char *diff_base;        /* or NULL */
	bool update_baseline, fixed_in_sarif;
};

/* Parses the arguments of the command (argv[0] is "scan", "confirm" or "gate").  The caller frees
 * options with l62_scan_options_clear() in any case.  L62_E_USAGE. */
int l62_scan_options_parse(struct l62_scan_options *options, int argc, char **argv,
                           struct l62_error *err);
void l62_scan_options_clear(struct l62_scan_options *options);

/* Prints the help of scan or of gate, or that of confirm, to standard output. */
void l62_scan_options_help(bool gate);
void l62_confirm_options_help(void);

#endif
