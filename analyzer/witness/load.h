/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef LEAK62_WITNESS_LOAD_H
#define LEAK62_WITNESS_LOAD_H

#include "witness/witness.h"

/* Gives each of findings (of gint64 row: struct l62_finding) its witness.  False: see
 * sqlite3_errmsg(). */
bool l62_witnesses_load(sqlite3 *db, GHashTable *findings);

#endif
