/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The analysis as a build: one Ninja edge per translation unit, whose inputs
 * are the source, the headers it read last time, its arguments, clang and the
 * plugin, and whose one output is the file of facts.
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

/* Appends the build file for units (of struct l62_unit) to text.
 * L62_E_USAGE for a path that Ninja cannot express. */
int l62_ninja_text(GString *text, const struct l62_ninja *ninja, const GPtrArray *units,
                   struct l62_error *err);

/*
 * Runs the build file, for the facts of units only unless units is NULL.
 * Ninja's progress goes to standard error.  *interrupted receives the signal
 * that stopped it, or 0. L62_E_USAGE if there is no ninja, L62_E_INTERNAL if it
 * fails.
 */
int l62_ninja_run(const struct l62_ninja *ninja, const struct l62_work *work,
                  const GPtrArray *units, int *interrupted, struct l62_error *err);

#endif
