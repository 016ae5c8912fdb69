/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * How clang must be called so that it reads a Windows kernel driver: target,
 * language extensions and headers, around what a build's own command says.
 */
#ifndef LEAK62_BUILD_DRIVER_H
#define LEAK62_BUILD_DRIVER_H

#include <glib.h>
#include <stdbool.h>

#include "flags.h"
#include "leak62/error.h"

enum l62_headers {
	L62_HEADERS_WHEN_MISSING, /* mingw-w64's if the unit's folders hold none */
	L62_HEADERS_ALWAYS,
	L62_HEADERS_NEVER,
};

struct l62_driver {
	enum l62_headers headers;
	char *mingw;            /* mingw-w64's include folder, or NULL */
	char *shim;             /* leak62's supplement to it, or NULL */
	GPtrArray *wdk;         /* of char: a WDK's own include folders, absolute */
	GPtrArray *resources;   /* of char: rows for the plugin, see config/config.h */
	struct l62_flags extra; /* what the user adds to every unit */
};

/* Empty, with headers WHEN_MISSING; freed by l62_driver_clear(). */
void l62_driver_init(struct l62_driver *driver);
void l62_driver_clear(struct l62_driver *driver);

/* Fills in mingw and shim.  L62_E_USAGE when there are none. */
int l62_driver_find_headers(struct l62_driver *driver, struct l62_error *err);

/* Whether a unit with these flags (NULL: without a compile command) needs
 * mingw-w64's headers. */
bool l62_driver_needs_headers(const struct l62_driver *driver, const struct l62_flags *flags);

/* clang's arguments for such a unit, without the source; of char.  Free with
 * g_ptr_array_unref(). */
GPtrArray *l62_driver_arguments(const struct l62_driver *driver, const struct l62_flags *flags,
                                enum l62_language language);

#endif
