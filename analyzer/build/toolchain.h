/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The clang that runs and the plugin it loads.  clang only says "no analyzer
 * checkers" when the two do not fit, so they are compared before anything runs.
 */
#ifndef LEAK62_BUILD_TOOLCHAIN_H
#define LEAK62_BUILD_TOOLCHAIN_H

#include "leak62/error.h"

struct l62_toolchain {
	char *leak62;         /* absolute path of the running executable */
	char *clang;          /* absolute path */
	char *plugin;         /* absolute path */
	char *clang_version;  /* "19.1.7" */
	char *plugin_version; /* leak62's version as the plugin gives it */
};

/*
 * Finds and compares them.  clang and plugin are what the user asked for, or
 * NULL.  On success toolchain is the caller's, to be freed with
 * l62_toolchain_clear(); on failure it needs no freeing.
 * L62_E_USAGE: not found; L62_E_FORMAT: not what it must be; L62_E_VERSION.
 */
int l62_toolchain_find(struct l62_toolchain *toolchain, const char *clang, const char *plugin,
                       struct l62_error *err);
void l62_toolchain_clear(struct l62_toolchain *toolchain);

/* "19.1.7" out of what a clang prints for --version, or NULL.  Free with
 * g_free(). */
char *l62_toolchain_parse_version(const char *text);

/*
 * Reads the mark that the plugin's file at path carries.  The strings are the
 * caller's.  L62_E_IO, or L62_E_FORMAT if there is no mark.
 */
int l62_toolchain_plugin_mark(const char *path, char **clang_version, char **version,
                              struct l62_error *err);

/* A path relative to the folder of the running executable.  Free with
 * g_free(). */
char *l62_toolchain_beside(const char *relative);

#endif
