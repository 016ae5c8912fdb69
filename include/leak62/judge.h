/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The judge: what runs of the driver say about the findings of the analysis.
 *
 *   confirmed    something of the finding's kind was left whose allocation has a frame at
 *                the finding's allocation; WrongFree: it was freed wrongly at its place
 *   refuted      the allocation ran, then the path to where it should be lost, with no
 *                release on it, the run came to its end, and in no run was it left
 *   not reached  the allocation, or what follows it on the path, never ran
 *
 * Of several runs the strongest counts: confirmed, refuted, not reached.
 *
 *   l62_judge_new(result)            one judge for the findings of a driver
 *   l62_judge_add[_verified]()       for each run
 *   l62_judge_proof(), _unpredicted  the answers; l62_judge_save() to the database
 */
#ifndef LEAK62_JUDGE_H
#define LEAK62_JUDGE_H

#include "leak62/finding.h"
#include "leak62/trace.h"
#include "leak62/verified.h"

/* One event of a trace: these lines ran. */
struct l62_judge_event {
	const char *file;
	unsigned line;
};

/* A run; everything is the caller's and only read while it is added. */
struct l62_judge_run {
	bool ended;                   /* as l62_verified_ended() */
	bool traced;                  /* events are all that ran */
	const struct l62_item *items; /* as l62_verified_item() */
	size_t item_count;
	const struct l62_judge_event *events; /* in order */
	size_t event_count;
	const char *replay;   /* the command that does it again, or NULL */
	const char *scenario; /* its scenario file, or NULL */
};

struct l62_judge;

/* A place where what a finding is about is released; repeated for each. */
struct l62_release_place {
	gint64 finding; /* l62_finding.row */
	const char *file;
	int line;
	bool teardown; /* at teardown alone: for findings about teardown no way around it */
};

/* result must stay. */
struct l62_judge *l62_judge_new(const struct l62_result *result);
void l62_judge_free(struct l62_judge *judge);

/* Where the database at path knows releases of the findings' resources.  0, L62_E_IO,
 * L62_E_FORMAT. */
int l62_judge_read_releases(struct l62_judge *judge, const char *path, struct l62_error *err);
void l62_judge_add_release(struct l62_judge *judge, const struct l62_release_place *place);

void l62_judge_add(struct l62_judge *judge, const struct l62_judge_run *run);
/* The same of a run of the verifier core.  replay, scenario: as above. */
void l62_judge_add_verified(struct l62_judge *judge, const struct l62_verify *run,
                            const char *replay, const char *scenario);

/* For a finding, by its index in result->findings; owned by judge until the next
 * l62_judge_add(). */
const struct l62_proof *l62_judge_proof(const struct l62_judge *judge, size_t finding);
/* Hangs each proof on its finding (l62_finding.proof), for the reports.  Judge must stay. */
void l62_judge_give(const struct l62_judge *judge);

/* What was left and no finding says, once for each place and kind. */
struct l62_unpredicted {
	const char *kind; /* of resources.def, or of ledgers.def */
	const char *noun, *tag;
	const char *file, *function; /* NULL: not known */
	unsigned line;
	unsigned runs;               /* in how many */
	const char *replay, *scenario; /* of the first */
};
size_t l62_judge_unpredicted_count(const struct l62_judge *judge);
const struct l62_unpredicted *l62_judge_unpredicted(const struct l62_judge *judge,
                                                    size_t index);

/* Writes the tables confirmation and unpredicted of the driver's database at path, in
 * place of what they held (confirm.sql).  0, L62_E_IO, L62_E_FORMAT. */
int l62_judge_save(const struct l62_judge *judge, const char *path, struct l62_error *err);

#endif
