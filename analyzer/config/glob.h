/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Patterns of file names:
 *
 *	*      anything within one name      ?      one character of a name
 *	[a-c]  one of these; [!a-c] or [^a-c] one that is none of these
 *	**     any number of folders, when it stands between slashes or at an end
 *	a/     everything below folder a
 *	\c     character c itself
 */
#ifndef LEAK62_CONFIG_GLOB_H
#define LEAK62_CONFIG_GLOB_H

#include <glib.h>
#include <stdbool.h>

struct l62_glob;

/* A pattern of paths below folder (absolute), which it may leave with "..".  NULL,
 * with *why a reason that lives for ever, when it is none. */
struct l62_glob *l62_glob_new(const char *folder, const char *pattern, const char **why);
void l62_glob_free(struct l62_glob *glob);

/* path is absolute.  Both it and the folder are also looked at with symbolic links
 * resolved. */
bool l62_glob_matches(const struct l62_glob *glob, const char *path);

#endif
