/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The findings that a project knows of, in a file that is committed with its source.
 *
 * Text, a JSON object in each line: the first says what the file is, {"leak62-baseline":
 * 1}; each other one is a finding, sorted by file, function, rule and the rest, so that
 * two branches that add findings rarely touch the same line and a difference shows
 * what was added and fixed.  There are no line numbers in it: code that moves does not
 * change it.
 */
#ifndef LEAK62_GATE_BASELINE_H
#define LEAK62_GATE_BASELINE_H

#include <glib.h>

#include "leak62/error.h"

enum { L62_BASELINE_VERSION = 1 };

/* A finding as the baseline knows it.  Strings are the entry's; NULL where a finding
 * has none. */
struct l62_entry_known {
	char *rule;     /* id, e.g. LEAK6201 */
	char *file;     /* of the allocation: below the root, else absolute */
	char *function; /* that holds the allocation */
	char *api;
	char *tag;
	char *place;      /* slot, or the variable where there is none; without blanks */
	char *statement;  /* l62_tokens_statement() of the allocation */
	GPtrArray *exits; /* of char: l62_tokens_following() of where it is lost, sorted */
};

struct l62_entry_known *l62_entry_known_new(void);
void l62_entry_known_free(struct l62_entry_known *entry);

/* An empty list of struct l62_entry_known, to be freed with g_ptr_array_unref(). */
GPtrArray *l62_baseline_new(void);

/* Reads path; on success *entries is the caller's.  L62_E_IO if it cannot be read,
 * L62_E_FORMAT if a line is none of a baseline, L62_E_VERSION if it is of another
 * version.  Errors name file and line. */
int l62_baseline_read(const char *path, GPtrArray **entries, struct l62_error *err);

/* Sorts entries and writes them to path: all of it or nothing.  L62_E_IO. */
int l62_baseline_write(const char *path, GPtrArray *entries, struct l62_error *err);

#endif
