/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The findings of a scan, ready to be compared with what is known. */
#ifndef LEAK62_GATE_ITEMS_H
#define LEAK62_GATE_ITEMS_H

#include <glib.h>
#include <stdbool.h>

#include "baseline.h"
#include "leak62/finding.h"
#include "tokens.h"

/* A place where a finding's resource is lost. */
struct l62_gate_exit {
	char *name; /* l62_tokens_following(); NULL: not in a function that is known */
	const struct l62_location *at;
};

/* One finding, once also where several drivers share the file. */
struct l62_gate_item {
	struct l62_entry_known *entry;
	GPtrArray *findings; /* of struct l62_finding, not owned; at least one */
	GArray *exits;       /* of struct l62_gate_exit; the first is the primary one */
	const struct l62_entry_known *known; /* what it was found to be, or NULL: new */
	const struct l62_location *fresh;    /* known, but new is that it is lost here */
};

/* The sources that are compared, each read once. */
struct l62_gate_sources;
struct l62_gate_sources *l62_gate_sources_new(const char *root);
void l62_gate_sources_free(struct l62_gate_sources *sources);
/* path below the root or absolute; NULL when it cannot be read.  Owned by sources. */
const struct l62_tokens *l62_gate_sources_get(struct l62_gate_sources *sources,
                                              const char *path);

/* The findings of results (of struct l62_result) that are suppressed, or those that are
 * not.  An array of struct l62_gate_item, to be freed with g_ptr_array_unref(), before
 * results. */
GPtrArray *l62_gate_items(const GPtrArray *results, bool suppressed,
                          struct l62_gate_sources *sources, const char *root);

/* A copy of what the baseline is to hold of item; the caller's. */
struct l62_entry_known *l62_gate_item_entry(const struct l62_gate_item *item);

#endif
