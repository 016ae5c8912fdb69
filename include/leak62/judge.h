/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The judge: what runs of the driver say about the findings of the analysis.
 *
 *   confirmed    something of the finding's kind was left whose allocation has a frame at
 *                the finding's allocation, or the run could not go on for want of it;
 *                a reference that the driver counts itself: the block that it keeps was left
 *                once the path had run; WrongFree: it was freed wrongly at its place
 *   refuted      it was allocated there, then the path ran to where it should be lost, with
 *                no other way that is known on it, it was released later, and no run left it
 *   not reached  the allocation, or what follows it on the path, never ran
 *
 * Of several runs the strongest counts: confirmed, refuted, not reached.  Runs without a
 * trace can only confirm.
 *
 *   l62_judge_new(result)             one judge for the findings of a driver
 *   l62_judge_read_ways(database)     where else its resources go
 *   l62_judge_add[_verified]()        for each run
 *   l62_judge_proof(), _unpredicted() the answers; l62_judge_give() puts them into the
 *                                     findings, l62_judge_save() into the database
 */
#ifndef LEAK62_JUDGE_H
#define LEAK62_JUDGE_H

#include "leak62/finding.h"
#include "leak62/trace.h"
#include "leak62/verified.h"

/* A line that ran. */
struct l62_judge_event {
	const char *file;
	unsigned line;
};

/* A run; everything is the caller's and only read while it is added.  A function that is
 * NULL: paths are as the findings have them, each line has code. */
struct l62_judge_run {
	bool ended;  /* l62_verified_ended() */
	bool traced; /* there are events, and moments of items */
	const struct l62_item *items;
	size_t item_count;
	const struct l62_judge_event *events; /* in order */
	size_t event_count;
	const char *replay;   /* the command that does it again, or NULL */
	const char *scenario; /* its scenario file, or NULL */
	const void *context;
	/* What the run calls a source file; NULL: it has none of it. */
	const char *(*file)(const void *context, const char *path);
	/* Whether any code is of that line of a file, so called. */
	bool (*has_code)(const void *context, const char *file, unsigned line);
};

struct l62_judge;

/* result must stay. */
struct l62_judge *l62_judge_new(const struct l62_result *result);
void l62_judge_free(struct l62_judge *judge);

/* Another way for a finding's resource, by its index in result->findings: it is released
 * or kept at that line, so that it is not lost behind it. */
void l62_judge_add_way(struct l62_judge *judge, size_t finding, const char *file, int line);
/* All that the driver's database at path knows.  0, L62_E_IO, L62_E_FORMAT. */
int l62_judge_read_ways(struct l62_judge *judge, const char *path, struct l62_error *err);

/* A place where the driver's source acquires something, whether or not there is a finding.
 * What is left and no finding says is told with the first of its frames that is one, which
 * need not be the first, for the DDK's headers have routines with bodies. */
void l62_judge_add_site(struct l62_judge *judge, const struct l62_location *at);
/* All of the driver's database at path.  0, L62_E_IO, L62_E_FORMAT. */
int l62_judge_read_sites(struct l62_judge *judge, const char *path, struct l62_error *err);
/* How many there are; *ran: how many have run in a run with a trace. */
size_t l62_judge_sites(const struct l62_judge *judge, size_t *ran);

void l62_judge_add(struct l62_judge *judge, const struct l62_judge_run *run);
/* The same of a run of the verifier core.  replay, scenario: as above. */
void l62_judge_add_verified(struct l62_judge *judge, const struct l62_verify *run,
                            const char *replay, const char *scenario);

/* For a finding, by its index; owned by judge, valid until the next run is added. */
struct l62_proof l62_judge_proof(const struct l62_judge *judge, size_t finding);
/* Puts each proof into its finding (l62_finding.proof), for the reports. */
void l62_judge_give(const struct l62_judge *judge, struct l62_result *result);

/* What was left and no finding says, once for each place and kind. */
struct l62_unpredicted {
	const char *kind; /* of resources.def, or of ledgers.def */
	const char *noun, *tag;
	const char *file, *function; /* of the newest frame of the driver's; NULL: not known */
	unsigned line;
	unsigned runs;                 /* in how many */
	const char *replay, *scenario; /* of the first */
};
/* By file, line and kind; owned by judge, valid until the next run is added. */
size_t l62_judge_unpredicted_count(const struct l62_judge *judge);
const struct l62_unpredicted *l62_judge_unpredicted(const struct l62_judge *judge,
                                                    size_t index);

/* Writes the tables confirmation and unpredicted into the driver's database at path, in
 * place of what they held (confirm.sql).  0, L62_E_IO, L62_E_FORMAT. */
int l62_judge_save(const struct l62_judge *judge, const char *path, struct l62_error *err);

#endif
