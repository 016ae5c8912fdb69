/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * From what single translation units do to what their functions mean to their
 * callers in other units; the formats are in leak62/skeleton.h.
 */
#ifndef LEAK62_SUMMARY_H
#define LEAK62_SUMMARY_H

#include <stddef.h>

#include "leak62/error.h"

struct l62_summary_unit {
	const char *skeleton;  /* path of a file that the plugin wrote */
	const char *summaries; /* path of the file to write for that unit */
};

/*
 * Solves a whole driver.  Each unit's summaries file receives the functions that
 * its functions call, all (may be NULL) those of every unit; a file that would
 * not change is left alone.  A skeleton that cannot be read is told to warn, as
 * one sentence, and its functions count as unknown: callers assume that they keep
 * whatever they get.  Of several external functions of one name, a unit's
 * own is meant, else the one in the nearest folder, and neither if two are equally
 * near.  L62_E_IO when a file cannot be written.
 */
int l62_summarise(const struct l62_summary_unit *units, size_t count, const char *all,
                  void (*warn)(const char *text, void *data), void *data,
                  struct l62_error *err);

#endif
