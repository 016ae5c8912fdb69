/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the files of this folder need of each other; for its users: build.h. */
#ifndef LEAK62_CONFIRM_CONFIRM_H
#define LEAK62_CONFIRM_CONFIRM_H

#include <glib.h>

#include "build.h"
#include "unit.h"

/* A build under way. */
struct l62_making {
	const struct l62_image_build *build;
	struct l62_image *image;
	char *folder;        /* absolute: WORK/confirm/DRIVER/VARIANT */
	char *name;          /* the driver's, as a file name */
	GPtrArray *objects;  /* of char: absolute path of each unit's object, in order */
	GPtrArray *own;      /* of struct l62_unit: see support.c */
	GPtrArray *support;  /* these and build->more: linked if the driver lacks something */
	GHashTable *hashes;  /* path -> SHA-256 of the file, "" if it cannot be read */
	GHashTable *reasons; /* source -> why it does not compile */
	GMutex mutex;        /* for image, hashes, reasons and progress */
	struct l62_error err;
	int status; /* of the first thing that failed; not of sources that do not compile */
};

/* Where a unit's object goes.  Free with g_free(). */
char *l62_making_object(const struct l62_making *making, const struct l62_unit *unit);

/* The content of path as a SHA-256, "" if it cannot be read; read once in a build.
 * Owned by making.  Any thread. */
const char *l62_making_hash(struct l62_making *making, const char *path);

/* Before path, which no other thread asks for, is written. */
void l62_making_forget(struct l62_making *making, const char *path);

/* Keeps the first failure.  Any thread. */
void l62_making_fail(struct l62_making *making, int status, const struct l62_error *err);

void l62_making_progress(struct l62_making *making, const char *path);

/* Makes the object of unit unless the one that is there is right.  What fails is left in
 * making: reasons, or status.  Any thread. */
void l62_compile(struct l62_making *making, const struct l62_unit *unit);

/* Makes making->own: what of the WDK's static libraries a driver may link to. */
int l62_support_make(struct l62_making *making, struct l62_error *err);

/* The import libraries of the modules that drivers link to, made if need be; of char, in the
 * order for the linker.  *libraries is to be freed with g_ptr_array_unref(). */
int l62_exports_make(struct l62_making *making, GPtrArray **libraries, struct l62_error *err);

/* Links the objects, or keeps the image if it is of these; sets image->sys and pdb, or
 * adds to image->why. */
int l62_link_image(struct l62_making *making, struct l62_error *err);

/* The library of the WDK that defines name ("wdmsec.lib"), or NULL if that is not known. */
const char *l62_library_of(const char *name);

#endif
