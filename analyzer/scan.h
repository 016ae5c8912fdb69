/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A scan with something around it, for the commands that build on one. */
#ifndef LEAK62_SCAN_H
#define LEAK62_SCAN_H

#include "config.h"
#include "leak62/error.h"
#include "leak62/finding.h"
#include "leak62/report.h"
#include "scan_options.h"
#include "scan_units.h"

/* What a scan is about and has found; everything is the scan's. */
struct l62_scan_view {
	const struct l62_scan_options *options;
	const struct l62_scan_units *units;
	const struct l62_config *config; /* or NULL */
	const char *cwd, *root;          /* absolute; root: of SARIF's paths */
	const char *leak62;              /* the running program */
	const GPtrArray *results;        /* of struct l62_result, one for each driver */
	bool whole;                      /* they are of all that there is */
};

struct l62_scan_hooks {
	void *data;
	/* Before anything is analysed; results are NULL. */
	int (*prepare)(void *data, const struct l62_scan_view *view, struct l62_error *err);
	/* Before the report.  May mark findings; *gate receives what the report says of
	 * the comparison, owned by data, or is left alone. */
	int (*compare)(void *data, const struct l62_scan_view *view,
	               const struct l62_report_gate **gate, struct l62_error *err);
};

/* The command with the arguments from its own name on.  hooks may be NULL.  Returns an
 * enum l62_exit; errors of the hooks are printed, and L62_E_INTERNAL exits 4, all others
 * 2. */
int l62_scan_main(int argc, char **argv, const struct l62_scan_hooks *hooks);

#endif
