/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Many facts files into one database of a driver.
 */
#ifndef LEAK62_FACTS_MERGE_H
#define LEAK62_FACTS_MERGE_H

#include <sqlite3.h>
#include <stddef.h>

#include "leak62/error.h"
#include "leak62/link.h"

/*
 * Creates the tables of schema.sql and driver.sql in the empty database db and
 * fills them from count facts files.  A file that cannot be used leaves no row but
 * that of a failed TU.  No transaction may be open.  L62_E_INTERNAL.
 */
int l62_merge(sqlite3 *db, const struct l62_link_input *inputs, size_t count,
              struct l62_error *err);

#endif
