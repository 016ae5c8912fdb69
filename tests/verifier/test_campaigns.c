/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Campaigns as other parts of leak62 use them: a callback for each run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "leak62/campaign.h"

/* What MyDriver calls that can fail: a device and its link at load, and for FILL the buffer,
 * the MDL and the work item. */
enum { FILL = 0x22a004, AT_LOAD = 2, AT_FILL = 3, MOST = 32 };

struct seen {
	unsigned long runs, baselines, stop_at;
	uint64_t calls[MOST];
	size_t blocks[MOST], new_findings[MOST];
	char *replays[MOST];
};

static bool see(const struct l62_campaign_step *step, void *data)
{
	struct seen *seen = data;
	unsigned long i = seen->runs++;

	assert_true(i < MOST);
	assert_int_equal(step->number, seen->runs);
	seen->baselines += step->baseline;
	seen->calls[i] = step->call;
	seen->blocks[i] = l62_verify_block_count(step->run);
	seen->new_findings[i] = step->new_findings;
	seen->replays[i] = l62_verify_replay(step->run);
	return seen->runs != seen->stop_at;
}

static void forget(struct seen *seen)
{
	for (unsigned long i = 0; i < seen->runs; i++)
		free(seen->replays[i]);
	*seen = (struct seen){0};
}

static const uint32_t fill[] = {FILL};

static struct l62_verify_options options_of(size_t ioctls)
{
	return (struct l62_verify_options){.flags = l62_verify_flags_default(),
	                                   .ioctls = fill,
	                                   .ioctl_count = ioctls,
	                                   .buffer_size = 256,
	                                   .seconds = 60,
	                                   .command = "leak62 verify x"};
}

static struct l62_campaign *open_campaign(const struct l62_campaign_options *how)
{
	struct l62_verify_options options = options_of(0);
	struct l62_campaign *campaign;
	struct l62_error err;

	if (l62_campaign_open(MYDRIVER ".sys", &options, how, &campaign, &err) != L62_OK)
		fail_msg("%s", err.text);
	return campaign;
}

static enum l62_campaign_end go(struct l62_campaign *campaign,
                                const struct l62_verify_options *options, struct seen *seen)
{
	enum l62_campaign_end end;
	struct l62_error err;

	if (l62_campaign_run(campaign, options, see, seen, &end, &err) != L62_OK)
		fail_msg("%s", err.text);
	return end;
}

static void test_each_run(void **state)
{
	struct l62_campaign_options how = {0};
	struct l62_campaign *campaign = open_campaign(&how);
	struct l62_verify_options options = options_of(1);
	struct seen seen = {0};

	(void)state;
	assert_int_equal(go(campaign, &options, &seen), L62_CAMPAIGN_COMPLETE);
	/* The first one and the last one without a failure. */
	assert_int_equal(seen.runs, 1 + AT_LOAD + AT_FILL + 1);
	assert_int_equal(seen.baselines, 1);
	assert_int_equal(seen.calls[0], 0);
	assert_int_equal(seen.blocks[0], 3);
	assert_int_equal(seen.new_findings[0], 1);
	assert_null(seen.replays[0]);
	for (unsigned long i = 1; i + 1 < seen.runs; i++) {
		char replay[64];

		assert_int_equal(seen.calls[i], i);
		snprintf(replay, sizeof(replay), "leak62 verify x --fail-at %lu", i);
		assert_string_equal(seen.replays[i], replay);
	}
	assert_int_equal(seen.calls[seen.runs - 1], 0);
	assert_int_equal(seen.blocks[seen.runs - 1], 3);
	assert_int_equal(l62_campaign_counts(campaign).tried, AT_LOAD + AT_FILL);
	assert_true(l62_campaign_is_complete(campaign));
	forget(&seen);
	l62_campaign_close(campaign);
}

static void test_stop(void **state)
{
	struct l62_campaign_options how = {0};
	struct l62_campaign *campaign = open_campaign(&how);
	struct l62_verify_options options = options_of(1);
	struct seen seen = {.stop_at = 1};

	(void)state;
	assert_int_equal(go(campaign, &options, &seen), L62_CAMPAIGN_STOPPED);
	assert_int_equal(seen.runs, 1);
	assert_int_equal(l62_campaign_counts(campaign).tried, 0);
	assert_false(l62_campaign_is_complete(campaign));
	forget(&seen);
	l62_campaign_close(campaign);
	campaign = open_campaign(&how);
	seen.stop_at = 3;
	assert_int_equal(go(campaign, &options, &seen), L62_CAMPAIGN_STOPPED);
	assert_int_equal(seen.runs, 3);
	assert_int_equal(seen.calls[2], 2);
	forget(&seen);
	l62_campaign_close(campaign);
}

/* Two scenarios: each by itself tries all of its own stacks, together only what is new. */
static void check_scenarios(bool across, unsigned long tried)
{
	struct l62_campaign_options how = {.across_scenarios = across};
	struct l62_campaign *campaign = open_campaign(&how);
	struct l62_verify_options without = options_of(0), with = options_of(1);
	struct seen seen = {0};

	assert_int_equal(go(campaign, &without, &seen), L62_CAMPAIGN_COMPLETE);
	assert_int_equal(seen.runs, 1 + AT_LOAD + 1);
	assert_int_equal(go(campaign, &with, &seen), L62_CAMPAIGN_COMPLETE);
	assert_int_equal(seen.baselines, 2);
	assert_int_equal(seen.runs, tried + 4);
	assert_int_equal(l62_campaign_counts(campaign).scenarios, 2);
	assert_int_equal(l62_campaign_finding_count(campaign), 1);
	assert_int_equal(l62_campaign_finding(campaign, 0)->run, 1 + AT_LOAD + 1 + 1);
	forget(&seen);
	l62_campaign_close(campaign);
}

static void test_scenarios(void **state)
{
	(void)state;
	check_scenarios(false, AT_LOAD + AT_LOAD + AT_FILL);
	check_scenarios(true, AT_LOAD + AT_FILL);
}

/* Calls that are chosen by number: one run. */
static void test_planned(void **state)
{
	static const struct l62_fail_at at[] = {{.call = AT_LOAD + 1}};
	struct l62_campaign_options how = {0};
	struct l62_campaign *campaign = open_campaign(&how);
	struct l62_verify_options options = options_of(1);
	struct seen seen = {0};

	(void)state;
	options.faults = (struct l62_fault_plan){
	        .mode = L62_FAULTS_AT, .at = at, .at_count = sizeof(at) / sizeof(*at)};
	assert_int_equal(go(campaign, &options, &seen), L62_CAMPAIGN_COMPLETE);
	assert_int_equal(seen.runs, 1);
	assert_int_equal(seen.baselines, 0);
	assert_int_equal(seen.calls[0], AT_LOAD + 1);
	assert_string_equal(seen.replays[0], "leak62 verify x --fail-at 3");
	forget(&seen);
	l62_campaign_close(campaign);
}

/* The limits are the campaign's, whatever the scenario. */
static void test_limits(void **state)
{
	struct l62_campaign_options how = {.runs_most = 5};
	struct l62_campaign *campaign = open_campaign(&how);
	struct l62_verify_options options = options_of(0);
	struct seen seen = {0};

	(void)state;
	assert_int_equal(go(campaign, &options, &seen), L62_CAMPAIGN_COMPLETE);
	assert_int_equal(go(campaign, &options, &seen), L62_CAMPAIGN_RUNS);
	assert_int_equal(go(campaign, &options, &seen), L62_CAMPAIGN_RUNS);
	assert_int_equal(seen.runs, 5);
	forget(&seen);
	l62_campaign_close(campaign);
}

static void test_no_scenario(void **state)
{
	struct l62_campaign_options how = {0};
	struct l62_campaign *campaign = open_campaign(&how);
	struct l62_verify_options options = options_of(0);
	struct l62_error err;

	(void)state;
	options.scenario = MYDRIVER ".sys";
	assert_int_equal(l62_campaign_run(campaign, &options, NULL, NULL, NULL, &err),
	                 L62_E_USAGE);
	/* It goes on with another. */
	options.scenario = NULL;
	assert_int_equal(l62_campaign_run(campaign, &options, NULL, NULL, NULL, &err), L62_OK);
	assert_int_equal(l62_campaign_finding_count(campaign), 0);
	l62_campaign_close(campaign);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_each_run),  cmocka_unit_test(test_stop),
	        cmocka_unit_test(test_scenarios), cmocka_unit_test(test_planned),
	        cmocka_unit_test(test_limits),    cmocka_unit_test(test_no_scenario),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
