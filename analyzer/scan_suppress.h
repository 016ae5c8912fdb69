/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a scan leaves out of its report: what the project file or a comment suppresses,
 * and what is the system's. */
#ifndef LEAK62_SCAN_SUPPRESS_H
#define LEAK62_SCAN_SUPPRESS_H

#include <stdbool.h>

#include "config.h"
#include "leak62/error.h"
#include "leak62/finding.h"
#include "scan_options.h"

/*
 * Reads the project file: that of --config, else the first beside database (may be
 * NULL), in the folder cwd, at the top of its git work tree.  *config is NULL without
 * one, else to be freed with l62_config_free().  L62_E_IO, L62_E_FORMAT.
 */
int l62_scan_suppress_read(struct l62_config **config, const struct l62_scan_options *options,
                           const char *database, const char *cwd, struct l62_error *err);

/* Moves findings out of the headers of the system that units (of struct l62_unit)
 * include; see report/headers.h. */
void l62_scan_headers(struct l62_result *result, const GPtrArray *units);

/* Marks what is suppressed and prints the warnings; see report/suppress.h. */
void l62_scan_suppress(struct l62_result *result, const struct l62_config *config, bool whole);

#endif
