/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Visual Studio projects and solutions, without Visual Studio: which sources a driver
 * has, and how they are compiled.
 */
#ifndef LEAK62_BUILD_VCXPROJ_H
#define LEAK62_BUILD_VCXPROJ_H

#include <glib.h>

#include "leak62/error.h"
#include "vcxproj_toolset.h"

struct l62_vcxproj_options {
	const char *configuration; /* "Debug|x64", "Debug", or NULL: Debug|x64, else the
	                            * first for x64, else the first */
	const char *solution;      /* absolute path of the .sln, or NULL: the one beside or
	                            * above the project, if there is one */
	bool wdk;                  /* a WDK's own headers are used */
};

struct l62_vcxproj {
	char *path;          /* absolute */
	char *name;          /* of the driver: TargetName */
	char *configuration; /* "Debug|x64" */
	enum l62_project_kind kind;
	const char *what;      /* a constant: "a UMDF driver" */
	GPtrArray *entries;    /* of struct l62_entry (database.h), each with the target name;
	                        * none for L62_PROJECT_OTHER */
	GPtrArray *references; /* of char: absolute paths of the projects that it is built
	                        * with, of those that are there */
};

/*
 * Reads the project at path (absolute).  notes (of char) receives a sentence for each
 * thing that could not be followed.  On success *project is the caller's, to be freed
 * with l62_vcxproj_free().  L62_E_IO; L62_E_FORMAT with file and line, or if a driver
 * compiles nothing; L62_E_USAGE if there is no such configuration.
 */
int l62_vcxproj_read(const char *path, const struct l62_vcxproj_options *options,
                     GPtrArray *notes, struct l62_vcxproj **project, struct l62_error *err);
void l62_vcxproj_free(struct l62_vcxproj *project);

/* The projects of the solution at path (absolute): of char, absolute paths of its
 * .vcxproj files, at least one.  notes names those that are not there.  L62_E_IO,
 * L62_E_FORMAT. */
int l62_solution_read(const char *path, GPtrArray *notes, GPtrArray **projects,
                      struct l62_error *err);

/* Whether file is called as a project or a solution is. */
bool l62_vcxproj_is(const char *file);
bool l62_solution_is(const char *file);

#endif
