/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Paths as Windows reads them: backslashes, and case that does not count.
 */
#ifndef LEAK62_BUILD_CASEPATH_H
#define LEAK62_BUILD_CASEPATH_H

#include <glib.h>

/*
 * The file or folder that Windows would open for path, relative to folder
 * (absolute): with the case it has on disk.  NULL if there is none.  Free with
 * g_free().
 */
char *l62_casepath_find(const char *path, const char *folder);

/* The same; where there is none, the canonical path as it is written. */
char *l62_casepath_resolve(const char *path, const char *folder);

/*
 * A file for clang's -ivfsoverlay that lets every header in and below folders, and
 * every one in flat (both of char, absolute), be included in any case; NULL if they
 * hold none.  Paths come
 * sorted, so that the same folders give the same text.
 *
 * Limits: four levels below each folder, 100,000 files; of two names that differ in
 * case alone the first one counts.
 */
GString *l62_casepath_overlay(const GPtrArray *folders, const GPtrArray *flat);

#endif
