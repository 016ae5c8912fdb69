/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See prove.h. */
#include "prove.h"

#include <stdlib.h>
#include <string.h>

#include "plan.h"

enum {
	BUFFER = 256,     /* bytes of each usual request, as leak62 verify sends them */
	RUN_SECONDS = 10, /* what hangs is not waited for any longer */
	REGISTRY_MOST = 3, /* rounds: keys, the values in them, and what these lead to */
};

/*
 * What of a driver that is big or slow can be tried in little time comes first: each
 * scenario once; then each call that can fail, from wherever it is reached first; then each
 * again in every scenario that reaches it, for what follows may differ.
 */
enum round { ROUND_ONCE, ROUND_ACROSS, ROUND_EACH, ROUNDS };

struct trial_run {
	const struct l62_prove *prove;
	struct l62_proven *proven;
	const struct l62_trial *trial;
	const GArray *codes; /* of the source */
	struct l62_plan_registry *registry;
	const char *command; /* of the trial, without failures */
	enum round round;
	bool may_stop; /* once everything is confirmed */
};

static bool all_confirmed(const struct trial_run *at)
{
	for (guint i = 0; i < at->prove->result->findings->len; i++) {
		if (l62_judge_proof(at->proven->judge, i).verdict != L62_PROOF_CONFIRMED)
			return false;
	}
	return true;
}

static bool judge_run(const struct l62_campaign_step *step, void *data)
{
	struct trial_run *at = data;
	char *replay = l62_verify_replay(step->run);

	if (step->baseline)
		l62_plan_registry_add(at->registry, step->run);
	if (step->baseline && l62_verify_verdict(step->run) == L62_VERDICT_INCOMPLETE &&
	    !at->proven->incomplete)
		at->proven->incomplete =
		        g_strdup_printf("%s: %s", at->trial->why, l62_verify_reason(step->run));
	l62_judge_add_verified(at->proven->judge, step->run, replay ? replay : at->command,
	                       at->trial->path);
	free(replay);
	return at->round != ROUND_ONCE && (!at->may_stop || !all_confirmed(at));
}

static char *shown(const char *path, const char *cwd)
{
	size_t length = strlen(cwd);
	bool below = strncmp(path, cwd, length) == 0 && path[length] == '/';
	static const char plain[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "+,-./:=@_%";
	const char *name = below ? path + length + 1 : path;

	return name[strspn(name, plain)] ? g_shell_quote(name) : g_strdup(name);
}

/* What shows the trial again. */
static char *command_of(const struct l62_prove *prove, const struct l62_trial *trial)
{
	char *image = shown(prove->image, prove->cwd);
	GString *command = g_string_new("leak62 verify ");

	g_string_append(command, image);
	if (trial->path) {
		char *scenario = shown(trial->path, prove->cwd);

		g_string_append_printf(command, " --scenario %s", scenario);
		g_free(scenario);
	}
	for (guint i = 0; i < trial->codes->len; i++)
		g_string_append_printf(command, "%s0x%x", i ? "," : " --ioctl ",
		                       g_array_index(trial->codes, uint32_t, i));
	g_free(image);
	return g_string_free(command, FALSE);
}

static int try(struct trial_run *at, enum l62_campaign_end *end, struct l62_error *err)
{
	const struct l62_trial *trial = at->trial;
	char *command = command_of(at->prove, trial);
	const struct l62_verify_options options = {
	        .flags = l62_verify_flags_default(),
	        .scenario = trial->path,
	        .ioctls = (const uint32_t *)(const void *)trial->codes->data,
	        .ioctl_count = trial->codes->len,
	        .buffer_size = BUFFER,
	        .seconds = RUN_SECONDS,
	        .trace = true,
	        .command = command,
	};
	int status;

	at->command = command;
	status = l62_campaign_run(at->proven->campaign, &options, judge_run, at, end, err);
	g_free(command);
	return status;
}

/* From the index-th on.  False: the time is up, or there is nothing left to show. */
static bool try_from(struct trial_run *at, guint index, int *status, struct l62_error *err)
{
	struct l62_proven *proven = at->proven;

	for (guint i = index; i < proven->trials->len; i++) {
		enum l62_campaign_end end;

		at->trial = g_ptr_array_index(proven->trials, i);
		if (at->may_stop && all_confirmed(at))
			return false;
		*status = try(at, &end, err);
		if (*status != L62_OK)
			return false;
		if (at->round == ROUND_ONCE)
			proven->tried++;
		else
			at->may_stop = at->may_stop || at->trial->usual;
		if (end == L62_CAMPAIGN_SECONDS) {
			proven->out_of_time = true;
			return false;
		}
		proven->failed += at->round == ROUND_EACH;
	}
	return true;
}

/* What the driver has looked for in the registry is known only then. */
static bool try_once(struct trial_run *at, int *status, struct l62_error *err)
{
	GPtrArray *trials = at->proven->trials;
	bool more = try_from(at, 0, status, err);

	for (int round = 0; more && round < REGISTRY_MOST; round++) {
		guint first = trials->len;

		if (!l62_plan_registry_trials(at->registry, at->codes, trials))
			break;
		*status = l62_plan_write(trials, at->prove->folder, err);
		more = *status == L62_OK && try_from(at, first, status, err);
	}
	return more;
}

static int try_all(const struct l62_prove *prove, struct l62_proven *proven,
                   const GArray *codes, struct l62_error *err)
{
	struct trial_run at = {.prove = prove,
	                       .proven = proven,
	                       .codes = codes,
	                       .registry = l62_plan_registry_new()};
	int status = L62_OK;
	bool more = try_once(&at, &status, err);

	for (at.round = ROUND_ACROSS; more && at.round < ROUNDS; at.round++) {
		l62_campaign_across(proven->campaign, at.round == ROUND_ACROSS);
		more = try_from(&at, 0, &status, err);
	}
	l62_plan_registry_free(at.registry);
	return status;
}

int l62_prove(const struct l62_prove *prove, struct l62_proven *proven, struct l62_error *err)
{
	const struct l62_verify_options options = {.flags = l62_verify_flags_default()};
	const struct l62_campaign_options how = {.occurrences = prove->occurrences,
	                                         .seconds_most = prove->budget};
	g_autoptr(GArray) codes = NULL;
	int status;

	memset(proven, 0, sizeof(*proven));
	status = l62_plan_make(prove->database, prove->result, prove->own, &proven->trials,
	                       &codes, err);
	if (status == L62_OK)
		status = l62_plan_write(proven->trials, prove->folder, err);
	if (status == L62_OK) {
		proven->judge = l62_judge_new(prove->result);
		status = l62_judge_read_ways(proven->judge, prove->database, err);
	}
	if (status == L62_OK)
		status = l62_judge_read_sites(proven->judge, prove->database, err);
	if (status == L62_OK)
		status =
		        l62_campaign_open(prove->image, &options, &how, &proven->campaign, err);
	if (status == L62_OK)
		status = try_all(prove, proven, codes, err);
	if (status == L62_OK && !proven->incomplete &&
	    l62_campaign_counts(proven->campaign).runs == 0)
		proven->incomplete = g_strdup_printf(
		        "no run of it ended within %u seconds: raise --budget", prove->budget);
	if (status == L62_OK)
		status = l62_judge_save(proven->judge, prove->database, err);
	if (status == L62_OK)
		l62_judge_give(proven->judge, prove->result);
	else
		l62_proven_clear(proven);
	return status;
}

void l62_proven_clear(struct l62_proven *proven)
{
	if (proven->campaign)
		l62_campaign_close(proven->campaign);
	if (proven->judge)
		l62_judge_free(proven->judge);
	if (proven->trials)
		g_ptr_array_unref(proven->trials);
	g_free(proven->incomplete);
	memset(proven, 0, sizeof(*proven));
}
