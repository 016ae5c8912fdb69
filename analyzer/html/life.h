/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The life cycle of a slot as a drawing. */
#ifndef LEAK62_HTML_LIFE_H
#define LEAK62_HTML_LIFE_H

#include "page.h"

/* Appends the drawing: the phases from top to bottom, in them what happens to what the
 * slot holds, and beside them from where on it stays Owned. */
void l62_html_life(GString *out, const struct l62_finding *finding,
                   const struct l62_story *story);

#endif
