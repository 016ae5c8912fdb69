/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The analysis as a build.  The edges of a unit X:
 *
 *   source, headers --clang--> skel/X.skel, skel/X.db
 *   skel/X.skel of all units --leak62 summarise--> sums/X.sum of all
 *   source, headers, sums/X.sum --clang--> facts/X.db
 *   source, headers --clang--> alone/X.db
 *
 * Those of clang also depend on its arguments, itself and the plugin.  A skeleton
 * or summary whose content stays the same keeps its time, and what depends on it
 * is not made again.  What a run makes is in the build file, as its defaults.
 */
#ifndef LEAK62_BUILD_NINJA_H
#define LEAK62_BUILD_NINJA_H

#include <glib.h>
#include <stdbool.h>

#include "leak62/error.h"
#include "unit.h"
#include "work.h"

struct l62_ninja {
	const char *leak62, *clang, *plugin; /* absolute paths */
	const char *cwd;                     /* progress shows paths below it */
	unsigned timeout;                    /* seconds for a unit; 0: none */
	unsigned jobs;
	bool quiet, verbose;
};

/* Appends the build file to text.  units (of struct l62_unit) are those with a
 * source that can be read; a run makes the facts of targets (of the same), of
 * the stage that each has.  L62_E_USAGE for a path that Ninja cannot express. */
int l62_ninja_text(GString *text, const struct l62_ninja *ninja, const GPtrArray *units,
                   const GPtrArray *targets, struct l62_error *err);

/* What `leak62 summarise` reads: the skeleton and the summaries of each unit, each
 * path followed by a NUL. */
GString *l62_ninja_pairs(const GPtrArray *units);

/* Where the caller puts them, in the work folder. */
#define L62_NINJA_PAIRS "units"

/*
 * Runs the build file.  How far it is, is shown on a terminal (progress.h).  *interrupted
 * receives the signal that stopped it, or 0. L62_E_USAGE if there is no ninja,
 * L62_E_INTERNAL if it fails.
 */
int l62_ninja_run(const struct l62_ninja *ninja, const struct l62_work *work, int *interrupted,
                  struct l62_error *err);

#endif
