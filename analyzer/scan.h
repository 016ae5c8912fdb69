/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A scan as the commands made of it share it: scan, gate and confirm. */
#ifndef LEAK62_SCAN_H
#define LEAK62_SCAN_H

#include <glib.h>

#include "build.h"
#include "config.h"
#include "driver.h"
#include "leak62/error.h"
#include "leak62/finding.h"
#include "leak62/report.h"
#include "scan_options.h"
#include "scan_units.h"
#include "toolchain.h"
#include "work.h"

struct l62_scan_hooks;

struct l62_scan {
	struct l62_scan_options options;
	struct l62_scan_units units;
	struct l62_driver driver;
	struct l62_toolchain toolchain;
	struct l62_image_tools tools; /* if findings are to be confirmed */
	struct l62_work work;
	struct l62_config *config;       /* or NULL */
	GPtrArray *all, *chosen;         /* of struct l62_unit */
	GPtrArray *assembler;            /* likewise, if findings are to be confirmed */
	char *cwd, *root, *command_line; /* root: of the report's paths */
	GDateTime *start;
	const struct l62_scan_hooks *hooks; /* or NULL */
};

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

/* Carries out `leak62 COMMAND ...`, of which argv[0] is COMMAND: "scan", "confirm" or "gate".
 * hooks: NULL for none; their errors are printed, L62_E_INTERNAL exits 4, all others 2.
 * Returns an enum l62_exit. */
int l62_scan_with(int argc, char **argv, const struct l62_scan_hooks *hooks);

#endif
