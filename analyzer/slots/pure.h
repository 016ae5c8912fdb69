/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Fields that hold nothing but what one family of routines has made, whatever record they
 * are of: to give one of these to another family is wrong wherever it happens. */
#ifndef LEAK62_SLOTS_PURE_H
#define LEAK62_SLOTS_PURE_H

#include "index.h"

/* The kind (an atom) of all that the driver's code puts into slot; L62_NONE: it is not
 * known of everything, or there are several. */
uint32_t l62_pure_kind(const struct l62_index *index, uint32_t slot);

#endif
