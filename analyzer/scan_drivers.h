/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which translation units are one driver.  In this order:
 *
 *   .leak62.yml      the files that it names
 *   build targets    a target with a DriverEntry, or a Visual Studio project of a
 *                    driver: all that is compiled for it
 *   folders          a folder with a DriverEntry: all in it and below it, up to the
 *                    next such folder; several in one folder: each file for itself
 *   use              what is left goes to every driver that needs one of its
 *                    functions, directly or through others that are left; so does
 *                    what a folder has given to another driver
 *
 * What no driver needs is a group of its own.  Without several DriverEntry routines
 * and without a word in .leak62.yml everything is one driver.
 */
#ifndef LEAK62_SCAN_DRIVERS_H
#define LEAK62_SCAN_DRIVERS_H

#include <glib.h>

#include "config.h"
#include "scan_units.h"
#include "work.h"

struct l62_scan_driver {
	char *name;
	GPtrArray *units; /* of struct l62_unit, not owned */
};

/* Of units (of struct l62_unit, with facts in work), at least one group if there is a
 * unit; names are different.  config may be NULL.  An array of struct l62_scan_driver
 * to be freed with g_ptr_array_unref(). */
GPtrArray *l62_scan_drivers(const GPtrArray *units, const struct l62_scan_units *entries,
                            const struct l62_config *config, const struct l62_work *work);

#endif
