/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a build on Windows writes, read here. */
#ifndef LEAK62_BUILD_WINDOWS_H
#define LEAK62_BUILD_WINDOWS_H

#include <stdbool.h>

/* A path with slashes, and below /mnt/c for C: where there is such a folder
 * (WSL).  Free with g_free(). */
char *l62_windows_path(const char *path);

/* Whether a command was quoted for Windows' command line: its program has a
 * Windows path or suffix, or is plain cl. */
bool l62_windows_is_command(const char *command);

/* The same command, quoted for a POSIX shell.  Free with g_free(). */
char *l62_windows_requote(const char *command);

#endif
