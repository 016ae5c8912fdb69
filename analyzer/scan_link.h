/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * From the facts of a scan's units to the results of its drivers.  The database of a
 * single driver is driver.db in the work folder, those of several drivers/NAME.db.
 */
#ifndef LEAK62_SCAN_LINK_H
#define LEAK62_SCAN_LINK_H

#include "leak62/finding.h"
#include "scan_drivers.h"
#include "scan_options.h"

struct l62_scan_link {
	const struct l62_scan_options *options;
	const struct l62_scan_units *units;
	const struct l62_config *config; /* or NULL */
	const struct l62_work *work;
	const GPtrArray *chosen; /* of struct l62_unit, with facts */
	bool whole;              /* they are all that there is */
	GPtrArray *names;        /* receives char: the drivers */
	GPtrArray *results;      /* receives struct l62_result, one for each */
	GPtrArray *databases;    /* receives char: their databases' paths */
	GPtrArray *units_of;     /* receives GPtrArray of struct l62_unit, not owned */
};

/* Links, loads and suppresses.  With --driver NAME a single driver gets that name, of
 * several the one that has it is linked alone.  L62_E_USAGE if none has, L62_E_IO,
 * L62_E_FORMAT, L62_E_INTERNAL. */
int l62_scan_link(struct l62_scan_link *scan, struct l62_error *err);

#endif
