/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The subcommands.  To add one: 1. declare it here; 2. write cmd_NAME.c; 3. add
 * a row to commands[] in main.c.
 */
#ifndef LEAK62_COMMANDS_H
#define LEAK62_COMMANDS_H

#include <glib.h>

#include "leak62/error.h"

/* Each takes the arguments from its own name on and returns an enum l62_exit.
 */
int l62_cmd_scan(int argc, char **argv);
int l62_cmd_gate(int argc, char **argv);
int l62_cmd_explain(int argc, char **argv);
int l62_cmd_confirm(int argc, char **argv);
int l62_cmd_report(int argc, char **argv);
int l62_cmd_verify(int argc, char **argv);
int l62_cmd_analyze_tu(int argc, char **argv);
int l62_cmd_summarise(int argc, char **argv);

/* Prints "leak62: " and one sentence to standard error, without the control
 * characters that a name out of a build file may carry. */
void l62_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Of a command that leak62 runs itself, as "analyze-tu" (argv[0]): parses its options, beside
 * which there is nothing; and refuses what else it lacks.  0 or L62_E_USAGE. */
int l62_own_options(int argc, char **argv, const GOptionEntry *entries, struct l62_error *err);
int l62_own_use(const char *command, struct l62_error *err);

#endif
