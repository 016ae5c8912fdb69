/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Where a scan has left the databases of its drivers. */
#ifndef LEAK62_DATABASES_H
#define LEAK62_DATABASES_H

#include <glib.h>

#include "leak62/finding.h"

/* The databases in a work folder (driver.db, else drivers/NAME.db by name; driver, which
 * may be NULL, picks one of those): of char, at least one, which need not be there. */
GPtrArray *l62_databases_in(const char *work, const char *driver);

/* The work folder of a scan with -p build (folder or compile database; NULL: the current
 * folder).  A new string. */
char *l62_databases_work(const char *build);

/* What the driver of a database is called: driver if it is not NULL, else by the file's
 * name in drivers/, else by its sources.  A new string. */
char *l62_databases_driver_name(const char *database, const char *driver,
                                const struct l62_result *result);

#endif
