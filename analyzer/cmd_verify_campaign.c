/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * leak62 verify --systematic.  Exit code: 1 if there is a finding that fails; else 3 if a run
 * could not be carried out or stacks are left that were not tried; else 0.
 */
#include "cmd_verify_campaign.h"

#include <glib.h>
#include <stdio.h>
#include <unistd.h>

#include "commands.h"

enum { OCCURRENCES_MOST = 1000 };

static int take_number(const char *option, const char *text, guint64 most, guint64 *value,
                       struct l62_error *err)
{
	if (g_ascii_string_to_unsigned(text, 10, 1, most, value, NULL))
		return L62_OK;
	return l62_error_set(err, L62_E_USAGE,
	                     "%s: '%s' is no number from 1 to %" G_GUINT64_FORMAT, option, text,
	                     most);
}

int cmd_campaign_take(struct cmd_campaign *campaign, int option, const char *argument,
                      struct l62_error *err)
{
	struct l62_campaign_options *options = &campaign->options;
	guint64 value = 0;
	int status = L62_OK;

	switch (option) {
	case CMD_CAMPAIGN_SYSTEMATIC:
		campaign->systematic = true;
		return L62_OK;
	case CMD_CAMPAIGN_OCCURRENCES:
		campaign->only = "--occurrences";
		status = take_number(campaign->only, argument, OCCURRENCES_MOST, &value, err);
		options->occurrences = (unsigned)value;
		return status;
	case CMD_CAMPAIGN_RUNS:
		campaign->only = "--runs";
		status = take_number(campaign->only, argument, G_MAXUINT32, &value, err);
		options->runs_most = value;
		return status;
	case CMD_CAMPAIGN_BUDGET:
		campaign->only = "--budget";
		status = take_number(campaign->only, argument, G_MAXINT, &value, err);
		options->seconds_most = (unsigned)value;
		return status;
	default:
		campaign->only = "--tried";
		options->tried = argument;
		return L62_OK;
	}
}

int cmd_campaign_finish(struct cmd_campaign *campaign, const struct l62_verify_options *options,
                        const char *alone, struct l62_error *err)
{
	if (options->flags & L62_FLAG_SYSTEMATIC)
		campaign->systematic = true;
	if (!campaign->systematic && campaign->only)
		return l62_error_set(err, L62_E_USAGE,
		                     "%s is for many runs: give --systematic, too",
		                     campaign->only);
	if (campaign->systematic && alone)
		return l62_error_set(err, L62_E_USAGE,
		                     "%s is for a single run: leave it out, or --systematic",
		                     alone);
	return L62_OK;
}

/* The count of runs on a terminal, written over and over. */
static bool show(const struct l62_campaign_step *step, void *data)
{
	const struct l62_campaign *campaign = *(struct l62_campaign *const *)data;

	if (step->number % 32 == 1 || step->new_findings)
		fprintf(stderr, "\r%lu runs, %zu findings\033[K", step->number,
		        l62_campaign_finding_count(campaign));
	return true;
}

static int judge(const struct l62_campaign *campaign)
{
	for (size_t i = 0; i < l62_campaign_finding_count(campaign); i++) {
		if (l62_campaign_finding(campaign, i)->fails)
			return L62_EXIT_FINDINGS;
	}
	if (l62_campaign_counts(campaign).failing_before)
		return L62_EXIT_FINDINGS;
	return l62_campaign_counts(campaign).incomplete || !l62_campaign_is_complete(campaign)
	               ? L62_EXIT_INCOMPLETE
	               : L62_EXIT_CLEAN;
}

int cmd_campaign_run(const struct cmd_campaign *how, const char *image,
                     const struct l62_verify_options *options, const char *json, int *exit_code,
                     struct l62_error *err)
{
	bool terminal = isatty(STDERR_FILENO) == 1;
	struct l62_campaign *campaign;
	int status = l62_campaign_open(image, options, &how->options, &campaign, err);

	if (status != L62_OK)
		return status;
	if (*l62_campaign_note(campaign))
		l62_complain("no symbols: %s", l62_campaign_note(campaign));
	status = l62_campaign_run(campaign, options, terminal ? show : NULL, &campaign, NULL,
	                          err);
	if (terminal)
		fputs("\r\033[K", stderr);
	/* What was found before something failed is told all the same. */
	if (status == L62_OK || l62_campaign_counts(campaign).runs)
		l62_campaign_print(campaign, stdout);
	*exit_code = judge(campaign);
	if (status == L62_OK && json)
		status = l62_campaign_write_json(campaign, json, err);
	l62_campaign_close(campaign);
	return status;
}
