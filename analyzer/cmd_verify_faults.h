/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The options of leak62 verify that make calls fail, and what is told of them. */
#ifndef LEAK62_CMD_VERIFY_FAULTS_H
#define LEAK62_CMD_VERIFY_FAULTS_H

#include "leak62/verifier.h"

/* Zeroed at first; strings are the command line's. */
struct cmd_faults {
	const char *percent, *at; /* what the options say, or NULL */
	bool calls;
	struct l62_fail_at *list;
	char *command;
};

/* An option as getopt_long() found it: CMD_FAULTS_* and its argument. */
enum { CMD_FAULTS_PERCENT, CMD_FAULTS_AT, CMD_FAULTS_CALLS };
int cmd_faults_take(struct cmd_faults *faults, int option, const char *argument,
                    struct l62_error *err);
bool cmd_faults_given(const struct cmd_faults *faults);
/* When all options are read: fills the plan and the command of options, which last as long as
 * faults.  argv: the command's own, permuted or not. */
int cmd_faults_finish(struct cmd_faults *faults, struct l62_verify_options *options, int argc,
                      char **argv, struct l62_error *err);
/* What was asked for or happened, to stdout. */
void cmd_faults_tell(const struct cmd_faults *faults, const struct l62_verify *run);
void cmd_faults_clear(struct cmd_faults *faults);

#endif
