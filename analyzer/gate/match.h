/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which findings are known.  In steps, each for what the steps before it left:
 *
 *   1  rule, file, function, routine, tag and slot (or variable) are the same, and it
 *      is lost at a statement that is the same
 *   2  those are the same; where it was lost is not there any more
 *   3  as 1 without the file: the function was moved.  The statement that allocates
 *      is the same
 *   4  as 3 without the function: it was renamed.  It is lost at the same statement
 *   5  rule, file, function and routine are the same, and a variable, field or tag has
 *      another name (renamed.h); no other one of either side could be meant
 *
 * A file that version control says was renamed counts as the same from the start.  In 2
 * to 4 the old place must be gone: where the statement that lost it still stands and
 * loses nothing now, that finding was corrected, and one elsewhere is another one.
 *
 * A finding that is known but is lost in more places than before has a new place.
 */
#ifndef LEAK62_GATE_MATCH_H
#define LEAK62_GATE_MATCH_H

#include <glib.h>

#include "items.h"

/*
 * Fills in known and fresh of items (of struct l62_gate_item).  known: of struct
 * l62_entry_known.  renamed: old path -> new path, both below the root; or NULL.
 * Returns the entries that no item is, in their order, not owned; to be freed with
 * g_ptr_array_unref().
 */
GPtrArray *l62_gate_match(GPtrArray *items, const GPtrArray *known, GHashTable *renamed,
                          struct l62_gate_sources *sources);

#endif
