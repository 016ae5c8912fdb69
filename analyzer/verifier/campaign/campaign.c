/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The runs of a campaign; see leak62/campaign.h.
 *
 *   baseline -> run -> run -> ... -> a run that failed nothing: complete
 *
 * Which call fails is decided in the run (tracker/faults.h), by the table that this process
 * shares with all of them; after each run what was marked there is noted in the file.
 */
#include "campaign.h"

#include <stdlib.h>
#include <string.h>

#include "run/file.h"
#include "run/wait.h"

enum { STACKS_MOST = 1 << 18 };
#define SECOND INT64_C(1000000000)

static void free_finding(void *data)
{
	struct l62_campaign_finding *finding = data;

	g_free((void *)(uintptr_t)finding->items);
	g_free(finding);
}

int l62_campaign_open(const char *path, const struct l62_verify_options *options,
                      const struct l62_campaign_options *how, struct l62_campaign **out,
                      struct l62_error *err)
{
	struct l62_campaign *campaign = g_new0(struct l62_campaign, 1);
	int status = l62_run_open(&campaign->run, path, options->pdb, err);

	campaign->how = *how;
	campaign->how.occurrences = how->occurrences ? how->occurrences : 1;
	campaign->how.tried = campaign->tried_path = g_strdup(how->tried);
	campaign->began = l62_clock();
	campaign->strings = g_string_chunk_new(4096);
	campaign->findings = g_ptr_array_new_with_free_func(free_finding);
	campaign->found = g_ptr_array_new();
	campaign->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	campaign->origins = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	campaign->usual = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (status == L62_OK && how->tried) {
		char *image = l62_memory_image(&campaign->run->pe);

		status = l62_memory_open(&campaign->memory, how->tried, image, err);
		g_free(image);
	}
	if (status == L62_OK) {
		*out = campaign;
	} else {
		*out = NULL;
		l62_campaign_close(campaign);
	}
	return status;
}

void l62_campaign_close(struct l62_campaign *campaign)
{
	if (!campaign)
		return;
	l62_verify_free(campaign->run);
	l62_memory_close(campaign->memory);
	l62_tried_destroy(campaign->tried);
	g_ptr_array_free(campaign->findings, TRUE);
	g_ptr_array_free(campaign->found, TRUE);
	g_hash_table_unref(campaign->by_key);
	g_hash_table_unref(campaign->usual);
	g_hash_table_unref(campaign->origins);
	g_string_chunk_free(campaign->strings);
	g_free(campaign->tried_path);
	g_free(campaign);
}

void l62_campaign_across(struct l62_campaign *campaign, bool across_scenarios)
{
	campaign->how.across_scenarios = across_scenarios;
}

static void add_number(GChecksum *sum, uint64_t number)
{
	g_checksum_update(sum, (const guchar *)&number, sizeof(number));
}

/* What tells scenarios apart: all that changes what the driver sees. */
static int hash_scenario(const struct l62_verify_options *options, uint64_t *hash,
                         struct l62_error *err)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	struct l62_file file = {0};
	guint8 digest[32];
	gsize length = sizeof(digest);
	int status = L62_OK;

	add_number(sum, options->flags & ~L62_FLAG_SYSTEMATIC);
	add_number(sum, options->verify_start);
	add_number(sum, options->buffer_size);
	for (size_t i = 0; i < options->ioctl_count; i++)
		add_number(sum, options->ioctls[i]);
	if (options->scenario)
		status = l62_file_read(&file, options->scenario, err);
	if (file.data)
		g_checksum_update(sum, file.data, (gssize)file.size);
	l62_file_free(&file);
	g_checksum_get_digest(sum, digest, &length);
	memcpy(hash, digest, sizeof(*hash));
	g_checksum_free(sum);
	return status;
}

static void recall_findings(struct l62_campaign *campaign, uint64_t scenario)
{
	const struct l62_memory_finding *finding;

	for (size_t i = 0; (finding = l62_memory_found(campaign->memory, i)); i++) {
		if (finding->scenario == scenario || campaign->how.across_scenarios)
			g_ptr_array_add(campaign->found, (gpointer)(uintptr_t)finding);
	}
}

const struct l62_memory_finding *l62_campaign_found_before(const struct l62_campaign *campaign,
                                                           guint *next)
{
	while (*next < campaign->found->len) {
		const struct l62_memory_finding *old =
		        g_ptr_array_index(campaign->found, (*next)++);
		bool again = false;

		for (guint i = 0; i < campaign->findings->len && !again; i++) {
			const struct l62_campaign_finding *new =
			        l62_campaign_finding(campaign, i);

			again = strcmp(new->replay, old->replay) == 0 &&
			        strcmp(new->text, old->text) == 0;
		}
		if (!again)
			return old;
	}
	return NULL;
}

/* The table for the scenario, with what the file has of it. */
static int begin_table(struct l62_campaign *campaign, uint64_t scenario, struct l62_error *err)
{
	size_t had;
	int status = L62_OK;

	if (campaign->tried && !campaign->how.across_scenarios) {
		l62_tried_destroy(campaign->tried);
		campaign->tried = NULL;
	}
	if (!campaign->tried)
		campaign->tried = l62_tried_create(STACKS_MOST);
	if (!campaign->tried)
		return l62_error_set(err, L62_E_INTERNAL,
		                     "no memory for the table of stacks that were tried");
	had = l62_tried_size(campaign->tried);
	if (campaign->memory && (!had || !campaign->how.across_scenarios)) {
		status =
		        l62_memory_recall(campaign->memory, scenario,
		                          campaign->how.across_scenarios, campaign->tried, err);
		recall_findings(campaign, scenario);
	}
	campaign->before += l62_tried_size(campaign->tried) - had;
	return status;
}

/* ns that are left; INT64_MAX: no limit. */
static int64_t time_left(const struct l62_campaign *campaign)
{
	int64_t end = campaign->began + campaign->how.seconds_most * SECOND;

	return campaign->how.seconds_most ? end - l62_clock() : INT64_MAX;
}

/* A scenario's runs. */
struct series {
	struct l62_campaign *campaign;
	uint64_t scenario;
	struct l62_verify_options options;
	unsigned seconds; /* of each run, if the campaign has as many left */
	l62_campaign_fn *callback;
	void *data;
	enum l62_campaign_end end;
	bool over;
};

static void stop(struct series *series, enum l62_campaign_end end)
{
	series->end = end;
	series->over = true;
}

/* Whether the run was ended for the campaign's time, not for its own. */
static bool was_cut(const struct l62_campaign *campaign)
{
	return campaign->run->verdict == L62_VERDICT_INCOMPLETE && time_left(campaign) <= 0;
}

static bool tell(const struct series *series, bool baseline, size_t findings)
{
	const struct l62_campaign *campaign = series->campaign;
	struct l62_injected_call call;
	struct l62_campaign_step step = {
	        .run = campaign->run,
	        .number = campaign->runs,
	        .baseline = baseline,
	        .new_findings = campaign->findings->len - findings,
	};

	if (l62_verify_injected(campaign->run, 0, &call))
		step.call = call.call;
	return !series->callback || series->callback(&step, series->data);
}

/* The next run, if there may be one. */
static int run(struct series *series, bool baseline, struct l62_error *err)
{
	struct l62_campaign *campaign = series->campaign;
	size_t findings = campaign->findings->len;
	int64_t left = time_left(campaign);
	int status;

	if (campaign->how.runs_most && campaign->runs >= campaign->how.runs_most)
		stop(series, L62_CAMPAIGN_RUNS);
	else if (left <= 0)
		stop(series, L62_CAMPAIGN_SECONDS);
	if (series->over)
		return L62_OK;
	series->options.seconds = left / SECOND < series->seconds
	                                  ? (unsigned)(left / SECOND) + 1
	                                  : series->seconds;
	status = l62_run_once(campaign->run, &series->options, err);
	if (status != L62_OK)
		return status;
	if (was_cut(campaign)) {
		stop(series, L62_CAMPAIGN_SECONDS);
		return L62_OK;
	}
	campaign->runs++;
	l62_campaign_look(campaign, baseline);
	if (!tell(series, baseline, findings))
		stop(series, L62_CAMPAIGN_STOPPED);
	return L62_OK;
}

/* What the run has found and what has failed in it is remembered: in this order, for what is
 * tried again is also found again. */
static int note(struct series *series, size_t findings, struct l62_error *err)
{
	struct l62_campaign *campaign = series->campaign;
	struct l62_injected_call call;
	int status = L62_OK;

	for (size_t i = findings; campaign->memory && i < campaign->findings->len; i++) {
		const struct l62_campaign_finding *new = l62_campaign_finding(campaign, i);

		if (status == L62_OK)
			status = l62_memory_find(
			        campaign->memory,
			        &(struct l62_memory_finding){series->scenario, new->fails,
			                                     new->replay ? new->replay : "",
			                                     new->text},
			        err);
	}
	for (size_t i = 0; status == L62_OK && l62_verify_injected(campaign->run, i, &call);
	     i++) {
		uint32_t times = l62_tried_count(campaign->tried, call.key);

		campaign->stacks += times == 1;
		if (campaign->memory)
			status = l62_memory_note(campaign->memory, series->scenario, call.key,
			                         call.routine, times, err);
	}
	return status;
}

static int fail_each(struct series *series, struct l62_error *err)
{
	struct l62_campaign *campaign = series->campaign;
	unsigned long before = campaign->runs;
	int status = L62_OK;

	series->options.flags |= L62_FLAG_SYSTEMATIC;
	series->options.faults =
	        (struct l62_fault_plan){.mode = L62_FAULTS_SYSTEMATIC,
	                                .occurrences = campaign->how.occurrences,
	                                .tried = campaign->tried};
	while (status == L62_OK && !series->over) {
		size_t findings = campaign->findings->len;

		status = run(series, false, err);
		if (status != L62_OK || campaign->runs == before)
			break; /* there was none */
		before = campaign->runs;
		status = note(series, findings, err);
		if (!series->over && l62_verify_injected_count(campaign->run, NULL) == 0)
			stop(series, l62_tried_is_full(campaign->tried)
			                     ? L62_CAMPAIGN_TABLE_FULL
			                     : L62_CAMPAIGN_COMPLETE);
	}
	return status;
}

int l62_campaign_run(struct l62_campaign *campaign, const struct l62_verify_options *options,
                     l62_campaign_fn *callback, void *data, enum l62_campaign_end *end,
                     struct l62_error *err)
{
	bool planned = options->faults.mode != L62_FAULTS_NONE;
	struct series series = {
	        .campaign = campaign,
	        .options = *options,
	        .seconds = options->seconds,
	        .callback = callback,
	        .data = data,
	};
	int status = hash_scenario(options, &series.scenario, err);

	if (status == L62_OK)
		status = l62_run_scenario(campaign->run, options->scenario, err);
	if (status == L62_OK && !planned)
		status = begin_table(campaign, series.scenario, err);
	if (status != L62_OK)
		return status;
	series.options.quiet = true;
	campaign->scenarios++;
	status = run(&series, !planned, err);
	if (status == L62_OK && !planned && !series.over)
		status = fail_each(&series, err);
	if (status != L62_OK)
		series.end = L62_CAMPAIGN_STOPPED;
	if (!planned)
		campaign->run->flags |= L62_FLAG_SYSTEMATIC;
	if (series.end > campaign->end)
		campaign->end = series.end;
	if (end)
		*end = series.end;
	return status;
}

const char *l62_campaign_note(const struct l62_campaign *campaign)
{
	return l62_verify_note(campaign->run);
}

size_t l62_campaign_finding_count(const struct l62_campaign *campaign)
{
	return campaign->findings->len;
}

const struct l62_campaign_finding *l62_campaign_finding(const struct l62_campaign *campaign,
                                                        size_t index)
{
	return g_ptr_array_index(campaign->findings, index);
}

struct l62_campaign_counts l62_campaign_counts(const struct l62_campaign *campaign)
{
	const struct l62_memory_finding *old;
	unsigned long failing = 0;
	guint next = 0;

	while ((old = l62_campaign_found_before(campaign, &next)))
		failing += old->fails;
	return (struct l62_campaign_counts){
	        .runs = campaign->runs,
	        .scenarios = campaign->scenarios,
	        .tried = campaign->stacks,
	        .before = campaign->before,
	        .failing_before = failing,
	        .incomplete = campaign->incomplete,
	        .seconds = (double)(l62_clock() - campaign->began) / SECOND,
	};
}

bool l62_campaign_is_complete(const struct l62_campaign *campaign)
{
	return campaign->end == L62_CAMPAIGN_COMPLETE;
}
