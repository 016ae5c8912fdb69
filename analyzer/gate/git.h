/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What git, run as a program, says of a work tree. */
#ifndef LEAK62_GATE_GIT_H
#define LEAK62_GATE_GIT_H

#include <glib.h>
#include <stdbool.h>

#include "leak62/error.h"

/* The top of the work tree that holds folder, a new string in *top.  L62_E_USAGE when
 * there is none, or no git. */
int l62_git_top(const char *folder, char **top, struct l62_error *err);

/* The newest commit that both HEAD and revision (as a user types it) come from, a new
 * string in *commit.  L62_E_USAGE: revision is none, or there is no such commit, as in
 * a clone that is too shallow. */
int l62_git_merge_base(const char *top, const char *revision, char **commit,
                       struct l62_error *err);

/* The commit that last changed the file, else HEAD's; NULL where there is none.  A new
 * string. */
char *l62_git_last_change(const char *top, const char *path);

/* What was renamed between commit and the work tree: old path -> new path, below top.
 * Files that git does not know yet are not among them.  To be freed with
 * g_hash_table_unref().  L62_E_IO. */
int l62_git_renamed(const char *top, const char *commit, GHashTable **renamed,
                    struct l62_error *err);

/* Paths below top that commit has and the work tree has not, renamed ones left out.  An
 * array of char, to be freed with g_ptr_array_unref().  L62_E_IO. */
int l62_git_deleted(const char *top, const char *commit, GPtrArray **deleted,
                    struct l62_error *err);

/* Whether git is told to leave the file alone, as it is what a build generates. */
bool l62_git_ignores(const char *top, const char *path);

/* The differences of the work tree from commit, as `git diff` prints them without
 * context, in *text.  L62_E_IO. */
int l62_git_diff(const char *top, const char *commit, GString **text, struct l62_error *err);

/* Writes the files of commit below folder, which is there.  The repository is left as
 * it is.  L62_E_IO. */
int l62_git_export(const char *top, const char *commit, const char *folder,
                   struct l62_error *err);

#endif
