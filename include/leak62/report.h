/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What people and code review read.  The writers only format: they decide
 * nothing and never exit.
 */
#ifndef LEAK62_REPORT_H
#define LEAK62_REPORT_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

#include "leak62/error.h"
#include "leak62/finding.h"
#include "leak62/story.h"

/* A finding of an earlier run that is there no more. */
struct l62_report_fixed {
	const struct l62_rule *rule;
	const char *file; /* absolute */
	const char *function, *api;
	const char *place; /* slot or variable, or NULL */
};

/* How a run compares with an earlier one. */
struct l62_report_gate {
	const char *with;       /* what it was compared with, for people */
	const GPtrArray *fixed; /* of struct l62_report_fixed */
	bool absent;            /* SARIF: list them as well */
	unsigned fresh, known;  /* findings, one that several drivers share counted once */
	const char *next;       /* what to do, a sentence; or NULL */
	int exit_code;
};

struct l62_report_options {
	const char *driver;  /* module name shown, e.g. "mydriver" */
	bool several;        /* it is one of several: text says so with its counts */
	const char *version; /* of leak62 */
	const char *clang;   /* e.g. "19.1.7" */
	const char *root;    /* absolute; SARIF URIs are relative to it */
	const char *cwd;     /* absolute; text shows paths relative to it where below */
	const char *command_line; /* as the user typed it */
	GDateTime *start, *end;   /* UTC */
	int exit_code;       /* what the command will exit with */
	bool colour;
	bool show_suppressed; /* text: after the others */
	const struct l62_report_gate *gate; /* or NULL: nothing was compared */
	/* What a SARIF file may hold: the findings of a driver, and bytes.  The worst are
	 * kept.  0: what GitHub takes, 25000 and 10 MB. */
	unsigned sarif_findings, sarif_bytes;
};

/* Gives each finding an id that stays when lines move: eight hexadecimal digits of
 * its fingerprint below root, with ":2", ":3" where several share them. */
void l62_result_name(struct l62_result *result, const char *root);

/* Text in WinDbg's words.  Returns 0 or L62_E_IO. */
int l62_report_text(FILE *out, const struct l62_result *result,
		    const struct l62_report_options *options,
		    struct l62_error *err);

/* Comparison in a few lines: what is fixed, and the counts.  options->gate is not NULL.
 * Returns 0 or L62_E_IO. */
int l62_report_gate_text(FILE *out, const struct l62_report_options *options,
			 struct l62_error *err);

/* All findings of the drivers as a JSON object; see report/json.c.  results and names
 * as for l62_report_sarif_drivers().  Returns 0 or L62_E_IO. */
int l62_report_json(FILE *out, const GPtrArray *results, const GPtrArray *names,
		    const struct l62_report_options *options, struct l62_error *err);

/* Commands that GitHub's workflows read from the output of a step and show beside the
 * source: one for each finding, those that are known left out, and for each file that
 * could not be analysed.  Returns 0 or L62_E_IO. */
int l62_report_github(FILE *out, const GPtrArray *results, const GPtrArray *names,
		      const struct l62_report_options *options, struct l62_error *err);

/* One finding and its story.  Returns 0 or L62_E_IO. */
int l62_report_story(FILE *out, const struct l62_finding *finding,
		     const struct l62_story *story,
		     const struct l62_report_options *options,
		     struct l62_error *err);

/* SARIF 2.1.0 to path (temporary file, then rename).  Returns 0 or L62_E_IO. */
int l62_report_sarif(const char *path, const struct l62_result *result,
		     const struct l62_report_options *options,
		     struct l62_error *err);

/* The same of several drivers, a run each: results (of struct l62_result) and, with
 * the same index, their names (of char), which options need not have. */
int l62_report_sarif_drivers(const char *path, const GPtrArray *results,
			     const GPtrArray *names,
			     const struct l62_report_options *options,
			     struct l62_error *err);

/* The same to a stream. */
int l62_report_sarif_stream(FILE *out, const GPtrArray *results, const GPtrArray *names,
			    const struct l62_report_options *options,
			    struct l62_error *err);

#endif
