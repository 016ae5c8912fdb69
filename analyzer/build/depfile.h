/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The list of files that clang read, between the way clang writes it and the
 * way Ninja reads it.
 */
#ifndef LEAK62_BUILD_DEPFILE_H
#define LEAK62_BUILD_DEPFILE_H

#include <glib.h>

#include "leak62/error.h"

/* The prerequisites in what clang -MD writes; of char. */
GPtrArray *l62_depfile_parse(const char *text);

/*
 * Rewrites the depfile at path so that Ninja reads every name in it: a name
 * with characters that it takes for the end of a name is replaced by a symbolic
 * link in the folder links; one that names no file is left out.  A depfile that is not there
 * becomes one without prerequisites.  target is what they are of.  L62_E_IO.
 */
int l62_depfile_adapt(const char *path, const char *target, const char *links,
                      struct l62_error *err);

#endif
