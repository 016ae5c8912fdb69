/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Tries to show a driver's findings on the verifier core: the trials of plan.h one after the
 * other, each a campaign in which every call that can fail is made to, judged run by run.
 */
#ifndef LEAK62_CONFIRM_PROVE_H
#define LEAK62_CONFIRM_PROVE_H

#include <glib.h>

#include "leak62/campaign.h"
#include "leak62/judge.h"

/* Everything is the caller's. */
struct l62_prove {
	const char *image;         /* the driver, built with line numbers */
	const char *database;      /* of its scan */
	struct l62_result *result; /* read from there */
	const GPtrArray *own;      /* of char: paths of the user's scenarios; may be NULL */
	const char *folder;        /* receives the scenarios; made if need be */
	const char *cwd;           /* absolute: commands to replay name files from there */
	unsigned budget;           /* seconds; a run that has begun may end */
	unsigned occurrences;      /* in how many runs the calls of one stack fail */
};

struct l62_proven {
	struct l62_judge *judge;       /* has the verdicts */
	struct l62_campaign *campaign; /* has what else was seen */
	GPtrArray *trials;             /* of struct l62_trial */
	unsigned tried;                /* how many of them were begun */
	unsigned failed;               /* in how many all calls were made to fail */
	bool out_of_time;              /* the budget was used up before the last */
	char *incomplete;              /* why a run without failures did not come to its end,
	                                * of the first such; NULL: all did */
};

/*
 * Each trial is run once; then every call that can fail is made to fail where it is first
 * reached; then in each trial.  Ends then, when every finding is confirmed and calls of the
 * usual requests have failed, or when the budget is used up.  Each finding of result gets its
 * proof.  *proven is the caller's, to be freed with l62_proven_clear(), before result.
 * L62_E_USAGE: a scenario of the user's; L62_E_IO, L62_E_FORMAT: the image or the database.
 */
int l62_prove(const struct l62_prove *prove, struct l62_proven *proven, struct l62_error *err);
void l62_proven_clear(struct l62_proven *proven);

#endif
