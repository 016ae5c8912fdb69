/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The files of skeletons and summaries as files: whether one is whole, and how it
 * takes its place.  What they say is in leak62/skeleton.h.
 */
#ifndef LEAK62_BUILD_EXCHANGE_H
#define LEAK62_BUILD_EXCHANGE_H

#include <stdbool.h>

#include "leak62/error.h"

/* Whether the file at path begins with the line header and ends with a line's
 * end: one that was cut short, or overwritten, does not. */
bool l62_exchange_is_whole(const char *path, const char *header);

/* Moves the file at draft to path; where both hold the same, path is left alone
 * with its time and draft removed.  L62_E_IO. */
int l62_exchange_install(const char *draft, const char *path, struct l62_error *err);

/* Writes the skeleton of a unit of which nothing is known (temporary file, then
 * rename), and leaves path alone if it is that already.  L62_E_IO. */
int l62_exchange_write_empty(const char *path, const char *source, struct l62_error *err);

#endif
