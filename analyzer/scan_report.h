/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Where the findings of a scan go. */
#ifndef LEAK62_SCAN_REPORT_H
#define LEAK62_SCAN_REPORT_H

#include "leak62/error.h"
#include "leak62/finding.h"
#include "leak62/report.h"
#include "scan_options.h"

/* Whether what options ask for can be written.  L62_E_USAGE. */
int l62_scan_report_check(const struct l62_scan_options *options, struct l62_error *err);

/*
 * Prints the drivers' results (of struct l62_result, with ids; names of char) in the
 * format of options, and writes SARIF if they ask for it.  The caller fills in report's
 * clang, root, cwd, command_line, start, gate and exit_code; the rest is filled in here
 * and gone on return.  L62_E_IO.
 */
int l62_scan_report_write(const struct l62_scan_options *options,
                          struct l62_report_options *report, const GPtrArray *results,
                          const GPtrArray *names, struct l62_error *err);

/* The git work tree around folder, else folder itself.  Free with g_free(). */
char *l62_scan_report_root(const char *folder);

/* Prints the table of rules to standard output. */
void l62_scan_report_rules(void);

/* The command as a shell reads it.  Free with g_free(). */
char *l62_scan_report_command_line(int argc, char **argv);

#endif
