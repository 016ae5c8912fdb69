/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the parts of gate_since.h share. */
#ifndef LEAK62_GATE_SINCE_INTERNAL_H
#define LEAK62_GATE_SINCE_INTERNAL_H

#include <stdbool.h>

#include "scan.h"

struct l62_since {
	const struct l62_scan_view *view;
	const char *top;
	char *folder;        /* holds all that is made here */
	char *tree;          /* the commit's files */
	GHashTable *renamed; /* new path -> old path, below top */
	GPtrArray *deleted;  /* of char: below top */
	GPtrArray *files;    /* of char: what is to be scanned, absolute */
	bool projects;       /* files are Visual Studio's, as they were then */
};

/* Where path (absolute) is in the commit; a new string, or NULL if it is not. */
char *l62_since_then(const struct l62_since *since, const char *path);

/* Fills files with the projects and solutions of the commit, and sets projects; leaves both
 * alone where one that was given is none of the repository's. */
void l62_since_projects(struct l62_since *since);

#endif
