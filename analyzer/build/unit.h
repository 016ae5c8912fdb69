/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One translation unit to analyse, and the files that its stages make.  Paths of
 * files are relative to the work folder.
 */
#ifndef LEAK62_BUILD_UNIT_H
#define LEAK62_BUILD_UNIT_H

#include <glib.h>

/* What is done with a unit; each stage leaves a file of facts of its own. */
enum l62_stage {
	L62_STAGE_SKELETON, /* no paths: static facts, and what its functions do */
	L62_STAGE_PATHS,    /* paths, with the summaries of the functions it calls */
	L62_STAGE_ALONE,    /* paths, with the unit's own text alone */
};
enum { L62_STAGES = 3 };

struct l62_unit {
	char *source;              /* absolute path */
	GPtrArray *args;           /* of char: for clang, without the source */
	char *args_file;           /* where args are kept */
	char *skeleton;            /* what L62_STAGE_SKELETON leaves besides facts */
	char *summaries;           /* what L62_STAGE_PATHS is told of other functions */
	char *facts[L62_STAGES];   /* where the facts go */
	char *command[L62_STAGES]; /* SHA-256 of what decides them, but for the content
	                            * of the files that are read */
	enum l62_stage stage;      /* whose facts the scan is about */
	gboolean reanalysed;       /* its paths were followed in this run */
};

/* Makes a unit of source and args (taken over), for L62_STAGE_PATHS.  salt is
 * what else decides the facts: the versions of the tools.  Free with
 * l62_unit_free(). */
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
/* The same of their sources (of char). */
char *l62_source_driver_name(const GPtrArray *sources);

#endif
