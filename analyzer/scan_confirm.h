/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Builds the drivers of a scan, runs them, and judges the findings by that. */
#ifndef LEAK62_SCAN_CONFIRM_H
#define LEAK62_SCAN_CONFIRM_H

#include <stdio.h>

#include "scan.h"
#include "scan_link.h"

struct l62_scan_confirm;

/*
 * Each driver of link: its findings get their proofs, which live until
 * l62_scan_confirm_free().  A driver that cannot be built or run is complained about and does
 * not keep the others back.  *confirm is the caller's, also after an error.  L62_E_USAGE: a
 * scenario that is none; L62_E_IO, L62_E_FORMAT, L62_E_INTERNAL.
 */
int l62_scan_confirm(struct l62_scan *scan, const struct l62_scan_link *link,
                     struct l62_scan_confirm **confirm, struct l62_error *err);
void l62_scan_confirm_free(struct l62_scan_confirm *confirm);

/* Whether every driver was built and came to the end of a run in which nothing failed. */
bool l62_scan_confirm_is_complete(const struct l62_scan_confirm *confirm);

/* Where the images are, how many runs there were, and what they have shown that no finding
 * says. */
void l62_scan_confirm_print(const struct l62_scan_confirm *confirm, FILE *out);

#endif
