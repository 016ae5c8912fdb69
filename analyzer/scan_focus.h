/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a scan with --focus reports. */
#ifndef LEAK62_SCAN_FOCUS_H
#define LEAK62_SCAN_FOCUS_H

#include <glib.h>

#include "leak62/finding.h"

/* Leaves in result what concerns the sources in focus (of char: absolute paths):
 * findings whose primary location, allocation or missing release is in one of them.
 * Without any everything stays. */
void l62_scan_focus_apply(const GPtrArray *focus, struct l62_result *result);

#endif
