/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * How far a run of Ninja is, in one line of a terminal:
 *
 *	[ 12/340] 0:41 left: analyze src/io.c
 *
 * Ninja says what it starts, with counts; the time is what the edges that are done
 * took, for those that are not, and is said once it is worth something.
 */
#ifndef LEAK62_BUILD_PROGRESS_H
#define LEAK62_BUILD_PROGRESS_H

#include <glib.h>
#include <stdbool.h>

/* For Ninja's environment, so that l62_progress_line() can read what it says. */
#define L62_PROGRESS_STATUS "leak62 %f/%t "

/*
 * The line to show for one that Ninja printed after so many seconds, cut to width
 * columns (0: not cut); a new string.  NULL if it is no status: that is for people to
 * read as it is.
 */
char *l62_progress_line(const char *line, double seconds, unsigned width);

/*
 * Shows on standard error what comes from the descriptor, which is closed, in a thread of
 * its own: as one line of a terminal, or plainly as it comes.  That there was nothing to do
 * is left out, which Ninja 1.11 says even when it is told to be quiet.  l62_progress_end()
 * waits for the end of it and clears the line.
 */
struct l62_progress;
struct l62_progress *l62_progress_start(int descriptor, bool plain);
void l62_progress_end(struct l62_progress *progress);

/* Whether standard error is a terminal that can draw a line again. */
bool l62_progress_possible(void);

#endif
