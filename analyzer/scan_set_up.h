/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What every command that reads a driver's sources begins with. */
#ifndef LEAK62_SCAN_SET_UP_H
#define LEAK62_SCAN_SET_UP_H

#include "driver.h"
#include "leak62/error.h"
#include "scan_options.h"
#include "scan_units.h"
#include "work.h"

/* Fills in driver (initialised by the caller) from the options and from what the units
 * need; cwd: the current folder.  L62_E_USAGE. */
int l62_scan_set_up_driver(struct l62_driver *driver, const struct l62_scan_options *options,
                           const struct l62_scan_units *units, const char *cwd,
                           struct l62_error *err);

/* Opens and locks the work folder, waiting for another scan that uses it.  The caller closes
 * work, also on failure.  L62_E_USAGE, L62_E_IO. */
int l62_scan_open_work(struct l62_work *work, const struct l62_scan_options *options,
                       const struct l62_scan_units *units, const char *cwd,
                       struct l62_error *err);

#endif
