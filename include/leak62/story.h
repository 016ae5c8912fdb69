/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The story of a slot: whatever the database of a driver knows of where a finding's
 * resource is kept.
 */
#ifndef LEAK62_STORY_H
#define LEAK62_STORY_H

#include <glib.h>

#include "leak62/error.h"
#include "leak62/finding.h"

/* When in the life of the driver; NOWHERE: no entry point leads there. */
enum l62_phase { L62_PHASE_LOAD, L62_PHASE_RUN, L62_PHASE_TEARDOWN, L62_PHASE_NOWHERE };
enum { L62_PHASES = 4 };

/* What an event does with the resource; NOTHING: of the teardown, see below. */
enum l62_story_act {
	L62_ACT_ACQUIRE,
	L62_ACT_STORE,
	L62_ACT_COPY,
	L62_ACT_RELEASE,
	L62_ACT_LOSE,
	L62_ACT_NOTHING,
};

/* Somebody acquires, stores, copies, releases or loses it; an entry point of the
 * teardown that does nothing of the kind is an event as well. */
struct l62_story_event {
	enum l62_phase phase;
	enum l62_story_act act;
	struct l62_location at;
	const char *message;
	GPtrArray *from; /* of struct l62_step: the entry points that lead there */
};

struct l62_story {
	GPtrArray *slots;  /* of char: what holds it, as messages name it */
	GPtrArray *events; /* of struct l62_story_event: by phase, then acquires before stores
	                    * before releases, then by place */
	GPtrArray *doubts; /* of struct l62_step: where the simulation of the slot gave up
			    * ways, and why; by place */
	bool incomplete;   /* it was not simulated to its end */
	GStringChunk *strings;
};

/* Reads the story of a finding that l62_result_load() has read from the database
 * path.  On success *story is the caller's, to be freed with l62_story_free().
 * L62_E_IO, L62_E_FORMAT. */
int l62_story_load(const char *path, const struct l62_finding *finding,
		   struct l62_story **story, struct l62_error *err);
void l62_story_free(struct l62_story *story);

#endif
