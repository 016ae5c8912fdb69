/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The sources beside a finding: of each file the lines around what is said of it, and
 * what is said below the line that it is said of.
 *
 *	panes = l62_html_panes_new(book)
 *	l62_html_panes_note()        for each thing that is said
 *	l62_html_panes_put()         all files, in the order they were named first
 *	l62_html_panes_link()        where a line is, once they are put
 */
#ifndef LEAK62_HTML_PANES_H
#define LEAK62_HTML_PANES_H

#include "page.h"

struct l62_html_panes;

/* Empty; book must outlive it.  Freed by l62_html_panes_free(). */
struct l62_html_panes *l62_html_panes_new(const struct l62_html_book *book);
void l62_html_panes_free(struct l62_html_panes *panes);

/* Something to say below a line.  class is one for the style sheet; key (may be NULL)
 * tells it apart on the page: it gets the id "n-KEY", and a link to "s-KEY" with the text
 * badge.  Strings are copied. */
void l62_html_panes_note(struct l62_html_panes *panes, const struct l62_location *at,
                         const char *class, const char *key, const char *badge,
                         const char *message);

/* Appends the panes of all files that were noted. */
void l62_html_panes_put(struct l62_html_panes *panes, GString *out);

/* Appends "file(line)", as a link if the line is shown. */
void l62_html_panes_link(const struct l62_html_panes *panes, GString *out,
                         const struct l62_location *at);

#endif
