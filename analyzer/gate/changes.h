/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The lines that a change touches, and which of them is to blame for a finding.
 *
 * Code review shows a finding only if it lies in the difference.  A free that was
 * deleted leaves no line behind and the allocation as it was: such a finding is put
 * on the line that follows what was deleted, which the difference shows with it.
 */
#ifndef LEAK62_GATE_CHANGES_H
#define LEAK62_GATE_CHANGES_H

#include <glib.h>
#include <stdbool.h>

#include "items.h"

/* Lines that were replaced by others, either of which may be none. */
struct l62_hunk {
	int first, count;  /* lines of the new file; count 0: deleted after line first */
	char *removed;     /* the text of the old lines, or "" */
	char *added;       /* of the new ones */
	bool freed, frees; /* the old text, the new text calls what frees */
};

struct l62_changes {
	GHashTable *files; /* path below the root of the repository -> GArray of l62_hunk */
};

/* Reads what `git diff -U0` prints, of C and C++ files; what is no part of that is passed
 * over. */
void l62_changes_read(struct l62_changes *changes, const char *diff);
void l62_changes_clear(struct l62_changes *changes);

/* Whether the difference, with three lines around each change, shows all of at. */
bool l62_changes_show(const struct l62_changes *changes, const char *top,
                      const struct l62_location *at);

/* A change that is the reason of a finding. */
struct l62_blame {
	char *file; /* absolute */
	int line;
	char *removed; /* what freed it, as it stood there, in one line; or NULL */
};

/* The change that item is due to.  driver (of char, absolute; NULL: not known): the sources
 * of the driver that has it; no change in another driver's is the reason.  Returns false
 * where none has to do with it.  The caller frees the strings. */
bool l62_changes_blame(const struct l62_changes *changes, const char *top,
                       const struct l62_gate_item *item, const GPtrArray *driver,
                       struct l62_gate_sources *sources, struct l62_blame *blame);

#endif
