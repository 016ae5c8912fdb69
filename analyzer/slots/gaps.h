/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Gaps in arrays: requests that empty the element that they choose, or find, leave others
 * behind it; a loop that ends at the first empty element does not come to those.
 */
#ifndef LEAK62_SLOTS_GAPS_H
#define LEAK62_SLOTS_GAPS_H

#include "slice.h"

/* Whether f, or what it calls, empties a single element of the slot's array.  Not where
 * the driver closes gaps: the last one is moved there, or all behind it are. */
bool l62_gaps_left_by(const struct l62_slice *slice, const struct l62_function *f);

/* Whether op, which stands in block, looks at an element after the other and null is the
 * end of that. */
bool l62_gaps_end_at(const struct l62_body *body, uint32_t block, const struct l62_op *op);

#endif
