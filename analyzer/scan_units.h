/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Which translation units a scan is about. */
#ifndef LEAK62_SCAN_UNITS_H
#define LEAK62_SCAN_UNITS_H

#include <glib.h>

#include "database.h"
#include "leak62/error.h"
#include "scan_options.h"
#include "unit.h"

struct l62_scan_units {
	char *database;      /* absolute path, or NULL: files with default flags; of
	                      * projects that of the first */
	bool projects;       /* entries come from Visual Studio's projects: each target is
	                      * a driver */
	GPtrArray *entries;  /* of struct l62_entry: all of the database or the
	                      * projects; or NULL */
	GPtrArray *chosen;   /* of char: absolute paths, without repetition */
	GPtrArray *focus;    /* of char: those among them to report on; none: all */
	GPtrArray *warnings; /* of char: sentences about the database */
};

/*
 * Reads the database or checks the files, as options say.  The caller frees
 * units with l62_scan_units_clear() in any case.  L62_E_USAGE, L62_E_IO,
 * L62_E_FORMAT.
 */
int l62_scan_units_choose(struct l62_scan_units *units, const struct l62_scan_options *options,
                          struct l62_error *err);
void l62_scan_units_clear(struct l62_scan_units *units);

/*
 * Makes a struct l62_unit of each: of every source of the database, so that
 * results of those that were not chosen are kept, into *all, and the chosen
 * among them into *chosen.  salt: see unit.h.  The scan is about the facts of
 * paths, a stage, or, out of focus, L62_STAGE_SKELETON.  Both are to be freed with
 * g_ptr_array_unref(), chosen first.
 */
void l62_scan_units_make(const struct l62_scan_units *units, const struct l62_driver *driver,
                         const char *salt, enum l62_stage paths, GPtrArray **all,
                         GPtrArray **chosen);

/* The assembler sources of the compile database as units for l62_image_build(), none without
 * one; to be freed with g_ptr_array_unref().  L62_E_IO, L62_E_FORMAT. */
int l62_scan_units_assembler(const struct l62_scan_units *units, GPtrArray **assembler,
                             struct l62_error *err);

#endif
