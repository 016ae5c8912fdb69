/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Campaigns: a scenario again and again, with another call made to fail each time, until
 * there is none left.
 *
 *   l62_campaign_open()   reads the image and its symbols, once
 *   l62_campaign_run()    a scenario: first without failures, then failing in each run the
 *                         first call whose driver-only stack was not failed before (Driver
 *                         Verifier's systematic low resources simulation, flag 0x40000),
 *                         until a run fails nothing.  For several scenarios: again.
 *   l62_campaign_print()  what was found, each finding with the command that shows it
 *
 * Each run is a process of its own; none can harm the next.
 */
#ifndef LEAK62_CAMPAIGN_H
#define LEAK62_CAMPAIGN_H

#include "leak62/verifier.h"

#ifdef __cplusplus
extern "C" {
#endif

struct l62_campaign;

struct l62_campaign_options {
	/*
	 * A file that remembers which stacks were tried, NULL: none.  It is written and synced
	 * before the next run begins; what it has of the same scenario is not tried again, and
	 * what was found then is printed once more.
	 * L62_E_FORMAT if it is damaged or of another image.
	 */
	const char *tried;
	unsigned occurrences;    /* in how many runs the calls of one stack fail; 0: 1 */
	unsigned long runs_most; /* of the campaign, 0: as many as it takes */
	unsigned seconds_most;   /* of the campaign since it was opened; likewise */
	/* A stack that was tried in one scenario is not tried in another.  Without, each
	 * scenario is told apart by what is in its file and by the options that change what the
	 * driver sees. */
	bool across_scenarios;
};

/*
 * Reads the image at path; of options, only the .pdb counts here.  Close with
 * l62_campaign_close().  L62_E_IO or L62_E_FORMAT: the image or the file of what was tried
 * cannot be read, or is not what it should be.
 */
int l62_campaign_open(const char *path, const struct l62_verify_options *options,
                      const struct l62_campaign_options *how, struct l62_campaign **out,
                      struct l62_error *err);
void l62_campaign_close(struct l62_campaign *campaign);

/* Changes across_scenarios for the scenarios to come. */
void l62_campaign_across(struct l62_campaign *campaign, bool across_scenarios);

/* As l62_verify_note(). */
const char *l62_campaign_note(const struct l62_campaign *campaign);

/* One run that has ended.  All of it is the campaign's, until the callback returns.  Which
 * calls failed, and the command for this run alone: l62_verify_injected(), l62_verify_replay().
 */
struct l62_campaign_step {
	const struct l62_verify *run; /* ask by the functions of verifier.h */
	unsigned long number;         /* in the campaign, from 1 */
	bool baseline;                /* of this scenario: nothing was made to fail */
	uint64_t call;                /* that failed, as --fail-at takes it; 0: none */
	size_t new_findings;          /* the newest ones of l62_campaign_finding() */
};
/* False: no further run. */
typedef bool l62_campaign_fn(const struct l62_campaign_step *step, void *data);

/* How the runs of a scenario came to an end. */
enum l62_campaign_end {
	L62_CAMPAIGN_COMPLETE,   /* a run met no stack that was not tried */
	L62_CAMPAIGN_RUNS,       /* runs_most */
	L62_CAMPAIGN_SECONDS,    /* seconds_most */
	L62_CAMPAIGN_STOPPED,    /* the callback's answer */
	L62_CAMPAIGN_TABLE_FULL, /* more stacks than can be told apart */
};

/*
 * Runs a scenario as options say (scenario, ioctls, buffer_size, flags, seconds, ...), until it
 * ends by itself or one of the limits is met.  If options already say which calls fail, there
 * is this one run and no more.  callback may be NULL.  0, or
 * L62_E_USAGE, L62_E_IO, L62_E_FORMAT: the scenario, the image or the file of what was tried.
 */
int l62_campaign_run(struct l62_campaign *campaign, const struct l62_verify_options *options,
                     l62_campaign_fn *callback, void *data, enum l62_campaign_end *end,
                     struct l62_error *err);

enum l62_campaign_kind {
	L62_CAMPAIGN_LEAK,       /* bug check 0xC4/0x62 */
	L62_CAMPAIGN_LEFT,       /* what is no pool was left: ledgers.def */
	L62_CAMPAIGN_WRONG_FREE, /* something was given to a routine that frees other things */
	L62_CAMPAIGN_BUGCHECK,   /* another bug check */
	L62_CAMPAIGN_UNGUARDED,  /* the driver does not survive that the call fails */
	L62_CAMPAIGN_INCOMPLETE, /* a run that could not be carried out */
	L62_CAMPAIGN_KINDS,
};

/* A place in the driver; NULL: not known. */
struct l62_campaign_place {
	const char *file, *symbol; /* "handleioctl.c", "MyDriver!GetNecessaryObjects+0x12" */
	uint32_t line;
};

/* LEAK: blocks of one tag from one place; LEFT: things of one ledger from one place;
 * WRONG_FREE: one kind, routine and place; else where in the driver the run ended. */
struct l62_campaign_item {
	const char *what; /* "mdrv", "timer that is set", "MDL given to ExFreePool", "" */
	struct l62_campaign_place place;
	uint64_t count;
};

/* What one or more runs have shown in the same way; the first one's numbers. */
struct l62_campaign_finding {
	enum l62_campaign_kind kind;
	bool fails;          /* whether it should make the caller fail */
	unsigned long run;   /* step.number */
	unsigned long times; /* in how many runs */
	const char *text;    /* what was seen, in one sentence or part of one */
	const struct l62_campaign_item *items; /* that the baseline has not shown */
	size_t item_count;
	const char *step;    /* in which the call failed, or the run ended; or "" */
	uint64_t call;       /* that failed; 0: none, the baseline */
	const char *routine; /* its name, or NULL */
	struct l62_campaign_place failed_at; /* the failed call */
	const char *replay;                  /* the command that shows it again */
};
size_t l62_campaign_finding_count(const struct l62_campaign *campaign);
/* The campaign's, until it is run again or closed. */
const struct l62_campaign_finding *l62_campaign_finding(const struct l62_campaign *campaign,
                                                        size_t index);

struct l62_campaign_counts {
	unsigned long runs, scenarios;
	unsigned long tried;  /* stacks that failed in this campaign */
	unsigned long before; /* stacks that the file of what was tried had already */
	/* Findings that make the caller fail, that the file had and this campaign has not seen.
	 */
	unsigned long failing_before;
	unsigned long incomplete;
	double seconds;
};
struct l62_campaign_counts l62_campaign_counts(const struct l62_campaign *campaign);

/* Whether all scenarios ended by themselves. */
bool l62_campaign_is_complete(const struct l62_campaign *campaign);

/* The findings and a line of counts. */
void l62_campaign_print(const struct l62_campaign *campaign, FILE *out);

/* The same as JSON: campaign.schema.json in analyzer/verifier/debugger.  0, or L62_E_IO. */
#define L62_CAMPAIGN_JSON_VERSION 1
int l62_campaign_write_json(const struct l62_campaign *campaign, const char *path,
                            struct l62_error *err);

#ifdef __cplusplus
}
#endif
#endif
