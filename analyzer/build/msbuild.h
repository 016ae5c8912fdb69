/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Evaluates an MSBuild project file (.vcxproj) for one configuration: its properties,
 * then its item definitions, then its items, each in the order of the text with
 * imports in their place, as MSBuild does.  Nothing is built and no task is run.
 *
 * Files of the toolset and of the WDK (below $(VCTargetsPath) and the like) are not
 * read; vcxproj_toolset.h says what they would have defined.
 */
#ifndef LEAK62_BUILD_MSBUILD_H
#define LEAK62_BUILD_MSBUILD_H

#include <glib.h>
#include <stdbool.h>

#include "leak62/error.h"

/* Folders that only a Windows machine has begin so; there is no such folder here. */
#define L62_MSBUILD_TOOLSET "/.toolset"

struct l62_msbuild_item {
	char *include;        /* as it is written in the list, wildcards expanded */
	GHashTable *metadata; /* lower-case name -> value: of the definition and its own */
};

struct l62_msbuild;

/*
 * Reads and evaluates the project at path (absolute).  globals (lower-case name ->
 * value) cannot be overridden by the project.  notes (of char) receives one sentence
 * for each thing that could not be followed, each once.  On success *project is the
 * caller's, to be freed with l62_msbuild_free().  L62_E_IO, or L62_E_FORMAT with file
 * and line.
 */
int l62_msbuild_read(const char *path, GHashTable *globals, GPtrArray *notes,
                     struct l62_msbuild **project, struct l62_error *err);
void l62_msbuild_free(struct l62_msbuild *project);

/* The value of a property (in any case), "" if it has none. */
const char *l62_msbuild_property(const struct l62_msbuild *project, const char *name);

/* The items of type (in any case): of struct l62_msbuild_item, in order.  Free with
 * g_ptr_array_unref(). */
GPtrArray *l62_msbuild_items(const struct l62_msbuild *project, const char *type);

/* A list as MSBuild splits it: at semicolons, trimmed, %XX decoded, no empty ones; of
 * char.  Free with g_ptr_array_unref(). */
GPtrArray *l62_msbuild_split(const char *list);

#endif
