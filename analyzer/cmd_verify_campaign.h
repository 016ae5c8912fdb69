/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* leak62 verify --systematic: its options, and the campaign. */
#ifndef LEAK62_CMD_VERIFY_CAMPAIGN_H
#define LEAK62_CMD_VERIFY_CAMPAIGN_H

#include "leak62/campaign.h"

/* Zeroed at first; strings are the command line's. */
struct cmd_campaign {
	struct l62_campaign_options options;
	bool systematic;  /* --systematic, or --flags 0x40000 */
	const char *only; /* an option that was given and needs --systematic, or NULL */
};

/* An option as getopt_long() found it, and its argument. */
enum {
	CMD_CAMPAIGN_SYSTEMATIC,
	CMD_CAMPAIGN_OCCURRENCES,
	CMD_CAMPAIGN_RUNS,
	CMD_CAMPAIGN_BUDGET,
	CMD_CAMPAIGN_TRIED,
	CMD_CAMPAIGN_OPTIONS,
};
int cmd_campaign_take(struct cmd_campaign *campaign, int option, const char *argument,
                      struct l62_error *err);

/* When all options are read; alone: one that belongs to a single run was given, or NULL. */
int cmd_campaign_finish(struct cmd_campaign *campaign, const struct l62_verify_options *options,
                        const char *alone, struct l62_error *err);

/* Carries it out and tells; json: a file or NULL.  0 and the exit code, or what failed. */
int cmd_campaign_run(const struct cmd_campaign *campaign, const char *image,
                     const struct l62_verify_options *options, const char *json, int *exit_code,
                     struct l62_error *err);

#endif
