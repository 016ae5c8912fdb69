/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A scan of Visual Studio projects and solutions in place of a compile database. */
#ifndef LEAK62_SCAN_PROJECTS_H
#define LEAK62_SCAN_PROJECTS_H

#include <stdbool.h>

#include "driver.h"
#include "scan_options.h"
#include "scan_units.h"
#include "work.h"

/* Whether one of the files to scan is a project or a solution. */
bool l62_scan_projects_wanted(const struct l62_scan_options *options);

/* Fills in database, entries and warnings.  L62_E_USAGE if none of the projects is a
 * kernel driver, or if files of other kinds are given with them; L62_E_IO,
 * L62_E_FORMAT. */
int l62_scan_projects_read(struct l62_scan_units *units, const struct l62_scan_options *options,
                           struct l62_error *err);

/* Lets the headers of units be included in any case: writes an overlay of their folders
 * into work and adds it to driver's arguments.  L62_E_IO. */
int l62_scan_projects_overlay(struct l62_driver *driver, const struct l62_scan_units *units,
                              const struct l62_work *work, struct l62_error *err);

#endif
