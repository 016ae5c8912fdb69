/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Findings inside headers of the system, which nobody who reads the report can change.
 */
#ifndef LEAK62_REPORT_HEADERS_H
#define LEAK62_REPORT_HEADERS_H

#include <glib.h>

#include "leak62/finding.h"

struct l62_system {
	GPtrArray *folders;  /* of char: absolute; what is below them is the system's */
	GHashTable *sources; /* of char: absolute; the driver's all the same */
};

/*
 * Moves each finding whose primary location or allocation is in a file of the system
 * to the driver's own call that leads there, and drops those to which none leads,
 * counted in result->in_headers.
 */
void l62_headers_move(struct l62_result *result, const struct l62_system *system);

#endif
