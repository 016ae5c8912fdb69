/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Builds a driver's translation units to an image that the verifier core loads: with the
 * arguments that they were scanned with, clang's code for Windows on x64, and lld.
 *
 *   l62_image_tools_find()   ld.lld and llvm-dlltool
 *   l62_image_build()        units -> WORK/confirm/DRIVER/VARIANT/DRIVER.sys, .pdb
 *
 * In that folder an object is kept for each unit, with the hash of its command and of every
 * file that clang read for it; one that is still right is not made again.  What routines
 * of the kernel link to is said in exports.c and support.c, how code is made in recipe.cmake.
 *
 * Limits: 64-bit images alone; no resources; of assembler what clang reads; a library
 * that a project links to and that neither leak62 nor mingw-w64 has is missing.
 */
#ifndef LEAK62_CONFIRM_BUILD_H
#define LEAK62_CONFIRM_BUILD_H

#include <glib.h>
#include <stdbool.h>

#include "driver.h"
#include "leak62/error.h"
#include "work.h"

struct l62_image_tools {
	char *clang;   /* absolute */
	char *lld;     /* ld.lld, absolute */
	char *dlltool; /* llvm-dlltool, absolute */
	char *mingw;   /* the folder of mingw-w64's import libraries, or NULL */
};

/*
 * clang: absolute path of the clang in use.  lld and dlltool: what the user asked for, or
 * NULL for those beside clang.  On success tools is the caller's, to be cleared with
 * l62_image_tools_clear(); on failure it needs no clearing.  L62_E_USAGE, naming the
 * Debian package of what is missing.
 */
int l62_image_tools_find(struct l62_image_tools *tools, const char *clang, const char *lld,
                         const char *dlltool, struct l62_error *err);
void l62_image_tools_clear(struct l62_image_tools *tools);

/* A way of building; each has a folder of its own. */
struct l62_image_variant {
	const char *name;          /* of the folder: "plain", "traced" */
	const char *const *flags;  /* more arguments for clang, ended by NULL; or NULL */
	const char *const *import; /* more routines that the kernel exports, likewise */
};

/* The driver as it is. */
extern const struct l62_image_variant l62_image_plain;

struct l62_image_build {
	const struct l62_image_tools *tools;
	const struct l62_work *work; /* locked by the caller */
	const char *clang_version;   /* what its objects depend on */
	const char *driver;          /* the driver's name */
	const GPtrArray *units;      /* of struct l62_unit; their sources can be read */
	const GPtrArray *more;       /* likewise, or NULL: linked only to a driver that lacks
	                              * something without them; assembler sources */
	const struct l62_driver *headers; /* as for the units; NULL: without what of the
	                                   * WDK's static libraries leak62 has (support.c) */
	const struct l62_image_variant *variant;
	unsigned jobs;    /* units compiled at once; at least 1 */
	unsigned timeout; /* seconds for a unit, and for linking; 0: none */
	/* Called, by one thread at a time, before something is made: a unit's source, or
	 * the image.  Or NULL. */
	void (*progress)(void *data, const char *path);
	void *data;
};

struct l62_image {
	char *sys, *pdb; /* absolute paths; NULL: not built */
	GPtrArray *why;  /* of char: without an image, one line for each reason:
	                  * "FILE(LINE): text", without the place where there is none */
	unsigned compiled; /* units whose object was made now */
	unsigned kept;     /* units whose object was still right */
	bool linked;       /* the image was linked now */
	int interrupted;   /* the signal that asked leak62 to stop, or 0: not built */
};

/*
 * Builds.  0 also when the driver does not compile or link: then image->sys is NULL and
 * image->why says why; a driver of which one file fails is not built as a whole.  L62_E_IO
 * when a file cannot be written or a tool not be started, L62_E_INTERNAL.  The caller
 * clears image with l62_image_clear() in any case.
 */
int l62_image_build(const struct l62_image_build *build, struct l62_image *image,
                    struct l62_error *err);
void l62_image_clear(struct l62_image *image);

#endif
