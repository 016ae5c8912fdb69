/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Whether a finding is a known one whose variable, field or pool tag has another name now.
 *
 * It is, if with the old names the statement that allocates is the old one, and what follows
 * a place where it is lost is what followed one then.  The statement must name what has
 * another name, or be about the tag alone; where it still stands under the old names as
 * well, the known one was corrected and this is another one.
 */
#ifndef LEAK62_GATE_RENAMED_H
#define LEAK62_GATE_RENAMED_H

#include <glib.h>

#include "items.h"

/*
 * then: of the same rule, routine and function, which is in file now.  The statements of
 * item must be in sources.  Returns how each exit of item that has a name was called then
 * (of char, to be freed with g_ptr_array_unref()); NULL if it is not that one.
 */
GPtrArray *l62_gate_renamed(const struct l62_gate_item *item,
                            const struct l62_entry_known *then,
                            struct l62_gate_sources *sources);

#endif
