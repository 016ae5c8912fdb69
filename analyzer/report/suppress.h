/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which findings of a result need not be looked at.
 */
#ifndef LEAK62_REPORT_SUPPRESS_H
#define LEAK62_REPORT_SUPPRESS_H

#include <glib.h>
#include <stdbool.h>

#include "config.h"
#include "leak62/finding.h"

/*
 * Marks the findings that a comment in the source or an entry of config (may be NULL)
 * suppresses.  What ought to be said about it is added to warnings, new strings of one
 * sentence: comments beside findings that name a rule there is not and, where whole
 * says that results of all that there is have been given to it, entries that fit
 * nothing in any of them.
 */
void l62_suppress(struct l62_result *result, const struct l62_config *config, bool whole,
                  GPtrArray *warnings);

#endif
