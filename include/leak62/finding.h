/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Findings and the counts of a run, as the linker hands them to the reports.
 * Everything here is owned by the struct l62_result that l62_result_load()
 * returns and lives until l62_result_free().
 */
#ifndef LEAK62_FINDING_H
#define LEAK62_FINDING_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "leak62/error.h"

/* One row of rules.def. */
struct l62_rule {
	const char *id, *name, *short_text, *full_text, *help;
	const char *severity; /* decimal, GitHub's security-severity */
	const char *level;    /* SARIF level */
	int cwe;
};

/* All rules in the order of rules.def; *count receives how many. */
const struct l62_rule *l62_rules(size_t *count);

/* NULL when no rule has that name. */
const struct l62_rule *l62_rule_by_name(const char *name);

/* Lines and columns count from 1; end_col is one past the last character.
 * end_line is 0 where only the start is known. */
struct l62_location {
	const char *file; /* absolute path */
	int line, col, end_line, end_col;
};

struct l62_step {
	struct l62_location at;
	const char *message;
};

enum { L62_FLOWS = 2 };

/* A place beside a finding. */
enum l62_also_role {
	L62_ALSO_EXIT,     /* the resource is lost here as well, for the same reason */
	L62_ALSO_FIX,      /* it is released here on another path; message: what to do */
	L62_ALSO_TEARDOWN, /* the end of the teardown routine that misses it; message: how */
};

struct l62_also {
	enum l62_also_role role;
	struct l62_location at;
	const char *message;
};

/* Who says that a finding need not be looked at. */
enum l62_suppressor { L62_NOT_SUPPRESSED, L62_BY_COMMENT, L62_BY_CONFIG };

/* What runs of the driver say about a finding; from the weakest to the strongest. */
enum l62_proof_verdict {
	L62_PROOF_NONE, /* nothing was run */
	L62_PROOF_NOT_REACHED,
	L62_PROOF_REFUTED,
	L62_PROOF_CONFIRMED,
};

struct l62_proof {
	enum l62_proof_verdict verdict;
	const char *text;     /* what was seen, one sentence without its full stop */
	const char *replay;   /* the command that shows it, or NULL */
	const char *scenario; /* that command's scenario file, or NULL */
};

/* "confirmed", "refuted", "not reached"; NULL for L62_PROOF_NONE. */
const char *l62_proof_name(enum l62_proof_verdict verdict);

struct l62_witness;

/* How a finding compares with an earlier run. */
enum l62_compared { L62_NOT_COMPARED, L62_IS_NEW, L62_IS_KNOWN };

struct l62_finding {
	gint64 row;     /* its id in the database */
	const char *id; /* what people call it: l62_result_name(); or NULL */
	const struct l62_rule *rule;
	struct l62_location at;   /* primary: the exit (on a path) or the allocation */
	struct l62_location site; /* the allocation */
	const char *function;     /* that holds the allocation */
	const char *api, *kind;
	const char *tag;      /* four characters in memory order, or NULL */
	const char *variable; /* source text that received the result, or NULL */
	const char *slot;     /* access path, or NULL */
	bool has_size;
	uint64_t size; /* bytes; valid if has_size */
	bool counted;  /* Driver Verifier counts it under 0x62 */
	const char *message;
	GArray *flow[L62_FLOWS]; /* of struct l62_step; [1] is empty for path leaks */
	GArray *also;            /* of struct l62_also; NULL: none */
	struct l62_witness *witness; /* leak62/witness.h; NULL in results made by hand */
	enum l62_suppressor suppressor;
	const char *reason;             /* suppressed: why, or NULL */
	struct l62_location suppressed; /* suppressed: by the comment or rule here */
	struct l62_proof proof;         /* all zeroes: it was not tried */

	enum l62_compared compared;
	struct l62_location changed; /* new: the line of the change that brought it, or
	                              * file is NULL; reports put the finding there */
	const char *change;          /* new: what was changed, a sentence; or NULL */
};

struct l62_failed_tu {
	const char *source; /* absolute path */
	const char *error;  /* "file(line): text" */
};

struct l62_result {
	GPtrArray *findings;   /* of struct l62_finding, by file, line, rule order */
	GPtrArray *failed;     /* of struct l62_failed_tu, by source */
	GPtrArray *incomplete; /* of char: names of functions whose paths were cut */
	GPtrArray *slots;      /* of char: slots whose life was not simulated to its end,
	                        * as messages name them */
	GPtrArray *sources;    /* of char: absolute paths of all TUs */
	GPtrArray *frameworks; /* of char: what the driver belongs to and is not modelled */
	GPtrArray *unknown;    /* of char: functions that are called, without a body in
	                        * the files given; most called ones first */
	unsigned unknown_calls; /* how many calls of them there are */
	unsigned tus, functions, sites, entry_points, reanalysed;
	unsigned in_headers; /* findings dropped: in headers of the system only */
	unsigned focus;      /* how many of the TUs the findings are of; 0: all */
	bool has_driver_entry, has_unload;
	GStringChunk *strings; /* holds every string above */
};

/* Reads the findings and counts of a linked driver database (path).
 * On success *result is the caller's, to be freed with l62_result_free().
 * L62_E_IO, L62_E_FORMAT, L62_E_VERSION on a bad database. */
int l62_result_load(const char *path, struct l62_result **result, struct l62_error *err);
void l62_result_free(struct l62_result *result);

/* What l62_judge_save() wrote to the database at path, into the findings that
 * l62_result_load() read there; nothing if nothing was.  As above. */
int l62_result_load_proofs(struct l62_result *result, const char *path, struct l62_error *err);

/* Puts the findings in their order again, for who changes their locations. */
void l62_result_sort(struct l62_result *result);

/* How many findings are suppressed that way; L62_NOT_SUPPRESSED: the open ones. */
unsigned l62_result_count(const struct l62_result *result, enum l62_suppressor suppressor);

#endif
