/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* One translation unit to analyse. */
#ifndef LEAK62_BUILD_UNIT_H
#define LEAK62_BUILD_UNIT_H

#include <glib.h>

struct l62_unit {
	char *source;    /* absolute path */
	GPtrArray *args; /* of char: for clang, without the source */
	char *command;   /* SHA-256 of everything that decides the facts */
	char *facts;     /* where the facts go, relative to the work folder */
	char *args_file; /* where args are kept, likewise */
};

/* Makes a unit of source and args (taken over).  salt is what else decides the
 * facts: the versions of the tools.  Free with l62_unit_free(). */
struct l62_unit *l62_unit_new(const char *source, GPtrArray *args, const char *salt);
void l62_unit_free(struct l62_unit *unit);

/* The content of args_file: each argument and a NUL. */
GString *l62_unit_pack(const struct l62_unit *unit);

/* The arguments in such a file's content; of char. */
GPtrArray *l62_unit_unpack(const char *data, size_t length);

/* What the driver of units (of struct l62_unit) is called: the folder that
 * holds all of them, or the one above it if that is called src or the like.
 * Free with g_free(). */
char *l62_unit_driver_name(const GPtrArray *units);

#endif
