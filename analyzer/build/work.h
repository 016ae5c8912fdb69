/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The work folder: facts, arguments, logs and Ninja's own files.  One scan uses
 * it at a time.
 *
 *   .gitignore        *
 *   lock              locked by the scan that runs, and by what it started
 *   build.ninja       the edges: see ninja.h
 *   args/NAME         clang's arguments for a unit
 *   skel/NAME.skel    its skeleton;  skel/NAME.db  its static facts
 *   units             skeleton and summaries of each unit, for the solver
 *   sums/NAME.sum     summaries of the functions that the unit calls
 *   facts/NAME.db     its facts, made with them
 *   alone/NAME.db     its facts, made without them
 *   .../NAME.db.log   what clang said
 *   links/HASH        links to headers whose names Ninja cannot read; depfile.h
 *   driver.db         all of them, linked; of several drivers drivers/NAME.db
 */
#ifndef LEAK62_BUILD_WORK_H
#define LEAK62_BUILD_WORK_H

#include <glib.h>
#include <stdbool.h>

#include "leak62/error.h"

struct l62_work {
	char *path; /* absolute */
	int lock;   /* descriptor, inherited by what the scan starts; -1: none */
};

/* Makes the folder if need be.  On success the caller frees work with
 * l62_work_close().  L62_E_USAGE if it cannot be made. */
int l62_work_open(struct l62_work *work, const char *path, struct l62_error *err);
void l62_work_close(struct l62_work *work);

/* Locks it.  Without wait, *locked says whether that worked at once; with it,
 * waits until the other scan has ended. */
int l62_work_lock(struct l62_work *work, bool wait, bool *locked, struct l62_error *err);

/* Removes what a killed scan left half-written.  Call with the lock held. */
void l62_work_sweep(const struct l62_work *work);

/* Writes a file in the folder (temporary file, then rename), and leaves it and
 * its time alone if the content is the same. */
int l62_work_write(const struct l62_work *work, const char *name, const GString *content,
                   struct l62_error *err);

/* The path of something in the folder.  Free with g_free(). */
char *l62_work_path(const struct l62_work *work, const char *name);

#endif
