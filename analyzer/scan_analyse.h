/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* From the units of a scan to their facts, by one run of Ninja. */
#ifndef LEAK62_SCAN_ANALYSE_H
#define LEAK62_SCAN_ANALYSE_H

#include <glib.h>

#include "leak62/error.h"
#include "ninja.h"
#include "work.h"

struct l62_scan_analysis {
	struct l62_ninja ninja;
	const struct l62_work *work; /* locked */
	const GPtrArray *all;        /* of struct l62_unit: those the driver is made of */
	const GPtrArray *chosen;     /* those among them whose facts are wanted */
	GPtrArray *unknown;          /* receives those of all of which no skeleton could be
	                              * made, unless their facts tell that they failed */
	unsigned reanalysed;         /* receives how many had their paths followed */
	int interrupted;             /* receives the signal that stopped it, or 0 */
};

/*
 * Afterwards each chosen unit has a file of facts, of the stage that is set in
 * it; what is in order and up to date is left alone, and what failed is tried
 * again.  L62_E_USAGE, L62_E_IO, L62_E_INTERNAL.
 */
int l62_scan_analyse(struct l62_scan_analysis *analysis, struct l62_error *err);

#endif
