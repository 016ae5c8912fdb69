/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Records the compile commands of a build as it runs, by Bear. */
#ifndef LEAK62_BUILD_RECORD_H
#define LEAK62_BUILD_RECORD_H

#include "leak62/error.h"

/*
 * Runs command (NULL-terminated, in the current folder) under Bear and adds what it
 * compiles to the compile database at path; its output goes to standard error.  What an
 * earlier build compiled and this one did not need to is kept.  L62_E_USAGE if Bear is
 * not there, the build fails, or nothing is compiled; L62_E_IO.
 */
int l62_record_build(char *const *command, const char *path, struct l62_error *err);

#endif
