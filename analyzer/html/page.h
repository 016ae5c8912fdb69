/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The pages of a report and what they share.
 */
#ifndef LEAK62_HTML_PAGE_H
#define LEAK62_HTML_PAGE_H

#include <glib.h>

#include "html.h"
#include "leak62/story.h"
#include "report/source.h"

/* What the writer of a page needs to know. */
struct l62_html_book {
	const struct l62_html_report *report;
	struct l62_sources *sources;
	GHashTable *names;    /* of char to char: see names.c */
	GPtrArray *functions; /* of struct l62_html_function, of the driver at hand */
};

/* A function's extent, out of the database. */
struct l62_html_function {
	char *file;
	int line, end_line;
};

/* For L62_ACT_*: a word for style sheets. */
const char *l62_html_act_class(enum l62_story_act act);

/* Of load, dispatch, unload... */
const char *l62_html_phase_name(enum l62_phase phase);

/* Starts a page: what is before its content.  up is the file name of the page above and
 * up_text what it is called, or NULL; body_class says what kind of page it is. */
GString *l62_html_page_start(const char *title, const char *body_class, const char *up,
                             const char *up_text);
/* What comes after the content.  keys is markup that explains the keys. */
void l62_html_page_end(GString *page, const struct l62_html_book *book, const char *keys);

/* File names of pages; owned by the book.  See names.c. */
const char *l62_html_name_of_driver(const struct l62_html_book *book, guint driver);
const char *l62_html_name_of_finding(const struct l62_html_book *book, guint driver,
                                     const struct l62_finding *finding);
const char *l62_html_name_of_run(const struct l62_html_book *book, guint run);
GHashTable *l62_html_names_new(const struct l62_html_report *report);

/* Reads where the functions of a database start and end.  L62_E_IO, L62_E_FORMAT. */
int l62_html_functions_read(const char *database, GPtrArray **functions, struct l62_error *err);

/* The pages, each a new string. */
GString *l62_html_overview(const struct l62_html_book *book);
GString *l62_html_driver_page(const struct l62_html_book *book, guint driver);
GString *l62_html_finding_page(const struct l62_html_book *book, guint driver, guint finding,
                               const struct l62_story *story);
GString *l62_html_run_page(const struct l62_html_book *book, guint run);

#endif
