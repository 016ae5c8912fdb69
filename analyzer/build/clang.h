/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What every run of clang has in common. */
#ifndef LEAK62_BUILD_CLANG_H
#define LEAK62_BUILD_CLANG_H

/* leak62's environment without what would change how clang reads a source.  Free with
 * g_strfreev(). */
char **l62_clang_environment(void);

/* The first error in what clang wrote to the file log, as "file(line): text", else its last
 * line; NULL if it wrote none.  Free with g_free(). */
char *l62_clang_first_error(const char *log);

#endif
