/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The report as HTML: a folder of pages, one of each driver, of each finding and of each
 * run.  A page is complete in itself: its style and script are inside, and it asks the
 * network for nothing.  The same input gives the same bytes.
 */
#ifndef LEAK62_HTML_HTML_H
#define LEAK62_HTML_HTML_H

#include <glib.h>
#include <jansson.h>

#include "leak62/error.h"
#include "leak62/finding.h"

struct l62_html_driver {
	char *name;
	char *database;            /* path */
	struct l62_result *result; /* its findings have names */
};

/* What `leak62 verify --json` wrote. */
struct l62_html_run {
	char *path;
	json_t *root;
};

struct l62_html_report {
	GPtrArray *drivers; /* of struct l62_html_driver */
	GPtrArray *runs;    /* of struct l62_html_run */
	const char *root;   /* absolute; paths below it are shown relative to it */
	const char *version;
};

/* A new driver that takes over result; the strings are copied. */
struct l62_html_driver *l62_html_driver_new(const char *name, const char *database,
                                            struct l62_result *result);
/* For GDestroyNotify. */
void l62_html_driver_free(void *driver);

/* Reads path.  On success *run is the caller's, to be freed with l62_html_run_free().
 * L62_E_IO; L62_E_FORMAT when it is not a run of a version that is known. */
int l62_html_run_read(const char *path, struct l62_html_run **run, struct l62_error *err);
/* For GDestroyNotify. */
void l62_html_run_free(void *run);

/* Writes the report to folder, which is made if it is not there.  It must be empty or
 * hold a former report and nothing else (L62_E_USAGE).  Each page is replaced at once,
 * index.html last; pages of the former report that there are no more are removed.
 * L62_E_IO when a page cannot be written, L62_E_FORMAT for a bad database. */
int l62_html_write(const struct l62_html_report *report, const char *folder,
                   struct l62_error *err);

#endif
