/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the parts of the judge share. */
#ifndef LEAK62_CONFIRM_JUDGE_INTERNAL_H
#define LEAK62_CONFIRM_JUDGE_INTERNAL_H

#include "leak62/judge.h"

/* How far the runs have come on a finding's path; the farthest one is told. */
enum l62_stage {
	L62_STAGE_NO_RUN,
	L62_STAGE_UNTRACED,
	L62_STAGE_NO_CODE,      /* the image has no code of the allocation's line */
	L62_STAGE_NO_SITE,      /* the allocation never ran */
	L62_STAGE_NOT_ACQUIRED, /* it ran, and nothing was acquired */
	L62_STAGE_NO_EXIT,      /* a step of the path never ran behind it */
	L62_STAGE_OTHER_WAY,    /* it was released or kept on the path */
	L62_STAGE_NOT_ENDED,    /* the path ran, the run stopped before its end */
	L62_STAGE_PATH_RAN,     /* to its end, and it was released behind it */
	L62_STAGE_LEFT,         /* it was left, by another path */
};

/* How well what a finding says fits what is left. */
enum l62_fit {
	L62_FIT_NONE,
	L62_FIT_PLACE, /* its place and kind do */
	L62_FIT_LINES, /* its path's lines ran, and a line that releases or keeps it */
	L62_FIT_PATH,
};

struct l62_case {
	const struct l62_finding *finding;
	GArray *ways; /* of struct l62_judge_event; NULL: none */
	bool is_wrong_free;
	bool confirmed;
	bool left; /* in some run something was, so that no run refutes it */
	enum l62_stage stage;
	unsigned refuting; /* runs */
	enum l62_fit fit;  /* what is being judged */
	const char *text, *replay, *scenario;
};

struct l62_surprise {
	struct l62_unpredicted what;
	unsigned last_run; /* that has left it */
};

struct l62_judge_site {
	struct l62_location at;
	bool ran;
};

struct l62_judge {
	const struct l62_result *result;
	GArray *cases;       /* of struct l62_case, as result->findings */
	GArray *unpredicted; /* of struct l62_surprise */
	GArray *sites;       /* of struct l62_judge_site */
	GStringChunk *strings;
	unsigned runs;
};

/* Where the path of a finding was gone after an item was had.  at: the event behind
 * which the last step ran; if it was not, missing is the step that did not. */
struct l62_walk {
	bool whole, other_way;
	size_t at;
	struct l62_location missing, way;
};
void l62_judge_walk(const struct l62_case *c, const struct l62_judge_run *run, size_t begin,
                    struct l62_walk *walk);

/* Whether the whole path ran from the allocation's line on, at any time behind an event. */
bool l62_judge_went(const struct l62_case *c, const struct l62_judge_run *run, size_t begin);

/* Whether a frame is within a location, as the run knows it: a statement's code may be
 * that of the line where it begins. */
bool l62_judge_is_at(const struct l62_judge_run *run, const struct l62_place *place,
                     const struct l62_location *at);
/* Whether an event is of a line of the location. */
bool l62_judge_ran(const struct l62_judge_run *run, const struct l62_judge_event *event,
                   const struct l62_location *at);
/* The same of any event of the run. */
bool l62_judge_any_ran(const struct l62_judge_run *run, const struct l62_location *at);
bool l62_judge_has_code(const struct l62_judge_run *run, const struct l62_location *at);

/* "io.c(38)"; a string of the judge's. */
const char *l62_judge_place(struct l62_judge *judge, const char *file, unsigned line);

#endif
