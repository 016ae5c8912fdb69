/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What Visual Studio's and the WDK's own files define, as far as it changes what a
 * driver's source means.  They are known by name and not read: a machine without
 * Windows has none.  Sources: the WDK's documentation of its project properties, and
 * what its build passes to the compiler.
 */
#ifndef LEAK62_BUILD_VCXPROJ_TOOLSET_H
#define LEAK62_BUILD_VCXPROJ_TOOLSET_H

#include "msbuild.h"

/* Properties that are there before a project's first line. */
void l62_toolset_begin(struct l62_msbuild *project);

/*
 * An import of a file called name (without its folder), at path.  Returns whether it is
 * one of the toolset's or the WDK's; their properties are set.  *beside receives the
 * name of a file that the toolset imports if it is at or above the project's folder
 * (Directory.Build.props), or NULL.
 */
bool l62_toolset_import(struct l62_msbuild *project, const char *path, const char *name,
                        const char **beside);

/* What kind of code the project makes, and why. */
enum l62_project_kind {
	L62_PROJECT_DRIVER,
	L62_PROJECT_LIBRARY, /* linked into drivers */
	L62_PROJECT_OTHER,   /* user mode, or nothing that is compiled */
};
/* *what receives a constant name of it: "a UMDF driver". */
enum l62_project_kind l62_toolset_kind(const struct l62_msbuild *project, const char **what);

/* The macros that the build of such a driver defines, NAME=VALUE; wdk: a WDK's own
 * headers are used.  of char; free with g_ptr_array_unref(). */
GPtrArray *l62_toolset_macros(const struct l62_msbuild *project, bool wdk);

#endif
