/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A campaign between its parts:
 *
 *   campaign.c   the runs
 *   memory.c     the file of what was tried
 *   findings.c   what a run shows that the baseline and the runs before have not
 *   print.c, json.c
 *
 * Strings are kept in one place until the campaign is closed.
 */
#ifndef LEAK62_VERIFIER_CAMPAIGN_H
#define LEAK62_VERIFIER_CAMPAIGN_H

#include <glib.h>

#include "leak62/campaign.h"
#include "memory.h"
#include "run/verify.h"

struct l62_campaign {
	struct l62_verify *run; /* the image, and the last run of it */
	struct l62_campaign_options how;
	struct l62_memory *memory; /* NULL: nothing is remembered */
	struct l62_tried *tried;   /* of the scenario, or of all of them */
	int64_t began;
	unsigned long runs, scenarios, stacks, before, incomplete;
	enum l62_campaign_end end; /* of the scenario that ended worst */
	char *tried_path;
	GStringChunk *strings;
	GPtrArray *findings; /* of struct l62_campaign_finding, newest last */
	GPtrArray *found; /* of struct l62_memory_finding: what the file had of the scenarios */
	GHashTable *by_key;  /* the same by what makes them one */
	GHashTable *origins; /* places that blocks are made for, by stack */
	GHashTable *usual;   /* what the scenario's baseline shows: keys of items and ends */
};

/* Looks at the run that has ended; usual is filled by a baseline. */
void l62_campaign_look(struct l62_campaign *campaign, bool baseline);

/* One that the file had, of which this campaign has seen nothing itself; NULL: no more.  next
 * is 0 at first. */
const struct l62_memory_finding *l62_campaign_found_before(const struct l62_campaign *campaign,
                                                           guint *next);

/* "leak", "left", "wrongFree", "bugCheck", "unguarded", "incomplete" */
const char *l62_campaign_kind_name(enum l62_campaign_kind kind);
/* "complete", "runs", ...: as in campaign.schema.json. */
const char *l62_campaign_end_name(enum l62_campaign_end end);

#endif
